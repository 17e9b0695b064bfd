-- One grid as a tablet takes it along. Where an area is no grid, or not the reader's, there is no row.
SELECT a.id, a.code, a.name, p.name AS above, a.leader, a.telephone, ST_AsGeoJSON(a.place, 6)::json AS outline,
       ARRAY[ST_XMin(a.place), ST_YMin(a.place), ST_XMax(a.place), ST_YMax(a.place)] AS bbox,
       greatest((SELECT max(changed_at) FROM grid_tally t WHERE t.area_id = a.id),
                (SELECT max(changed_at) FROM changed_tally t WHERE t.area_id = a.id)) AS data_time
FROM area a LEFT JOIN area p ON p.id = a.parent_id
WHERE a.code = :code AND a.level = 'grid'
