-- Posts of one area now, out of counts that triggers keep: nothing here grows with the number of posts.
-- The hour is the newest of which anything has been reported.
WITH asked AS MATERIALIZED (
    SELECT id FROM area WHERE code = :code
), moment AS MATERIALIZED (
    SELECT local_time::date AS today, local_time::time AS clock, CAST(:at AS timestamptz) AS now
    FROM (SELECT CAST(:at AS timestamptz) AT TIME ZONE city_zone() AS local_time) l
), posts AS (
    SELECT coalesce(sum(posts), 0) AS posts,
           coalesce(sum(posts) FILTER (
               WHERE staffed(staffed_from, staffed_to, (SELECT clock FROM moment))), 0) AS staffed
    FROM (SELECT staffed_from, staffed_to, posts FROM area_posts WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT staffed_from, staffed_to, posts FROM grid_posts WHERE area_id = (SELECT id FROM asked)) p
), silent AS (
    SELECT coalesce(sum(posts), 0) AS silent
    FROM (SELECT expected_by, posts FROM area_expected WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT expected_by, posts FROM grid_expected WHERE area_id = (SELECT id FROM asked)) e
    WHERE expected_by < (SELECT now FROM moment)
), passages AS (
    SELECT sum(passed) FILTER (WHERE day = (SELECT today FROM moment)) AS passed,
           sum(home_quarantine) FILTER (WHERE day = (SELECT today FROM moment)) AS home_quarantine,
           sum(central_quarantine) FILTER (WHERE day = (SELECT today FROM moment)) AS central_quarantine,
           sum(turned_back) FILTER (WHERE day = (SELECT today FROM moment)) AS turned_back,
           sum(seconds) FILTER (WHERE day = (SELECT today FROM moment)) AS seconds,
           max(reported_at) AS posts_at
    FROM (SELECT day, passed, home_quarantine, central_quarantine, turned_back, seconds, reported_at
          FROM area_passages WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT day, passed, home_quarantine, central_quarantine, turned_back, seconds, reported_at
          FROM grid_passages WHERE area_id = (SELECT id FROM asked)) p
    WHERE day BETWEEN (SELECT today FROM moment) - 7 AND (SELECT today FROM moment)
), hours AS (
    SELECT hour, sum(reports) AS hour_reports, sum(passed) AS hour_passed, sum(home_quarantine) AS hour_home_quarantine, sum(central_quarantine) AS hour_central_quarantine, sum(turned_back) AS hour_turned_back, sum(seconds) AS hour_seconds
    FROM (SELECT hour, reports, passed, home_quarantine, central_quarantine, turned_back, seconds FROM area_hour
          WHERE area_id = (SELECT id FROM asked) AND hour > CAST(:at AS timestamptz) - interval '24 hours'
          UNION ALL
          SELECT h.hour, 1, h.passed, h.home_quarantine, h.central_quarantine, h.turned_back, h.seconds FROM checkpoint c JOIN checkpoint_hour h ON h.checkpoint_id = c.id
          WHERE c.area_id = (SELECT id FROM asked) AND h.hour > CAST(:at AS timestamptz) - interval '24 hours') h
    GROUP BY 1 HAVING sum(reports) > 0 ORDER BY 1 DESC LIMIT 1
)
SELECT posts.*, silent.*, passages.*, hours.* FROM asked CROSS JOIN posts CROSS JOIN silent CROSS JOIN passages
LEFT JOIN hours ON true
