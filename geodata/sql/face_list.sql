-- What of one grid can be opened as a face: each block of flats, and each street of houses once, by its first house.
WITH named AS (
    SELECT b.id, b.kind, b.address,
           CASE WHEN b.kind = 'house' AND right(b.address, length(b.name)) = b.name AND b.address <> b.name
                THEN left(b.address, -length(b.name)) ELSE b.address END AS title
    FROM building b WHERE b.area_id = (SELECT id FROM area WHERE code = :code)
)
SELECT min(id) AS id, kind, title, count(*) AS buildings
FROM named GROUP BY kind, title
ORDER BY kind = 'house', regexp_replace(title, '\d+', '', 'g'), lpad(substring(title FROM '(\d{1,9})\D*$'), 9, '0'), title
LIMIT 400
