-- Whether a shape lies inside the reader's areas, and which area it belongs to. Row-level security shows the reader's own
-- areas and what lies below them and nothing else, so those that touch the shape are its surroundings.
WITH shape AS MATERIALIZED (
    SELECT ST_GeomFromText(:place, 4326) AS place
), near AS MATERIALIZED (
    SELECT a.id, a.code, nlevel(a.path) AS depth, ST_Covers(a.place, (SELECT place FROM shape)) AS covers,
           ST_ClipByBox2D(a.place, ST_Expand((SELECT place FROM shape), CAST(:tolerance AS float8) * 20)) AS place
    FROM area a
    WHERE a.place && ST_Expand((SELECT place FROM shape), CAST(:tolerance AS float8))
), ground AS (
    -- Only where no single area holds it: the union of all of them, a little widened.
    SELECT ST_Buffer(ST_Union(ST_MakeValid(place)), CAST(:tolerance AS float8)) AS place FROM near
    WHERE NOT EXISTS (SELECT FROM near WHERE covers)
), asked AS (
    SELECT id FROM area WHERE code = CAST(:code AS text) AND (place IS NULL OR id IN (SELECT id FROM near))
)
SELECT EXISTS (SELECT FROM near WHERE covers)
           OR coalesce((SELECT ST_Covers(place, (SELECT place FROM shape)) FROM ground), false) AS inside,
       CASE WHEN CAST(:code AS text) IS NOT NULL THEN (SELECT id FROM asked)
            ELSE (SELECT id FROM near
                  ORDER BY NOT covers, CASE WHEN covers THEN -depth ELSE depth END,
                           ST_Length(ST_Boundary(ST_Buffer(ST_Intersection(place, (SELECT place FROM shape)), 1e-6))) DESC, id
                  LIMIT 1) END AS area_id
