-- What was to become due after a past moment, as it was known then: households of one area per day.
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
)
SELECT due_on, n::int AS households FROM dues
WHERE due_on > CAST(:first AS date) AND due_on <= CAST(:first AS date) + CAST(:days AS int) AND n > 0 ORDER BY 1
