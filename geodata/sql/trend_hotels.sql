-- Rooms taken in hotels of one area on each of some days, as known at a moment; a hotel's last report stands until its next.
WITH asked AS MATERIALIZED (
    SELECT path FROM area WHERE code = :code
), day AS (
    SELECT CAST(:first AS date) + n AS day FROM generate_series(0, CAST(:days AS int) - 1) AS n
)
SELECT d.day, sum(n.occupied)::int AS occupied, sum(h.rooms)::int AS rooms
FROM day d CROSS JOIN (SELECT id, rooms FROM hotel WHERE path <@ (SELECT path FROM asked)) h
LEFT JOIN LATERAL (
    SELECT occupied FROM hotel_day WHERE hotel_id = h.id AND day <= d.day AND reported_at <= :at ORDER BY day DESC LIMIT 1
) n ON true
GROUP BY 1 ORDER BY 1
