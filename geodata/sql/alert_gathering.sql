-- Gatherings that a patrol saw; each stands for as many hours as the threshold says.
SELECT 'event:' || e.id AS cause, e.area_id, e.path, a.name, e.place, e.at AS since, true AS fires,
       jsonb_build_object('at', to_char(e.at AT TIME ZONE z.zone, 'HH24:MI'), 'flight', coalesce(f.code, '')) AS facts
FROM patrol_event e
JOIN area a ON a.id = e.area_id
LEFT JOIN flight f ON f.id = e.flight_id
CROSS JOIN (SELECT city_zone() AS zone OFFSET 0) z
WHERE e.kind = 'gathering' AND e.at <= :now
  AND e.at > CAST(:now AS timestamptz) - make_interval(secs => 3600 * :threshold)
