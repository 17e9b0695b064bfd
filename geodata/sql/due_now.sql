-- What becomes due after a day: households of one area per day, as far as is known now.
WITH asked AS MATERIALIZED (
    SELECT id FROM area WHERE code = :code
)
SELECT due_on, sum(households)::int AS households
FROM (SELECT due_on, households FROM due_below WHERE area_id = (SELECT id FROM asked)
      UNION ALL
      SELECT due_on, households FROM grid_due WHERE area_id = (SELECT id FROM asked)) d
WHERE due_on > CAST(:first AS date) AND due_on <= CAST(:first AS date) + CAST(:days AS int)
GROUP BY 1 HAVING sum(households) > 0 ORDER BY 1
