-- `start` and `inside` are LIKE patterns of the words; `pinyin` is one of a name's letters, or none; an address is only
-- looked for where it is long enough. The pinyin of an area reads 'hubinqu hbq'.
WITH named AS (
    SELECT a.id, a.code, a.name, a.level, a.parent_id, a.place,
           CASE WHEN a.code = :words OR a.name = :words THEN 0
                WHEN a.name ILIKE :start OR a.code LIKE :start THEN 1
                WHEN a.pinyin LIKE :pinyin OR a.pinyin LIKE '% ' || CAST(:pinyin AS text) THEN 2
                ELSE 3 END AS rank
    FROM area a
    WHERE a.name ILIKE :inside OR a.code LIKE :start
       OR a.pinyin LIKE CAST(:pinyin AS text) OR a.pinyin LIKE '% ' || CAST(:pinyin AS text)
       OR EXISTS (SELECT FROM area_alias x WHERE x.area_id = a.id AND (x.alias = :words OR x.alias ILIKE :inside))
    ORDER BY rank, nlevel(a.path), length(a.name), a.code LIMIT :limit
), found AS (
    SELECT 0 AS kind_order, n.rank, 'area' AS kind, n.id::bigint AS id, n.code, n.name AS title, p.name AS subtitle,
           ST_PointOnSurface(n.place) AS place,
           CASE n.level WHEN 'city' THEN 9 WHEN 'county' THEN 11 WHEN 'township' THEN 13
                        WHEN 'village' THEN 15 ELSE 16 END AS zoom
    FROM named n LEFT JOIN area p ON p.id = n.parent_id
    UNION ALL
    (SELECT 1, CASE WHEN code = :words OR name = :words THEN 0 ELSE 3 END, 'hotel', id, code, name, address, place, 16
     FROM hotel WHERE name ILIKE :inside OR code ILIKE :start OR address ILIKE :inside ORDER BY 2, code LIMIT :limit)
    UNION ALL
    (SELECT 1, CASE WHEN code = :words OR name = :words THEN 0 ELSE 3 END, 'clinic', id, code, name, address, place, 16
     FROM clinic WHERE name ILIKE :inside OR code ILIKE :start OR address ILIKE :inside ORDER BY 2, code LIMIT :limit)
    UNION ALL
    (SELECT 2, CASE WHEN c.code = :words OR c.name = :words THEN 0 ELSE 3 END, 'checkpoint', c.id, c.code, c.name,
            a.name, c.place, 16
     FROM checkpoint c JOIN area a ON a.id = c.area_id
     WHERE c.name ILIKE :inside OR c.code ILIKE :start ORDER BY 2, c.code LIMIT :limit)
    UNION ALL
    (SELECT 3, 3, 'building', b.id, a.code, b.address, a.name, ST_Centroid(b.place), 17
     FROM search_buildings(:inside, :limit) s JOIN building b ON b.id = s.id JOIN area a ON a.id = b.area_id
     WHERE CAST(:address AS boolean))
)
SELECT kind, id, code, title, subtitle, ST_X(place) AS lon, ST_Y(place) AS lat, zoom FROM found
ORDER BY rank, kind_order, length(title), code, id LIMIT :limit
