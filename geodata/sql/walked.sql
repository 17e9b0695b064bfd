-- Intervals of homes that began or ended between a past moment and the nearer midnight, by the area below that they lie in.
WITH asked AS MATERIALIZED (
    SELECT path, nlevel(path) AS depth FROM area WHERE code = :code
), moment AS MATERIALIZED (
    SELECT * FROM past_frame(CAST(:at AS timestamptz), CAST(:now AS timestamptz))
), walked AS (
    -- Begun and ended up to the moment; where the midnight after it is nearer, what came after it is taken back.
    SELECT m.sign * c.sign AS n, c.begins, c.state_id, (c.began AT TIME ZONE m.zone)::date AS began, p.path
    FROM moment m JOIN household_past p ON upper(p.valid) >= m.walk_from AND upper(p.valid) < m.walk_to
    CROSS JOIN LATERAL (VALUES (1, true, p.next_state_id, upper(p.valid)), (-1, false, p.state_id, lower(p.valid)))
        AS c(sign, begins, state_id, began)
    WHERE p.path <@ (SELECT path FROM asked)
    UNION ALL
    SELECT m.sign, true, f.state_id, (f.began AT TIME ZONE m.zone)::date, f.path
    FROM moment m JOIN household_finding f ON f.first AND f.began >= m.walk_from AND f.began < m.walk_to
    WHERE f.path <@ (SELECT path FROM asked)
)
SELECT sum(w.n)::int AS n, w.begins, w.state_id, w.began,
       CASE WHEN nlevel(w.path) > a.depth THEN ltree2text(subpath(w.path, a.depth, 1))::int END AS area_id
FROM walked w, asked a GROUP BY 2, 3, 4, 5
