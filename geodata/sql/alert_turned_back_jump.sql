-- Areas in which today's share of people turned back is many times that of the seven days before.
-- Of fewer than two hundred passages or five people nobody can say so; a share below one in five hundred counts as that.
SELECT 'area:' || a.id AS cause, a.id AS area_id, a.path, a.name, ST_PointOnSurface(a.place) AS place,
       CAST(NULL AS timestamptz) AS since, r.times >= :threshold AS fires,
       jsonb_build_object('share', round(100 * r.share, 1), 'usual', round(100 * r.usual, 1), 'people', r.back) AS facts
FROM (SELECT s.*, share / greatest(usual, 0.002) AS times
      FROM (SELECT p.area_id, sum(p.back) FILTER (WHERE p.day = t.today) AS back,
                   sum(p.every) FILTER (WHERE p.day = t.today) AS every,
                   sum(p.back) FILTER (WHERE p.day = t.today)::numeric
                       / nullif(sum(p.every) FILTER (WHERE p.day = t.today), 0) AS share,
                   sum(p.back) FILTER (WHERE p.day < t.today)::numeric
                       / nullif(sum(p.every) FILTER (WHERE p.day < t.today), 0) AS usual
            FROM (SELECT area_id, day, turned_back AS back, passed + home_quarantine + central_quarantine + turned_back AS every
                  FROM area_passages
                  UNION ALL
                  SELECT area_id, day, turned_back, passed + home_quarantine + central_quarantine + turned_back
                  FROM grid_passages) p
            CROSS JOIN (SELECT local_day(:now) AS today OFFSET 0) t
            WHERE p.day BETWEEN t.today - 7 AND t.today
              AND p.area_id IN (SELECT id FROM area WHERE level = :level)
            GROUP BY p.area_id) s
      WHERE every >= 200 AND back >= 5 AND usual IS NOT NULL) r
JOIN area a ON a.id = r.area_id
WHERE r.times >= 0.9 * :threshold
