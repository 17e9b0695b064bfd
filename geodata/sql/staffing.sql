-- Posts of one area that should be staffed at a moment, those that say they are, and how many people are on duty there; and
-- whether shifts of that day, and those of the night before, are still held.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), local AS MATERIALIZED (
    SELECT CAST(:at AS timestamptz) AT TIME ZONE city_zone() AS now
), shifts AS (
    SELECT checkpoint_id, on_duty, reported_at FROM checkpoint_staffing s, local
    WHERE s.day IN (local.now::date, local.now::date - 1) AND s.reported_at <= :at
      AND s.path <@ (SELECT path FROM asked)
      AND local.now >= s.day + s.shift_from
      AND local.now < s.day + s.shift_to + CASE WHEN s.shift_to <= s.shift_from THEN interval '1 day' ELSE interval '0' END
), posts AS (
    SELECT sum(posts) AS expected FROM grid_posts g, local
    WHERE g.path <@ (SELECT path FROM asked) AND staffed(g.staffed_from, g.staffed_to, local.now::time)
)
SELECT (SELECT now::date - 1 >= CAST(kept_since('checkpoint_staffing') AT TIME ZONE 'UTC' AS date) FROM local) AS held,
       (SELECT expected FROM posts) AS expected, count(DISTINCT checkpoint_id) AS told,
       count(DISTINCT checkpoint_id) FILTER (WHERE on_duty > 0) AS staffed, sum(on_duty) AS on_duty,
       max(reported_at) AS data_time
FROM shifts
