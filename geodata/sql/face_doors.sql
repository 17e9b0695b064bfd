-- Doors of some buildings at a moment: as they are where nothing changed since, the others as their intervals tell.
-- A door that nothing is known of at that moment is left out, as it is on the map.
WITH door AS (
    SELECT h.id, h.building_id, h.unit, h.floor, h.room, h.since, h.state_id, h.due_on, h.entry_id
    FROM household h
    WHERE h.building_id = ANY (CAST(:buildings AS bigint[])) AND (NOT :past OR h.since <= CAST(:at AS timestamptz))
    UNION ALL
    SELECT h.id, h.building_id, h.unit, h.floor, h.room, lower(s.valid), s.state_id,
           (lower(s.valid) AT TIME ZONE (SELECT city_zone()))::date + k.follow_days, h.entry_id
    FROM household h
    JOIN household_past s ON s.household_id = h.id AND s.valid @> CAST(:at AS timestamptz)
    JOIN scheme_state k ON k.id = s.state_id
    WHERE h.building_id = ANY (CAST(:buildings AS bigint[])) AND :past AND h.since > CAST(:at AS timestamptz)
)
SELECT d.id, d.building_id, d.unit, d.floor, d.room, k.code AS state, d.since, d.due_on,
       d.due_on - CAST(:today AS date) AS days_left,
       d.entry_id AS entry
FROM door d JOIN scheme_state k ON k.id = d.state_id
ORDER BY d.building_id, d.unit, d.floor, d.room, d.id
