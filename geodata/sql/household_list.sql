SELECT h.id, b.address, b.name AS building, h.unit, h.floor, h.room, s.code AS state, h.since, h.due_on,
       h.due_on - CAST(:today AS date) AS days_left, h.since AS data_time, ST_X(h.place) AS lon, ST_Y(h.place) AS lat
FROM household h
JOIN building b ON b.id = h.building_id
JOIN scheme_state s ON s.id = h.state_id
LEFT JOIN scheme_state present ON present.code = s.code AND present.scheme_id = (
    SELECT id FROM colour_scheme WHERE valid_from <= CAST(:today AS date) ORDER BY valid_from DESC, id DESC LIMIT 1)
WHERE h.area_id = (SELECT id FROM area WHERE code = :code)
  AND (CAST(:state AS text) IS NULL OR s.code = :state)
ORDER BY h.due_on > CAST(:today AS date), h.due_on NULLS LAST, coalesce(present.severity, s.severity), b.address, h.unit, h.floor, h.room, h.id
LIMIT :limit OFFSET :offset
