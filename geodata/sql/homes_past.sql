-- Homes of one area at a past moment: what is true now, less the intervals that began since, and with those that ended.
WITH asked AS MATERIALIZED (
    SELECT id, code, path FROM area WHERE code = :code
), moment AS MATERIALIZED (
    SELECT * FROM past_frame(CAST(:at AS timestamptz), CAST(:now AS timestamptz))
), walked AS MATERIALIZED (
    -- What walked.sql found: n, and whether it began.
    SELECT * FROM unnest(CAST(:w_n AS int[]), CAST(:w_begins AS bool[]), CAST(:w_state_id AS smallint[]),
                         CAST(:w_began AS date[]), CAST(:w_area_id AS int[])) AS w(n, begins, state_id, began, area_id)
), begun AS MATERIALIZED (
    SELECT day, state_id, sum(households) AS n
    FROM (SELECT day, state_id, households FROM begun_below WHERE area_id = (SELECT id FROM asked) AND day >= (SELECT day FROM moment)
          UNION ALL
          SELECT day, state_id, households FROM grid_begun WHERE area_id = (SELECT id FROM asked) AND day >= (SELECT day FROM moment)) b
    GROUP BY 1, 2
), ended AS MATERIALIZED (
    SELECT state_id, due_on, sum(households) AS n FROM ended_below
    WHERE area_id = (SELECT id FROM asked) AND ended_on >= (SELECT first_day FROM moment) GROUP BY 1, 2
), tally AS (
    SELECT s.code, bool_or(s.surveyed) AS surveyed, bool_or(s.follow_days IS NOT NULL) AS followed, sum(t.n) AS n
    FROM (SELECT state_id, households AS n FROM tally_below WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT state_id, households AS n FROM grid_tally WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT state_id, -n FROM begun WHERE day >= (SELECT first_day FROM moment)
          UNION ALL
          SELECT state_id, n FROM ended
          UNION ALL
          SELECT state_id, n FROM walked) t
    JOIN scheme_state s ON s.id = t.state_id GROUP BY s.code
), dues AS (
    SELECT due_on, sum(n) AS n
    FROM (SELECT due_on, households AS n FROM due_below WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT due_on, households AS n FROM grid_due WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT due_on, n FROM ended WHERE due_on < 'infinity'
          UNION ALL
          SELECT b.day + s.follow_days, -b.n FROM begun b JOIN scheme_state s ON s.id = b.state_id
          WHERE s.follow_days IS NOT NULL AND b.day >= (SELECT first_day FROM moment)
          UNION ALL
          SELECT w.began + s.follow_days, w.n FROM walked w JOIN scheme_state s ON s.id = w.state_id
          WHERE s.follow_days IS NOT NULL) d
    GROUP BY 1
), due AS (
    SELECT coalesce(sum(n) FILTER (WHERE due_on = (SELECT day FROM moment)), 0) AS due_today,
           coalesce(sum(n) FILTER (WHERE due_on < (SELECT day FROM moment)), 0) AS overdue FROM dues
), new AS (
    SELECT coalesce(sum(n), 0) AS new_today
    FROM (SELECT b.state_id, b.n FROM begun b JOIN moment m ON m.later AND b.day = m.day
          UNION ALL
          SELECT state_id, n FROM walked WHERE begins) b
    JOIN scheme_state s ON s.id = b.state_id WHERE s.follow_days IS NOT NULL
)
SELECT asked.code,
       (SELECT json_object_agg(code, n) FROM tally WHERE n > 0) AS states,
       (SELECT coalesce(sum(n) FILTER (WHERE surveyed), 0) FROM tally) AS surveyed,
       (SELECT coalesce(sum(n) FILTER (WHERE followed), 0) FROM tally) AS followed,
       greatest((SELECT upper(valid) FROM household_past WHERE upper(valid) <= :at AND path <@ (SELECT path FROM asked)
                 ORDER BY upper(valid) DESC LIMIT 1),
                (SELECT began FROM household_finding WHERE first AND began <= :at AND path <@ (SELECT path FROM asked)
                 ORDER BY began DESC LIMIT 1)) AS states_at,
       coalesce(current_setting('app.home_paths', true), '') <> '' AS homes,
       due.*, new.*
FROM asked, due, new
