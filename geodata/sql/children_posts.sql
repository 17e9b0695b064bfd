-- Silent posts of the areas directly below one, now or at a past moment; compare posts_past.sql.
WITH child AS MATERIALIZED (
    SELECT c.id, c.code FROM area c JOIN area p ON p.id = c.parent_id WHERE p.code = :code
), asked AS MATERIALIZED (
    SELECT path, nlevel(path) AS depth FROM area WHERE code = :code
)
SELECT c.code, CASE WHEN coalesce(current_setting('app.home_paths', true), '') <> '' THEN coalesce(sum(s.posts), 0)::int END AS silent
FROM child c LEFT JOIN (
    SELECT area_id, posts FROM area_expected WHERE area_id IN (SELECT id FROM child) AND expected_by < :at
    UNION ALL
    SELECT area_id, posts FROM grid_expected WHERE area_id IN (SELECT id FROM child) AND expected_by < :at
    UNION ALL
    SELECT ltree2text(subpath(s.path, a.depth, 1))::int, s.posts
    FROM asked a JOIN silence s ON s.path <@ a.path AND nlevel(s.path) > a.depth
    WHERE s.ended >= :at AND s.ended < CAST(:at AS timestamptz) + interval '26 hours' AND s.began < :at) s ON s.area_id = c.id
GROUP BY c.code
