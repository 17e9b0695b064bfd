-- Posts of one area at a past moment, out of the hours reported until then.
-- A post was silent where its last report before the moment made the next one due before it too.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), moment AS MATERIALIZED (
    SELECT local_time::time AS clock, local_time::date::timestamp AT TIME ZONE zone AS midnight
    FROM (SELECT CAST(:at AS timestamptz) AT TIME ZONE zone AS local_time, zone
          FROM (SELECT city_zone() AS zone) z) l
), posts AS (
    SELECT coalesce(sum(posts), 0) AS posts,
           coalesce(sum(posts) FILTER (
               WHERE staffed(staffed_from, staffed_to, (SELECT clock FROM moment))), 0) AS staffed
    FROM (SELECT staffed_from, staffed_to, posts FROM area_posts WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT staffed_from, staffed_to, posts FROM grid_posts WHERE area_id = (SELECT id FROM asked)) p
), silent AS (
    SELECT count(*) AS silent
    FROM checkpoint c
    CROSS JOIN LATERAL (
        SELECT hour FROM checkpoint_hour h
        WHERE h.checkpoint_id = c.id AND h.hour < :at AND h.reported_at <= :at
          AND h.hour > CAST(:at AS timestamptz) - interval '32 days'
        ORDER BY hour DESC LIMIT 1) last
    WHERE c.expected_by IS NOT NULL AND c.path <@ (SELECT path FROM asked)
      -- No report is due sooner than 150 minutes after the hour of the one before.
      AND last.hour < CAST(:at AS timestamptz) - interval '150 minutes'
      AND next_report_by(c.staffed_from, c.staffed_to, last.hour) < :at
), passages AS (
    SELECT sum(passed) AS passed, sum(home_quarantine) AS home_quarantine,
           sum(central_quarantine) AS central_quarantine, sum(turned_back) AS turned_back,
           sum(seconds) AS seconds, max(reported_at) AS posts_at
    FROM checkpoint_hour
    WHERE hour >= (SELECT midnight FROM moment) AND hour < :at AND reported_at <= :at
      AND path <@ (SELECT path FROM asked)
)
SELECT posts.*, silent.*, passages.* FROM asked, posts, silent, passages
