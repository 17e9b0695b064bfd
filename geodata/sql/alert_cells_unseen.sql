-- Areas of which no patrol has seen a large share of the cells for a day. A cell belongs to one row of the view; an area's
-- cells are those of the rows below it and its own.
SELECT 'area:' || a.id AS cause, a.id AS area_id, a.path, a.name, ST_PointOnSurface(a.place) AS place,
       CAST(NULL AS timestamptz) AS since, u.unseen >= :threshold * u.cells AS fires,
       jsonb_build_object('cells', u.cells, 'unseen', u.unseen, 'share', round(100.0 * u.unseen / u.cells)) AS facts
FROM (SELECT top.id, sum(c.cells)::int AS cells, sum(c.unseen)::int AS unseen
      FROM unseen_cells c
      CROSS JOIN LATERAL unnest(string_to_array(c.path::text, '.')::int[]) AS above(id)
      JOIN area top ON top.id = above.id AND top.level = :level
      GROUP BY top.id) u
JOIN area a ON a.id = u.id
WHERE u.cells > 0 AND u.unseen >= 0.95 * :threshold * u.cells
