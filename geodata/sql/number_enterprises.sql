-- Enterprises of an area by their newest reports until a moment, and until a day before it.
SELECT count(*)::int AS enterprises, count(*) FILTER (WHERE n.whitelisted)::int AS whitelisted,
       count(*) FILTER (WHERE n.resumed_on <= (SELECT local_day(:at)))::int AS resumed,
       count(*) FILTER (WHERE y.resumed_on <= (SELECT local_day(:at)) - 1)::int AS resumed_before, count(y.day)::int AS told_before,
       sum(n.staff)::int AS staff, sum(n.staff_back)::int AS back, sum(y.staff_back)::int AS back_before,
       max(least(n.reported_at, CAST(:at AS timestamptz))) FILTER (WHERE n.day IS NOT NULL) AS data_time, count(n.day)::int AS told
FROM enterprise e
LEFT JOIN LATERAL (
    SELECT * FROM enterprise_day WHERE enterprise_id = e.id AND first_reported_at <= :at ORDER BY day DESC LIMIT 1) n ON true
LEFT JOIN LATERAL (
    SELECT * FROM enterprise_day WHERE enterprise_id = e.id AND first_reported_at <= CAST(:at AS timestamptz) - interval '1 day'
    ORDER BY day DESC LIMIT 1) y ON true
WHERE e.path <@ (SELECT path FROM area WHERE code = :code)
