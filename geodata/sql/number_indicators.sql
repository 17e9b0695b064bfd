-- What an area itself reports: each indicator on its newest day until a moment, and on the day before that.
SELECT i.code, i.name_zh, i.name_en, i.unit, i.better, n.day, n.value, n.target, least(n.reported_at, CAST(:at AS timestamptz)) AS reported_at, y.value AS before
FROM indicator i
JOIN area a ON a.id = i.area_id AND a.code = :code
JOIN LATERAL (
    SELECT * FROM indicator_day WHERE indicator_id = i.id AND day <= (SELECT local_day(:at)) AND first_reported_at <= :at
    ORDER BY day DESC LIMIT 1) n ON true
LEFT JOIN indicator_day y ON y.indicator_id = i.id AND y.day = n.day - 1 AND y.first_reported_at <= :at
ORDER BY i.code
