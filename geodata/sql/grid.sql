SELECT a.id, a.code, a.name, a.level,
       greatest((SELECT max(changed_at) FROM grid_tally t WHERE t.area_id = a.id),
                (SELECT max(changed_at) FROM changed_tally t WHERE t.area_id = a.id)) AS data_time
FROM area a WHERE a.code = :code
