-- Cells below an area, and how many of them nobody had seen in the day before a past moment: exact to the second, out of the
-- first and the last look of each hour.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), seen AS (
    SELECT count(DISTINCT cell_id) AS n, max(least(last_at, :at)) AS at FROM cell_seen
    WHERE hour > CAST(:at AS timestamptz) - interval '25 hours' AND hour <= :at AND path <@ (SELECT path FROM asked)
      AND first_at <= :at AND least(last_at, :at) >= CAST(:at AS timestamptz) - interval '24 hours'
)
SELECT coalesce(c.cells, 0) AS cells, coalesce(c.cells, 0) - seen.n AS unseen, seen.at AS seen_at
FROM asked CROSS JOIN seen LEFT JOIN area_cells c ON c.area_id = asked.id
