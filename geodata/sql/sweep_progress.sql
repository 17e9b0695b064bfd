-- Households asked in one round in an area and in each area directly below it, out of counts that triggers keep.
-- A grid's count goes to the child whose id its path holds one step below the area's own.
WITH top AS MATERIALIZED (
    SELECT id, code, name, level, path, nlevel(path) AS depth FROM area WHERE code = :code
), counted AS (
    SELECT g.way[(SELECT depth FROM top) + 1] AS child, g.asked
    FROM (SELECT string_to_array(path::text, '.')::int[] AS way, asked FROM grid_sweep WHERE sweep_id = :round OFFSET 0) g
    WHERE g.way[(SELECT depth FROM top)] = (SELECT id FROM top)
), asked AS MATERIALIZED (
    SELECT child, sum(asked) AS asked FROM counted GROUP BY child
), part AS MATERIALIZED (
    SELECT id, code, name, level, true AS whole FROM top
    UNION ALL
    SELECT id, code, name, level, false FROM area WHERE parent_id = (SELECT id FROM top)
), homes AS (
    SELECT area_id, sum(households) AS households
    FROM (SELECT area_id, households FROM tally_below WHERE area_id IN (SELECT id FROM part)
          UNION ALL
          SELECT area_id, households FROM grid_tally WHERE area_id IN (SELECT id FROM part)) t GROUP BY area_id
)
SELECT p.code, p.name, p.level, p.whole, coalesce(h.households, 0)::int AS households,
       (CASE WHEN p.whole THEN (SELECT coalesce(sum(asked), 0) FROM asked)
             ELSE coalesce((SELECT asked FROM asked WHERE child = p.id), 0) END)::int AS asked
FROM part p LEFT JOIN homes h ON h.area_id = p.id
ORDER BY p.whole DESC, p.code
