-- Villages whose report of today has not come by the hour that the threshold says.
SELECT 'area:' || a.id || ':' || t.today AS cause, a.id AS area_id, a.path, a.name, ST_PointOnSurface(a.place) AS place,
       t.due AS since, true AS fires, jsonb_build_object('hour', to_char(t.due AT TIME ZONE t.zone, 'HH24:MI')) AS facts
FROM area a
CROSS JOIN (SELECT zone, today, (today + make_interval(secs => 3600 * :threshold)) AT TIME ZONE zone AS due
            FROM (SELECT zone, (CAST(:now AS timestamptz) AT TIME ZONE zone)::date AS today
                  FROM (SELECT city_zone() AS zone OFFSET 0) z) d) t
WHERE a.level = :level AND t.due <= :now
  AND NOT EXISTS (SELECT FROM village_report r WHERE r.area_id = a.id AND r.day = t.today)
