-- Hotels of which the newest report says that few rooms are left.
SELECT 'hotel:' || h.id AS cause, h.area_id, h.path, h.name, h.place, d.reported_at AS since,
       d.occupied >= :threshold * h.rooms AS fires,
       jsonb_build_object('occupied', d.occupied, 'rooms', h.rooms, 'left', h.rooms - d.occupied,
                          'share', round(100.0 * d.occupied / h.rooms)) AS facts
FROM hotel h
CROSS JOIN LATERAL (
    SELECT occupied, reported_at FROM hotel_day
    WHERE hotel_id = h.id AND day <= local_day(:now) AND reported_at <= :now ORDER BY day DESC LIMIT 1) d
WHERE h.rooms > 0 AND d.occupied >= 0.95 * :threshold * h.rooms
