SELECT a.id, r.code AS rule, r.title_zh, r.title_en, r.one_zh AS zh, r.one_en AS en, a.severity, a.name, a.facts,
       p.code AS area_code, p.name AS area_name, ST_X(a.place) AS lon, ST_Y(a.place) AS lat, a.began_at, a.fired_at,
       a.seen_by, a.seen_at, a.assigned_to, a.assigned_by, a.assigned_at, a.closed_by, a.closed_at, a.closed_why,
       (SELECT array_agg(up.leader ORDER BY nlevel(up.path) DESC) FROM area up
        WHERE up.id = ANY (string_to_array(a.path::text, '.')::int[]) AND up.leader <> '') AS leaders
FROM alert a JOIN alert_rule r ON r.id = a.rule_id JOIN area p ON p.id = a.area_id
WHERE a.id = :id
