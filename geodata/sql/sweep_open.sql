-- Households of a grid that have not been asked in a round, in the order in which one walks.
SELECT h.id, b.address, b.name AS building, h.unit, h.floor, h.room, s.code AS state, h.since, h.due_on,
       h.due_on - CAST(:today AS date) AS days_left, h.since AS data_time, ST_X(h.place) AS lon, ST_Y(h.place) AS lat
FROM household h
JOIN building b ON b.id = h.building_id
JOIN scheme_state s ON s.id = h.state_id
WHERE h.area_id = (SELECT id FROM area WHERE code = :code)
  AND NOT EXISTS (SELECT FROM sweep_answer w WHERE w.sweep_id = :round AND w.household_id = h.id)
ORDER BY b.address, h.unit, h.floor, h.room, h.id
LIMIT :limit
