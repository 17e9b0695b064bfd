SELECT h.id, a.code AS area_code, a.name AS area_name, b.address, b.name AS building, h.unit, h.floor, h.room,
       s.code AS state, s.zh AS state_zh, s.en AS state_en, h.since, h.due_on,
       h.due_on - (CAST(:at AS timestamptz) AT TIME ZONE city_zone())::date AS days_left, h.since AS data_time,
       ST_X(h.place) AS lon, ST_Y(h.place) AS lat
FROM household h
JOIN area a ON a.id = h.area_id
JOIN building b ON b.id = h.building_id
JOIN scheme_state s ON s.id = h.state_id
WHERE h.id = CAST(:id AS bigint)
