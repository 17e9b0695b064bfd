-- Households per area down to the village and per state, as they were at a moment; compare children_past.sql. Run by the owner.
WITH shown AS MATERIALIZED (
    SELECT id FROM area WHERE level <> 'grid'
), moment AS MATERIALIZED (
    SELECT * FROM past_frame(CAST(:at AS timestamptz), CAST(:now AS timestamptz))
), walked AS (
    SELECT m.sign * c.sign AS n, c.state_id, p.path
    FROM moment m JOIN household_past p ON upper(p.valid) >= m.walk_from AND upper(p.valid) < m.walk_to
    CROSS JOIN LATERAL (VALUES (1, p.next_state_id), (-1, p.state_id)) AS c(sign, state_id)
    UNION ALL
    SELECT m.sign, f.state_id, f.path
    FROM moment m JOIN household_finding f ON f.first AND f.began >= m.walk_from AND f.began < m.walk_to
), tally AS (
    SELECT area_id, state_id, sum(n) AS n
    FROM (SELECT area_id, state_id, households AS n FROM tally_below
          UNION ALL
          SELECT area_id, state_id, households FROM grid_tally
          UNION ALL
          SELECT area_id, state_id, -households FROM begun_below WHERE day >= (SELECT first_day FROM moment)
          UNION ALL
          SELECT area_id, state_id, -households FROM grid_begun WHERE day >= (SELECT first_day FROM moment)
          UNION ALL
          SELECT area_id, state_id, households FROM ended_below WHERE ended_on >= (SELECT first_day FROM moment)
          UNION ALL
          SELECT above.id::int, w.state_id, w.n
          FROM walked w CROSS JOIN LATERAL unnest(string_to_array(w.path::text, '.')) AS above(id)) t
    WHERE area_id IN (SELECT id FROM shown) GROUP BY 1, 2 HAVING sum(n) <> 0
)
SELECT t.area_id, s.code, sum(t.n)::int AS households
FROM tally t JOIN scheme_state s ON s.id = t.state_id GROUP BY 1, 2 HAVING sum(t.n) > 0
