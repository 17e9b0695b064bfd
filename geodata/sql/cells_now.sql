-- Cells below an area, and how many of them nobody has seen in the day before a moment that is now.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), seen AS (
    SELECT count(*) AS n, max(last_seen_at) AS at FROM patrol_cell
    WHERE last_seen_at >= CAST(:at AS timestamptz) - interval '24 hours' AND path <@ (SELECT path FROM asked)
)
SELECT coalesce(c.cells, 0) AS cells, coalesce(c.cells, 0) - seen.n AS unseen, seen.at AS seen_at
FROM asked CROSS JOIN seen LEFT JOIN area_cells c ON c.area_id = asked.id
