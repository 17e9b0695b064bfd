SELECT r.at, r.entered_by AS by, r.client_id, r.household_id AS household,
       b.name || ' ' || h.unit || '-' || h.room AS door, a.code AS area_code, a.name AS area_name, r.kind,
       r.to_state AS "to", r.reason, r.effective, r.refusal
FROM refused_change r
JOIN area a ON a.id = r.area_id
LEFT JOIN household h ON h.id = r.household_id
LEFT JOIN building b ON b.id = h.building_id
WHERE r.at >= CAST(:since AS timestamptz)
  AND (CAST(:code AS text) IS NULL OR r.path <@ (SELECT path FROM area WHERE code = :code))
ORDER BY r.at DESC, r.id DESC LIMIT :limit
