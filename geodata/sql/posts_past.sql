-- Posts of one area at a past moment, as was known then; kept counts, and the reports of the ten minutes around it.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), moment AS MATERIALIZED (
    SELECT at, local_time::time AS clock, local_time::date::timestamp AT TIME ZONE zone AS midnight,
           at - interval '24 hours' AS since, date_bin('10 minutes', at, '2000-01-01 00:00+00') AS told
    FROM (SELECT at, at AT TIME ZONE zone AS local_time, zone
          FROM (SELECT city_zone() AS zone, CAST(:at AS timestamptz) AS at) z) l
), posts AS (
    SELECT coalesce(sum(posts), 0) AS posts,
           coalesce(sum(posts) FILTER (
               WHERE staffed(staffed_from, staffed_to, (SELECT clock FROM moment))), 0) AS staffed
    FROM (SELECT staffed_from, staffed_to, posts FROM area_posts WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT staffed_from, staffed_to, posts FROM grid_posts WHERE area_id = (SELECT id FROM asked)) p
), silent AS (
    SELECT coalesce(sum(posts), 0) AS silent
    FROM (SELECT expected_by, posts FROM area_expected WHERE area_id = (SELECT id FROM asked) AND expected_by < :at
          UNION ALL
          SELECT expected_by, posts FROM grid_expected WHERE area_id = (SELECT id FROM asked) AND expected_by < :at
          UNION ALL
          -- A row lies within one day of the city.
          SELECT ended, posts FROM silence
          WHERE ended >= :at AND ended < CAST(:at AS timestamptz) + interval '26 hours' AND began < :at
            AND path <@ (SELECT path FROM asked)) s
), known AS MATERIALIZED (
    SELECT hour, reports, passed, home_quarantine, central_quarantine, turned_back, seconds, reported_at FROM area_hour
    WHERE area_id = (SELECT id FROM asked) AND hour >= (SELECT since FROM moment) AND hour < :at
      AND told < (SELECT told FROM moment)
    UNION ALL
    SELECT hour, 1, passed, home_quarantine, central_quarantine, turned_back, seconds, reported_at FROM checkpoint_hour
    WHERE hour >= (SELECT since FROM moment) AND hour < :at
      AND reported_at >= (SELECT told FROM moment) AND reported_at <= :at
      AND area_id <> (SELECT id FROM asked) AND path <@ (SELECT path FROM asked)
    UNION ALL
    SELECT h.hour, 1, h.passed, h.home_quarantine, h.central_quarantine, h.turned_back, h.seconds, h.reported_at
    FROM checkpoint c JOIN checkpoint_hour h ON h.checkpoint_id = c.id
    WHERE c.area_id = (SELECT id FROM asked) AND h.hour >= (SELECT since FROM moment) AND h.hour < :at AND h.reported_at <= :at
), each AS MATERIALIZED (
    SELECT hour, sum(reports) AS reports, sum(passed) AS passed, sum(home_quarantine) AS home_quarantine, sum(central_quarantine) AS central_quarantine, sum(turned_back) AS turned_back, sum(seconds) AS seconds, max(reported_at) AS reported_at
    FROM known GROUP BY 1 HAVING sum(reports) > 0
), passages AS (
    SELECT sum(passed) AS passed, sum(home_quarantine) AS home_quarantine, sum(central_quarantine) AS central_quarantine, sum(turned_back) AS turned_back, sum(seconds) AS seconds, max(reported_at) AS posts_at
    FROM each WHERE hour >= (SELECT midnight FROM moment)
), hours AS (
    SELECT hour, reports AS hour_reports, passed AS hour_passed, home_quarantine AS hour_home_quarantine, central_quarantine AS hour_central_quarantine, turned_back AS hour_turned_back, seconds AS hour_seconds FROM each ORDER BY 1 DESC LIMIT 1
)
SELECT posts.*, silent.*, passages.*, hours.* FROM asked CROSS JOIN posts CROSS JOIN silent CROSS JOIN passages
LEFT JOIN hours ON true
