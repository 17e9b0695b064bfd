SELECT h.id AS household, s.code AS state, h.since, h.due_on,
       h.due_on - (CAST(:now AS timestamptz) AT TIME ZONE city_zone())::date AS days_left, h.entry_id AS entry,
       e.entered_by AS by, e.reason, e.entered_at AS at
FROM household h
JOIN scheme_state s ON s.id = h.state_id
LEFT JOIN household_entry e ON e.id = h.entry_id
WHERE h.id = ANY (CAST(:doors AS bigint[]))
