-- What becomes due: per grid and day, and per area what is late already. Counts alone; no household is looked at.
WITH RECURSIVE below AS (
    SELECT id, code, name, level FROM area WHERE code = :code
    UNION ALL
    SELECT a.id, a.code, a.name, a.level FROM area a JOIN below ON a.parent_id = below.id
)
SELECT b.code, b.name, d.due_on, d.households
FROM below b
JOIN grid_due d ON d.area_id = b.id AND d.due_on < CAST(:today AS date) + CAST(:days AS int) AND d.households > 0
ORDER BY b.code, d.due_on
