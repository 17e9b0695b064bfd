-- What the goods that most shops of one area have reported cost on the day of a moment, with the day before it: medians.
WITH asked AS MATERIALIZED (
    SELECT id, path FROM area WHERE code = :code
), today AS MATERIALIZED (
    SELECT local_day(CAST(:at AS timestamptz)) AS day
), told AS MATERIALIZED (
    SELECT p.day, p.good, p.unit, p.price, least(d.reported_at, CAST(:at AS timestamptz)) AS reported_at
    FROM shop_price p JOIN shop_day d ON d.shop_id = p.shop_id AND d.day = p.day
    WHERE p.day IN (SELECT unnest(ARRAY[day, day - 1]) FROM today) AND d.first_reported_at <= :at
      AND p.path <@ (SELECT path FROM asked)
), most AS (
    SELECT good, unit, count(*) AS shops, max(reported_at) AS data_time,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS price
    FROM told WHERE day = (SELECT day FROM today) GROUP BY good, unit ORDER BY count(*) DESC, good, unit LIMIT :goods
)
SELECT m.good, m.unit, m.shops, m.data_time, round(CAST(m.price AS numeric), 2)::float8 AS price,
       (SELECT round(CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY b.price) AS numeric), 2)::float8 FROM told b
        WHERE b.day < (SELECT day FROM today) AND b.good = m.good AND b.unit = m.unit) AS before
FROM most m ORDER BY m.shops DESC, m.good, m.unit
