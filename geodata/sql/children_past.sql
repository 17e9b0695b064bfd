-- The areas directly below one as they were at a past moment; compare homes_past.sql.
WITH child AS MATERIALIZED (
    SELECT c.id, c.code, c.name, c.level FROM area c JOIN area p ON p.id = c.parent_id WHERE p.code = :code
), moment AS MATERIALIZED (
    SELECT * FROM past_frame(CAST(:at AS timestamptz), CAST(:now AS timestamptz))
), walked AS MATERIALIZED (
    -- What walked.sql found: n, and whether it began.
    SELECT * FROM unnest(CAST(:w_n AS int[]), CAST(:w_begins AS bool[]), CAST(:w_state_id AS smallint[]),
                         CAST(:w_began AS date[]), CAST(:w_area_id AS int[])) AS w(n, begins, state_id, began, area_id)
    WHERE area_id IS NOT NULL
), begun AS MATERIALIZED (
    SELECT area_id, day, state_id, sum(households) AS n
    FROM (SELECT area_id, day, state_id, households FROM begun_below WHERE area_id IN (SELECT id FROM child) AND day >= (SELECT first_day FROM moment)
          UNION ALL
          SELECT area_id, day, state_id, households FROM grid_begun WHERE area_id IN (SELECT id FROM child) AND day >= (SELECT first_day FROM moment)) b
    GROUP BY 1, 2, 3
), ended AS MATERIALIZED (
    SELECT area_id, state_id, due_on, sum(households) AS n FROM ended_below
    WHERE area_id IN (SELECT id FROM child) AND ended_on >= (SELECT first_day FROM moment) GROUP BY 1, 2, 3
), tally AS (
    SELECT t.area_id, sum(t.n) AS total, sum(t.n) FILTER (WHERE s.follow_days IS NOT NULL) AS followed,
           sum(t.n) FILTER (WHERE NOT s.surveyed) AS unsurveyed
    FROM (SELECT area_id, state_id, households AS n FROM tally_below WHERE area_id IN (SELECT id FROM child)
          UNION ALL
          SELECT area_id, state_id, households AS n FROM grid_tally WHERE area_id IN (SELECT id FROM child)
          UNION ALL
          SELECT area_id, state_id, -n FROM begun
          UNION ALL
          SELECT area_id, state_id, n FROM ended
          UNION ALL
          SELECT area_id, state_id, n FROM walked) t
    JOIN scheme_state s ON s.id = t.state_id GROUP BY t.area_id
), due AS (
    SELECT area_id, sum(n) FILTER (WHERE due_on = (SELECT day FROM moment)) AS due_today,
           sum(n) FILTER (WHERE due_on < (SELECT day FROM moment)) AS overdue
    FROM (SELECT area_id, due_on, households AS n FROM due_below WHERE area_id IN (SELECT id FROM child) AND due_on <= (SELECT day FROM moment)
          UNION ALL
          SELECT area_id, due_on, households AS n FROM grid_due WHERE area_id IN (SELECT id FROM child) AND due_on <= (SELECT day FROM moment)
          UNION ALL
          SELECT area_id, due_on, n FROM ended
          UNION ALL
          SELECT b.area_id, b.day + s.follow_days, -b.n FROM begun b
          JOIN scheme_state s ON s.id = b.state_id AND s.follow_days IS NOT NULL
          UNION ALL
          SELECT w.area_id, w.began + s.follow_days, w.n FROM walked w
          JOIN scheme_state s ON s.id = w.state_id AND s.follow_days IS NOT NULL) d
    WHERE due_on <= (SELECT day FROM moment) GROUP BY area_id
), newest AS (
    SELECT area_id, max(day) AS day
    FROM (SELECT area_id, day FROM begun_below WHERE area_id IN (SELECT id FROM child) AND day <= (SELECT day FROM moment) AND households > 0
          UNION ALL
          SELECT area_id, day FROM grid_begun WHERE area_id IN (SELECT id FROM child) AND day <= (SELECT day FROM moment) AND households > 0) b GROUP BY 1
)
SELECT c.code, c.name, c.level, t.total::int,
       least(CAST(:at AS timestamptz), (n.day + 1)::timestamp AT TIME ZONE (SELECT zone FROM moment)) AS data_time,
       CASE WHEN t.total IS NOT NULL THEN coalesce(d.overdue, 0)::int END AS overdue,
       CASE WHEN t.total IS NOT NULL THEN coalesce(d.due_today, 0)::int END AS due_today,
       CASE WHEN t.total IS NOT NULL THEN coalesce(t.followed, 0)::int END AS followed,
       CASE WHEN t.total IS NOT NULL THEN coalesce(t.unsurveyed, 0)::int END AS unsurveyed
FROM child c LEFT JOIN tally t ON t.area_id = c.id LEFT JOIN due d ON d.area_id = c.id LEFT JOIN newest n ON n.area_id = c.id
ORDER BY c.code
