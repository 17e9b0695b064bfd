-- Posts of one area now, out of counts that triggers keep: nothing here grows with the number of posts.
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
)
SELECT posts.*, silent.*, passages.* FROM asked, posts, silent, passages
