WITH mine AS (
    SELECT DISTINCT path::ltree FROM unnest(string_to_array(current_setting('app.paths', true), ',')) AS path
)
SELECT a.code, a.name, a.level
FROM mine m JOIN area a ON a.id = subpath(m.path, -1)::text::int
WHERE NOT EXISTS (SELECT FROM mine other WHERE other.path @> m.path AND other.path <> m.path)
ORDER BY a.code
