-- One area's card. A development zone has no polygon: its box is that of what lies below it.
WITH asked AS MATERIALIZED (
    SELECT * FROM (
        SELECT id, 0 AS older FROM area WHERE code = :code
        UNION ALL
        SELECT area_id, 1 FROM area_alias WHERE alias = :code AND kind = 'code') found
    ORDER BY older LIMIT 1
), box AS (
    SELECT ST_Extent(place) AS box FROM area WHERE id = (SELECT id FROM asked) AND place IS NOT NULL
), below AS (
    SELECT ST_Extent(place) AS box FROM area
    WHERE parent_id = (SELECT id FROM asked) AND (SELECT box FROM box) IS NULL
)
SELECT a.code, a.name, a.level, p.code AS parent,
       ST_XMin(b.box) AS west, ST_YMin(b.box) AS south, ST_XMax(b.box) AS east, ST_YMax(b.box) AS north,
       CASE WHEN homes.seen THEN a.leader END AS leader,
       CASE WHEN homes.seen THEN a.telephone END AS telephone,
       (SELECT json_agg(json_build_array(c.code, c.name, c.level) ORDER BY c.code)
        FROM area c WHERE c.parent_id = a.id) AS children,
       (SELECT json_agg(json_build_array(t.code, t.name, t.level) ORDER BY nlevel(t.path))
        FROM unnest(string_to_array(a.path::text, '.')::int[]) AS above(id) JOIN area t ON t.id = above.id) AS trail
FROM area a
LEFT JOIN area p ON p.id = a.parent_id
CROSS JOIN (SELECT coalesce(box.box, below.box) AS box FROM box, below) b
CROSS JOIN (SELECT coalesce(current_setting('app.home_paths', true), '') <> '' AS seen) homes
WHERE a.id = (SELECT id FROM asked)
