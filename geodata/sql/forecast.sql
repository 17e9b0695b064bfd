-- What becomes due: per grid and day, and per area what is late already. Counts alone; no household is looked at.
WITH RECURSIVE below AS (
    SELECT id, code, name, level FROM area WHERE code = :code
    UNION ALL
    SELECT a.id, a.code, a.name, a.level FROM area a JOIN below ON a.parent_id = below.id
)
SELECT b.code, b.name, d.due_on, sum(d.households)::int AS households
FROM below b
CROSS JOIN LATERAL (SELECT due_on, households FROM grid_due WHERE area_id = b.id
                    UNION ALL
                    SELECT due_on, households FROM changed_due WHERE area_id = b.id AND b.level = 'grid') d
WHERE d.due_on < CAST(:today AS date) + CAST(:days AS int)
GROUP BY b.code, b.name, d.due_on HAVING sum(d.households) > 0
ORDER BY b.code, d.due_on
