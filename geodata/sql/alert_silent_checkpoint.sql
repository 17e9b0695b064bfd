-- Posts whose report is due and has not come.
SELECT 'checkpoint:' || c.id AS cause, c.area_id, c.path, c.name, c.place, c.expected_by AS since, true AS fires,
       jsonb_build_object('due', to_char(c.expected_by AT TIME ZONE z.zone, 'MM-DD HH24:MI'),
                          'last', to_char(c.reported_at AT TIME ZONE z.zone, 'MM-DD HH24:MI')) AS facts
FROM checkpoint c CROSS JOIN (SELECT city_zone() AS zone OFFSET 0) z
WHERE c.expected_by < CAST(:now AS timestamptz)
