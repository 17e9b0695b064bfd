SELECT e.id, f.code AS "from", t.code AS "to", f.zh AS from_zh, f.en AS from_en, t.zh AS to_zh, t.en AS to_en,
       e.effective, e.reason, e.source, e.entered_by AS by, e.entered_at, e.clock_off_s, e.undoes,
       EXISTS (SELECT FROM household_entry u WHERE u.undoes = e.id) AS undone
FROM household_entry e
JOIN scheme_state f ON f.id = e.from_state_id
JOIN scheme_state t ON t.id = e.to_state_id
WHERE e.household_id = CAST(:id AS bigint)
UNION ALL
SELECT NULL, NULL, t.code, NULL, NULL, t.zh, t.en, h.began, h.reason, h.source, h.entered_by, h.entered_at, NULL, NULL,
       false
FROM household_finding h
JOIN scheme_state t ON t.id = h.state_id
WHERE h.household_id = CAST(:id AS bigint)
ORDER BY 8 DESC, 1 DESC NULLS LAST
