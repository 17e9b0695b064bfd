SELECT h.id, h.building_id, h.unit, h.floor, h.room, s.code AS state, h.since, h.due_on,
       h.entry_id AS entry, round(ST_X(h.place)::numeric, 6)::float8 AS lon,
       round(ST_Y(h.place)::numeric, 6)::float8 AS lat
FROM household h JOIN scheme_state s ON s.id = h.state_id
WHERE h.area_id = :grid ORDER BY h.building_id, h.unit, h.floor, h.room, h.id
