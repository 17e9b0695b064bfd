-- Homes of one area at the end of each of some days before the last: begun as followed, still followed, and overdue.
-- Kept counts alone: those of now, taken back day by day.
WITH asked AS MATERIALIZED (
    SELECT id FROM area WHERE code = :code
), day AS MATERIALIZED (
    SELECT CAST(:first AS date) + n AS day FROM generate_series(0, CAST(:days AS int) - 1) AS n
), begun AS MATERIALIZED (
    SELECT b.day, sum(b.households) AS n
    FROM (SELECT day, state_id, households FROM begun_below WHERE area_id = (SELECT id FROM asked) AND day >= :first
          UNION ALL
          SELECT day, state_id, households FROM grid_begun WHERE area_id = (SELECT id FROM asked) AND day >= :first) b
    JOIN scheme_state s ON s.id = b.state_id AND s.follow_days IS NOT NULL GROUP BY 1
), ended AS MATERIALIZED (
    SELECT ended_on, due_on, sum(households) AS n FROM ended_below
    WHERE area_id = (SELECT id FROM asked) AND ended_on > :first AND due_on < 'infinity' GROUP BY 1, 2
), due AS MATERIALIZED (
    SELECT due_on, sum(households) AS n
    FROM (SELECT due_on, households FROM due_below WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT due_on, households FROM grid_due WHERE area_id = (SELECT id FROM asked)) d GROUP BY 1
), late AS MATERIALIZED (
    -- Of those that ended since, the few that were ever overdue.
    SELECT ended_on, due_on, n FROM ended WHERE ended_on > due_on + 1
)
SELECT d.day, coalesce(b.n, 0)::int AS new,
       ((SELECT coalesce(sum(n), 0) FROM due) - (SELECT coalesce(sum(n), 0) FROM begun WHERE begun.day > d.day)
        + (SELECT coalesce(sum(n), 0) FROM ended WHERE ended_on > d.day))::int AS followed,
       ((SELECT coalesce(sum(n), 0) FROM due WHERE due_on < d.day)
        + (SELECT coalesce(sum(n), 0) FROM late WHERE ended_on > d.day AND due_on < d.day))::int AS overdue
FROM day d LEFT JOIN begun b ON b.day = d.day ORDER BY d.day
