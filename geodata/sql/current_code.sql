SELECT code FROM area WHERE code = :code
UNION ALL
SELECT a.code FROM area_alias x JOIN area a ON a.id = x.area_id WHERE x.alias = :code AND x.kind = 'code'
LIMIT 1
