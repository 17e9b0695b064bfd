-- Venues of an area at a moment: how many there are, how many counted within two hours, how many of those are over capacity.
SELECT count(*)::int AS venues, count(n.at)::int AS counted,
       count(*) FILTER (WHERE n.headcount > v.capacity)::int AS over,
       sum(n.headcount)::int AS inside, max(n.at) AS data_time
FROM venue v
LEFT JOIN LATERAL (
    SELECT at, headcount FROM venue_hour
    WHERE venue_id = v.id AND at <= :at AND at > CAST(:at AS timestamptz) - interval '2 hours' ORDER BY hour DESC LIMIT 1) n ON true
WHERE v.path <@ (SELECT path FROM area WHERE code = :code)
