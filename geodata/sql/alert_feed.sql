-- Open alerts below an area at a moment: where one rule has more than `few` in one area directly below, they are one row.
-- A single alert has its `id`; a row of many stands in the middle of theirs and is as old as the oldest of them.
-- Thousands are grouped by a narrow row each; what is told of single ones is looked up for the few that are told.
WITH asked AS MATERIALIZED (
    SELECT path, nlevel(path) AS depth FROM area WHERE code = :code
), open AS MATERIALIZED (
    SELECT a.id, a.rule_id, a.area_id, a.began_at, a.fired_at, ST_X(a.place) AS lon, ST_Y(a.place) AS lat,
           CASE WHEN nlevel(a.path) > k.depth THEN subltree(a.path, k.depth, k.depth + 1)::text::int
                ELSE a.area_id END AS part,
           CASE a.severity WHEN 'severe' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END AS rank,
           CASE WHEN a.seen_at <= :at THEN a.seen_at END AS seen_at,
           CASE WHEN a.assigned_at <= :at THEN a.assigned_to
                WHEN a.assigned_at IS NOT NULL THEN (
                    SELECT e.told FROM alert_event e WHERE e.alert_id = a.id AND e.what = 'assigned' AND e.at <= :at
                    ORDER BY e.at DESC, e.id DESC LIMIT 1) END AS owner
    FROM alert a, asked k
    WHERE a.fired_at <= :at AND (a.closed_at IS NULL OR a.closed_at > :at) AND a.path <@ k.path
      AND (CAST(:rule AS text) IS NULL OR a.rule_id = (SELECT id FROM alert_rule WHERE code = :rule))
), heaps AS MATERIALIZED (
    SELECT rule_id, part, count(*)::int AS n, min(rank) AS rank, min(began_at) AS began_at, min(fired_at) AS fired_at,
           max(fired_at) AS newest_at, count(seen_at)::int AS seen, max(seen_at) AS seen_at,
           count(owner)::int AS assigned, avg(lon) AS lon, avg(lat) AS lat
    FROM open GROUP BY rule_id, part
), owned AS MATERIALIZED (
    SELECT rule_id, part, array_agg(DISTINCT owner) AS owners FROM open WHERE owner IS NOT NULL GROUP BY rule_id, part
), lines AS (
    SELECT CAST(NULL AS bigint) AS id, h.rule_id, h.part AS area_id, h.n, h.rank, h.began_at, h.fired_at, h.newest_at,
           h.seen, CASE WHEN h.seen = h.n THEN h.seen_at END AS seen_at, h.assigned, coalesce(w.owners[1:3], '{}') AS owners,
           h.lon, h.lat
    FROM heaps h LEFT JOIN owned w ON w.rule_id = h.rule_id AND w.part = h.part WHERE h.n > :few
    UNION ALL
    SELECT o.id, o.rule_id, o.area_id, 1, o.rank, o.began_at, o.fired_at, o.fired_at,
           (o.seen_at IS NOT NULL)::int, o.seen_at, (o.owner IS NOT NULL)::int, array_remove(ARRAY[o.owner], NULL),
           o.lon, o.lat
    FROM open o JOIN heaps h ON h.rule_id = o.rule_id AND h.part = o.part WHERE h.n <= :few
)
SELECT l.id, l.n, r.code AS rule, r.title_zh, r.title_en,
       CASE WHEN l.id IS NULL THEN r.many_zh ELSE r.one_zh END AS zh,
       CASE WHEN l.id IS NULL THEN r.many_en ELSE r.one_en END AS en,
       (ARRAY['severe', 'warning', 'information'])[l.rank] AS severity, coalesce(a.facts, '{}') AS facts,
       coalesce(a.name, p.name) AS name, p.code AS area_code, p.name AS area_name, l.lon, l.lat,
       l.began_at, l.fired_at, l.newest_at, l.seen, l.seen_at, l.assigned, l.owners,
       CASE WHEN l.id IS NOT NULL THEN (
           SELECT array_agg(up.leader ORDER BY nlevel(up.path) DESC) FROM area up
           WHERE up.id = ANY (string_to_array(p.path::text, '.')::int[]) AND up.leader <> '') END AS leaders,
       (SELECT coalesce(sum(n), 0) FROM heaps)::int AS every
FROM (SELECT l.*, r.code FROM lines l JOIN alert_rule r ON r.id = l.rule_id
      ORDER BY l.rank, l.assigned = l.n, l.newest_at DESC, l.n DESC, r.code, l.area_id, l.id LIMIT :limit) l
JOIN alert_rule r ON r.id = l.rule_id
JOIN area p ON p.id = l.area_id
LEFT JOIN alert a ON a.id = l.id
ORDER BY l.rank, l.assigned = l.n, l.newest_at DESC, l.n DESC, l.code, l.area_id, l.id
