SELECT s.code AS state, s.zh AS state_zh, s.en AS state_en, lower(h.valid) AS since, upper(h.valid) AS until,
       h.reason, h.source, h.entered_by, h.entered_at
FROM household_state h JOIN scheme_state s ON s.id = h.state_id
WHERE h.household_id = CAST(:id AS bigint) ORDER BY lower(h.valid) DESC
