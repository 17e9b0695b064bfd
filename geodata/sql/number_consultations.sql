-- Links of the consultation network below an area, and the cases of the newest day that any of them has told of.
WITH links AS MATERIALIZED (
    SELECT id FROM consultation WHERE since <= (SELECT local_day(:at)) AND path <@ (SELECT path FROM area WHERE code = :code)
), days AS (
    SELECT day, sum(cases)::int AS cases, count(*)::int AS told, max(least(reported_at, CAST(:at AS timestamptz))) AS data_time
    FROM consultation_day WHERE consultation_id IN (SELECT id FROM links) AND first_reported_at <= :at
    GROUP BY day ORDER BY day DESC LIMIT 2
)
SELECT (SELECT count(*)::int FROM links) AS links, d.*, y.cases AS before
FROM (SELECT 1) one LEFT JOIN (SELECT * FROM days ORDER BY day DESC LIMIT 1) d ON true
LEFT JOIN days y ON y.day = d.day - 1
