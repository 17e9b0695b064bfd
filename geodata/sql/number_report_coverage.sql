-- Of an area's villages: how many have reported on a moment's day, and how many have not for two whole days; a report of
-- more than a month ago is as good as none.
WITH villages AS (
    SELECT id FROM area WHERE level = 'village' AND path <@ (SELECT path FROM area WHERE code = :code)
), told AS (
    SELECT area_id, max(day) AS last_day, max(least(reported_at, :at)) AS last_at
    FROM village_report
    WHERE day BETWEEN (SELECT local_day(:at)) - 31 AND (SELECT local_day(:at)) AND first_reported_at <= :at
      AND path <@ (SELECT path FROM area WHERE code = :code)
    GROUP BY area_id
)
SELECT count(*)::int AS villages, count(*) FILTER (WHERE last_day = local_day(:at))::int AS reported,
       count(*) FILTER (WHERE last_day IS NULL OR last_day <= local_day(:at) - 2)::int AS silent, max(last_at) AS data_time
FROM villages LEFT JOIN told ON told.area_id = villages.id
