SELECT b.id, b.name, b.address, b.kind, b.units, b.floors, b.rooms_per_floor, b.area_id,
       a.code AS area_code, a.name AS area_name,
       ST_X(ST_Centroid(b.place)) AS lon, ST_Y(ST_Centroid(b.place)) AS lat,
       (CAST(:at AS timestamptz) AT TIME ZONE city_zone())::date AS today
FROM building b JOIN area a ON a.id = b.area_id
WHERE b.id = CAST(:id AS bigint)
