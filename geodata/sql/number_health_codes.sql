-- Health codes of an area as known at a moment: the newest report of today or yesterday of each area, and of those the
-- topmost, since a row stands for everything below its area.
WITH newest AS MATERIALIZED (
    SELECT DISTINCT ON (area_id) *
    FROM health_code_day
    WHERE day BETWEEN (SELECT local_day(:at)) - 1 AND (SELECT local_day(:at)) AND first_reported_at <= :at
      AND path <@ (SELECT path FROM area WHERE code = :code)
    ORDER BY area_id, day DESC
)
SELECT count(*)::int AS areas, sum(green)::bigint AS green, sum(yellow)::bigint AS yellow, sum(red)::bigint AS red,
       sum(registered)::bigint AS registered, sum(population)::bigint AS population,
       min(least(reported_at, :at)) AS data_time
FROM newest n
WHERE NOT string_to_array(subpath(path, 0, -1)::text, '.')::int[] && (SELECT array_agg(area_id) FROM newest)
