SELECT id, name, address, kind, units, floors, rooms_per_floor, ST_AsGeoJSON(place, 6)::json AS outline
FROM building WHERE area_id = :grid ORDER BY address, id
