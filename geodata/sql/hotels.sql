-- Hotels of one area, with their last reports until a moment.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), hotels AS (
    SELECT count(*) AS hotels, coalesce(sum(h.rooms), 0) AS rooms, sum(d.occupied) AS occupied,
           max(d.reported_at) AS hotels_at
    FROM hotel h
    LEFT JOIN LATERAL (
        SELECT occupied, reported_at FROM hotel_day
        WHERE hotel_id = h.id AND day <= (SELECT local_day(:at)) AND reported_at <= :at ORDER BY day DESC LIMIT 1) d ON true
    WHERE h.path <@ (SELECT path FROM asked)
)
SELECT hotels.* FROM asked, hotels
