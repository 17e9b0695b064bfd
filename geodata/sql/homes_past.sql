-- Homes of one area at a past moment: what is true now, less the intervals begun since, and with those ended since.
WITH asked AS MATERIALIZED (
    SELECT id, code, path FROM area WHERE code = :code
), moment AS MATERIALIZED (
    SELECT zone, (CAST(:at AS timestamptz) AT TIME ZONE zone)::date AS day FROM (SELECT city_zone() AS zone) z
), since AS MATERIALIZED (
    SELECT -1 AS n, state_id, valid FROM household_state
    WHERE lower(valid) > :at AND path <@ (SELECT path FROM asked)
    UNION ALL
    SELECT 1, state_id, valid FROM household_state
    WHERE upper(valid) > :at AND NOT upper_inf(valid) AND path <@ (SELECT path FROM asked)
), tally AS (
    SELECT s.code, sum(t.n) AS n
    FROM (SELECT state_id, households AS n FROM tally_below WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT state_id, households FROM grid_tally WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT state_id, sum(n) FROM since GROUP BY state_id) t
    JOIN scheme_state s ON s.id = t.state_id GROUP BY s.code
), due AS (
    SELECT coalesce(sum(n) FILTER (WHERE due_on = (SELECT day FROM moment)), 0) AS due_today,
           coalesce(sum(n) FILTER (WHERE due_on < (SELECT day FROM moment)), 0) AS overdue
    FROM (SELECT due_on, households AS n FROM due_below WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT due_on, households FROM grid_due WHERE area_id = (SELECT id FROM asked)
          UNION ALL
          SELECT (lower(c.valid) AT TIME ZONE m.zone)::date + s.follow_days, c.n
          FROM since c JOIN scheme_state s ON s.id = c.state_id AND s.follow_days IS NOT NULL CROSS JOIN moment m) d
    WHERE due_on <= (SELECT day FROM moment)
), begun AS (
    SELECT count(*) AS new_today FROM household_state h JOIN scheme_state s ON s.id = h.state_id
    WHERE lower(h.valid) >= (SELECT day::timestamp AT TIME ZONE zone FROM moment) AND lower(h.valid) <= :at
      AND s.follow_days IS NOT NULL AND h.path <@ (SELECT path FROM asked)
)
SELECT asked.code,
       (SELECT json_object_agg(code, n) FROM tally WHERE n > 0) AS states,
       (SELECT lower(valid) FROM household_state WHERE lower(valid) <= :at AND path <@ (SELECT path FROM asked)
        ORDER BY lower(valid) DESC LIMIT 1) AS states_at,
       coalesce(current_setting('app.home_paths', true), '') <> '' AS homes,
       due.*, begun.*
FROM asked, due, begun
