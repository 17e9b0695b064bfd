-- What citizens of an area reported and nobody had answered at a moment; without a time where none ever came.
WITH asked AS MATERIALIZED (
    SELECT path FROM area WHERE code = :code
), told AS (
    SELECT 'fever' AS what, at, CASE WHEN status <> 'open' THEN reported_at END AS answered_at, reported_at
    FROM fever_report WHERE path <@ (SELECT path FROM asked)
    UNION ALL
    SELECT 'tip_off', at, answered_at, reported_at FROM tip_off WHERE path <@ (SELECT path FROM asked)
    UNION ALL
    SELECT 'return', at, answered_at, reported_at FROM return_registration WHERE path <@ (SELECT path FROM asked)
)
SELECT w.what, count(told.at)::int AS told, max(least(greatest(told.at, told.reported_at), :at)) FILTER (WHERE told.at IS NOT NULL) AS data_time,
       count(*) FILTER (WHERE told.at IS NOT NULL AND (answered_at IS NULL OR answered_at > :at))::int AS open
FROM unnest(ARRAY['fever', 'tip_off', 'return']) AS w(what) LEFT JOIN told ON told.what = w.what AND told.at <= :at
GROUP BY w.what
