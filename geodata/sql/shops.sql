-- Shops of one area: how many there are, have reported and are open on the day of a moment, as far as was known by then.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), today AS MATERIALIZED (
    SELECT local_day(CAST(:at AS timestamptz)) AS day
)
SELECT count(*) AS shops, count(d.shop_id) AS reported, count(*) FILTER (WHERE d.is_open) AS open,
       max(least(d.reported_at, CAST(:at AS timestamptz))) FILTER (WHERE d.shop_id IS NOT NULL) AS data_time
FROM shop s
LEFT JOIN shop_day d ON d.shop_id = s.id AND d.day = (SELECT day FROM today) AND d.first_reported_at <= :at
WHERE s.path <@ (SELECT path FROM asked)
