-- Homes of one area now, out of counts that triggers keep: nothing here grows with the number of households.
-- `at` is `now`, or a later moment whose due list is asked for.
WITH asked AS MATERIALIZED (
    SELECT id, code, path FROM area WHERE code = :code
), moment AS MATERIALIZED (
    SELECT (CAST(:at AS timestamptz) AT TIME ZONE zone)::date AS due_day, local_time::date AS today
    FROM (SELECT CAST(:now AS timestamptz) AT TIME ZONE zone AS local_time, zone
          FROM (SELECT city_zone() AS zone) z) l
), tally AS (
    SELECT s.code, bool_or(s.surveyed) AS surveyed, bool_or(s.follow_days IS NOT NULL) AS followed, sum(t.households) AS n,
           max(t.changed_at) AS changed_at
    FROM (SELECT state_id, households, changed_at FROM tally_below WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT state_id, households, changed_at FROM grid_tally WHERE area_id = (SELECT id FROM asked)) t
    JOIN scheme_state s ON s.id = t.state_id GROUP BY s.code
), due AS (
    SELECT coalesce(sum(households) FILTER (WHERE due_on = (SELECT due_day FROM moment)), 0) AS due_today,
           coalesce(sum(households) FILTER (WHERE due_on < (SELECT due_day FROM moment)), 0) AS overdue
    FROM (SELECT due_on, households FROM due_below
          WHERE area_id = (SELECT id FROM asked) AND due_on <= (SELECT due_day FROM moment)
          UNION ALL
          SELECT due_on, households FROM grid_due
          WHERE area_id = (SELECT id FROM asked) AND due_on <= (SELECT due_day FROM moment)) d
), begun AS (
    SELECT coalesce(sum(b.households), 0) AS new_today
    FROM (SELECT state_id, households FROM begun_below
          WHERE area_id = (SELECT id FROM asked) AND day = (SELECT today FROM moment)
          UNION ALL
          SELECT state_id, households FROM grid_begun
          WHERE area_id = (SELECT id FROM asked) AND day = (SELECT today FROM moment)) b
    JOIN scheme_state s ON s.id = b.state_id WHERE s.follow_days IS NOT NULL
)
SELECT (SELECT json_object_agg(code, n) FROM tally WHERE n > 0) AS states,
       (SELECT coalesce(sum(n) FILTER (WHERE surveyed), 0) FROM tally) AS surveyed,
       (SELECT coalesce(sum(n) FILTER (WHERE followed), 0) FROM tally) AS followed,
       (SELECT max(changed_at) FROM tally) AS states_at,
       coalesce(current_setting('app.home_paths', true), '') <> '' AS homes,
       due.*, begun.*
FROM asked, due, begun
