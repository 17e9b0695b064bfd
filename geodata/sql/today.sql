-- What a grid's leader has to do today. A household stands in each list that it belongs to.
SELECT h.id, b.name || ' ' || h.unit || '-' || h.room AS door, b.address, h.building_id, h.unit, h.floor, h.room,
       s.code AS state, h.since, h.due_on, h.due_on - CAST(:today AS date) AS days_left, h.entry_id AS entry,
       ST_X(h.place) AS lon, ST_Y(h.place) AS lat,
       coalesce(h.due_on = CAST(:today AS date), false) AS is_due,
       coalesce(h.due_on < CAST(:today AS date), false) AS is_overdue,
       NOT s.surveyed AS is_unsurveyed,
       s.follow_days IS NOT NULL AND h.since >= CAST(:midnight AS timestamptz) AS is_new
FROM household h
JOIN building b ON b.id = h.building_id
JOIN scheme_state s ON s.id = h.state_id
WHERE h.area_id = CAST(:grid AS int)
  AND (h.due_on <= CAST(:today AS date) OR NOT s.surveyed
       OR (s.follow_days IS NOT NULL AND h.since >= CAST(:midnight AS timestamptz)))
ORDER BY h.due_on NULLS LAST, s.severity, b.address, h.unit, h.floor, h.room, h.id
