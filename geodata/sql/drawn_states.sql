-- The states to draw on a day: those of the version in force (before the first one began, the first), and of earlier
-- versions those that it lacks and that households still carry, or carried since it began.
WITH version AS MATERIALIZED (
    SELECT id, valid_from FROM colour_scheme
    WHERE CAST(:city AS text) = '' OR city_code = :city
    ORDER BY valid_from > CAST(:day AS date), CASE WHEN valid_from <= CAST(:day AS date) THEN valid_from END DESC,
             valid_from, id DESC
    LIMIT 1
), left_over AS (
    SELECT DISTINCT ON (s.code) s.id
    FROM version v
    JOIN colour_scheme c ON c.valid_from < v.valid_from
    JOIN scheme_state s ON s.scheme_id = c.id
    WHERE NOT EXISTS (SELECT FROM scheme_state kept WHERE kept.scheme_id = v.id AND kept.code = s.code)
      AND EXISTS (SELECT FROM (SELECT state_id, households, changed_at FROM grid_tally
                         UNION ALL SELECT state_id, households, changed_at FROM changed_tally) t WHERE t.state_id = s.id AND (
          t.households > 0 OR t.changed_at >= v.valid_from::timestamp AT TIME ZONE city_zone()))
    ORDER BY s.code, c.valid_from DESC, c.id DESC
)
SELECT s.* FROM scheme_state s
WHERE s.scheme_id = (SELECT id FROM version) OR s.id IN (SELECT id FROM left_over)
ORDER BY s.severity, s.scheme_id = (SELECT id FROM version) DESC, s.code
