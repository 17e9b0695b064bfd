-- Areas with many households whose fourteen days are over and that nobody has cleared.
SELECT 'area:' || a.id AS cause, a.id AS area_id, a.path, a.name, ST_PointOnSurface(a.place) AS place,
       CAST(NULL AS timestamptz) AS since, o.households >= :threshold AS fires,
       jsonb_build_object('households', o.households) AS facts
FROM (SELECT d.area_id, sum(d.households)::int AS households
      FROM (SELECT area_id, due_on, households FROM due_below
            UNION ALL
            SELECT area_id, due_on, households FROM grid_due) d
      WHERE d.due_on < (SELECT local_day(:now)) AND d.area_id IN (SELECT id FROM area WHERE level = :level)
      GROUP BY d.area_id) o
JOIN area a ON a.id = o.area_id
WHERE o.households >= greatest(1, 0.9 * :threshold)
