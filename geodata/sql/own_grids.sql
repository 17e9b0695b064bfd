SELECT g.code, g.name, p.name AS above
FROM area g LEFT JOIN area p ON p.id = g.parent_id
WHERE g.level = 'grid' ORDER BY g.code LIMIT :limit
