-- Whether shapes lie inside the reader's areas, and which area each belongs to: the one that is asked for, or the deepest around
-- it. Row-level security shows the reader's own areas and what lies below them and nothing else, so those that touch a shape are
-- its surroundings. Most shapes lie in the very area that is asked for, and then nothing else is looked at.
WITH shape AS MATERIALIZED (
    SELECT r.nth, r.place, r.code, a.id AS asked,
           a.place IS NULL OR a.place && ST_Expand(r.place, CAST(:tolerance AS float8)) AS near,
           coalesce(ST_Covers(a.place, r.place), false) AS held
    FROM (SELECT nth, ST_GeomFromText(place, 4326) AS place, code
          FROM unnest(CAST(:places AS text[]), CAST(:codes AS text[])) WITH ORDINALITY AS r(place, code, nth)) r
    LEFT JOIN area a ON a.code = r.code
)
SELECT s.held OR coalesce(found.inside, false) AS inside,
       CASE WHEN s.code IS NULL THEN found.area_id WHEN s.near THEN s.asked END AS area_id
FROM shape s
LEFT JOIN LATERAL (
    WITH near AS MATERIALIZED (
        SELECT a.id, nlevel(a.path) AS depth, ST_Covers(a.place, s.place) AS covers, a.place
        FROM area a
        WHERE NOT s.held AND a.place && ST_Expand(s.place, CAST(:tolerance AS float8))
    ), ground AS (
        -- Only where no single area holds it: the union of what lies near of all of them, a little widened.
        SELECT ST_Buffer(ST_Union(ST_MakeValid(ST_ClipByBox2D(place, ST_Expand(s.place, CAST(:tolerance AS float8) * 20)))),
                         CAST(:tolerance AS float8)) AS place
        FROM near
        WHERE NOT EXISTS (SELECT FROM near WHERE covers)
    )
    SELECT EXISTS (SELECT FROM near WHERE covers)
               OR coalesce((SELECT ST_Covers(place, s.place) FROM ground), false) AS inside,
           (SELECT id FROM near
            WHERE s.code IS NULL
            ORDER BY NOT covers, CASE WHEN covers THEN -depth ELSE depth END,
                     ST_Length(ST_Boundary(ST_Buffer(ST_Intersection(
                         ST_ClipByBox2D(place, ST_Expand(s.place, CAST(:tolerance AS float8) * 20)), s.place), 1e-6))) DESC, id
            LIMIT 1) AS area_id
) found ON true
ORDER BY s.nth
