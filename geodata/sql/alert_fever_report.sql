-- Fevers that people reported of themselves and that nobody has followed up, for as many hours as the threshold says.
SELECT 'fever:' || r.id AS cause, r.area_id, r.path, a.name, ST_PointOnSurface(a.place) AS place, r.at AS since,
       true AS fires, jsonb_build_object('at', to_char(r.at AT TIME ZONE z.zone, 'MM-DD HH24:MI'), 'code', r.code) AS facts
FROM fever_report r
JOIN area a ON a.id = r.area_id
CROSS JOIN (SELECT city_zone() AS zone OFFSET 0) z
WHERE r.status = 'open' AND r.at <= :now
  AND r.at > CAST(:now AS timestamptz) - make_interval(secs => 3600 * :threshold)
