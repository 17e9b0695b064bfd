-- Passages of one area on each of some days, out of kept counts.
WITH asked AS MATERIALIZED (
    SELECT id FROM area WHERE code = :code
)
SELECT day, sum(passed)::bigint AS passed, sum(home_quarantine)::bigint AS home_quarantine, sum(central_quarantine)::bigint AS central_quarantine, sum(turned_back)::bigint AS turned_back, sum(seconds)::bigint AS seconds
FROM (SELECT day, passed, home_quarantine, central_quarantine, turned_back, seconds FROM area_passages WHERE area_id = (SELECT id FROM asked)
      UNION ALL
      SELECT day, passed, home_quarantine, central_quarantine, turned_back, seconds FROM grid_passages WHERE area_id = (SELECT id FROM asked)) p
WHERE day >= :first AND day < CAST(:first AS date) + CAST(:days AS int) GROUP BY 1 ORDER BY 1
