-- Open alerts below an area at a moment: where one rule has more than `few` in one area directly below, they are one row.
-- A single alert has its `id`; a row of many stands at the middle of theirs and is as old as the oldest of them.
WITH asked AS MATERIALIZED (
    SELECT id, path, nlevel(path) AS depth FROM area WHERE code = :code
), open AS MATERIALIZED (
    SELECT a.*, CASE WHEN nlevel(a.path) > k.depth THEN subltree(a.path, k.depth, k.depth + 1)::text::int
                     ELSE a.area_id END AS part,
           array_position(ARRAY['severe', 'warning', 'information'], a.severity) AS rank,
           CASE WHEN a.seen_at <= :at THEN a.seen_at END AS seen_then,
           CASE WHEN a.assigned_at <= :at THEN a.assigned_to
                WHEN a.assigned_at IS NOT NULL THEN (
                    SELECT e.told FROM alert_event e WHERE e.alert_id = a.id AND e.what = 'assigned' AND e.at <= :at
                    ORDER BY e.at DESC, e.id DESC LIMIT 1) END AS owner
    FROM alert a, asked k
    WHERE a.fired_at <= :at AND (a.closed_at IS NULL OR a.closed_at > :at) AND a.path <@ k.path
      AND (CAST(:rule AS text) IS NULL OR a.rule_id = (SELECT id FROM alert_rule WHERE code = :rule))
), sized AS (
    SELECT *, count(*) OVER (PARTITION BY rule_id, part) > :few AS many FROM open
), lines AS (
    SELECT rule_id, part, many, min(rank) AS rank, count(*)::int AS n, CASE WHEN NOT many THEN min(id) END AS id,
           min(began_at) AS began_at, min(fired_at) AS fired_at, max(fired_at) AS newest_at,
           count(seen_then)::int AS seen, max(seen_then) AS seen_at, count(owner)::int AS assigned,
           (array_agg(DISTINCT owner) FILTER (WHERE owner IS NOT NULL))[1:3] AS owners,
           ST_Centroid(ST_Collect(place)) AS place, min(name) AS name, min(area_id) AS area_id,
           (array_agg(facts))[1] AS facts
    FROM sized GROUP BY rule_id, part, many, CASE WHEN NOT many THEN id END
)
SELECT l.id, l.n, r.code AS rule, r.title_zh, r.title_en,
       CASE WHEN l.many THEN r.many_zh ELSE r.one_zh END AS zh, CASE WHEN l.many THEN r.many_en ELSE r.one_en END AS en,
       (ARRAY['severe', 'warning', 'information'])[l.rank] AS severity, l.facts, l.name,
       p.code AS area_code, p.name AS area_name, ST_X(l.place) AS lon, ST_Y(l.place) AS lat,
       l.began_at, l.fired_at, l.newest_at, l.seen, CASE WHEN l.seen = l.n THEN l.seen_at END AS seen_at,
       l.assigned, coalesce(l.owners, '{}') AS owners,
       CASE WHEN NOT l.many THEN coalesce((
           SELECT array_agg(up.leader ORDER BY nlevel(up.path) DESC) FROM area up
           WHERE up.id = ANY (string_to_array(p.path::text, '.')::int[]) AND up.leader <> ''), '{}') ELSE '{}' END AS leaders,
       sum(l.n) OVER ()::int AS every
FROM lines l
JOIN alert_rule r ON r.id = l.rule_id
JOIN area p ON p.id = CASE WHEN l.many THEN l.part ELSE l.area_id END
ORDER BY l.rank, l.assigned = l.n, l.newest_at DESC, l.n DESC, r.code, p.code, l.id
LIMIT :limit
