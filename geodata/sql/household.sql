SELECT h.id, a.code AS area_code, a.name AS area_name, b.address, b.name AS building, h.unit, h.floor, h.room,
       s.code AS state, s.zh AS state_zh, s.en AS state_en, lower(i.valid) AS since, due.due_on,
       due.due_on - z.today AS days_left, lower(i.valid) AS data_time, h.entry_id AS entry,
       ST_X(h.place) AS lon, ST_Y(h.place) AS lat
FROM household h
CROSS JOIN (SELECT city_zone() AS zone, (CAST(:at AS timestamptz) AT TIME ZONE city_zone())::date AS today) z
JOIN household_state i ON i.household_id = h.id AND i.valid @> CAST(:at AS timestamptz)
JOIN scheme_state s ON s.id = i.state_id
CROSS JOIN LATERAL (SELECT (lower(i.valid) AT TIME ZONE z.zone)::date + s.follow_days AS due_on) due
JOIN area a ON a.id = h.area_id
JOIN building b ON b.id = h.building_id
WHERE h.id = CAST(:id AS bigint)
