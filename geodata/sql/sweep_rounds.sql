-- Rounds that the reader sees: those under way first, then the newest. `code` keeps those that cover one area.
WITH moment AS MATERIALIZED (
    SELECT (CAST(:now AS timestamptz) AT TIME ZONE city_zone())::date AS today
), asked AS MATERIALIZED (
    SELECT string_to_array(path::text, '.')::int[] AS above FROM area WHERE code = CAST(:code AS text)
)
SELECT s.id, s.number, s.name, s.starts_on, s.ends_on, s.target, s.created_by, s.created_at, s.area_id, s.path::text,
       a.code AS area_code, a.name AS area_name,
       m.today BETWEEN s.starts_on AND s.ends_on AS current,
       CAST(:now AS timestamptz) AS now,
       s.starts_on::timestamp AT TIME ZONE city_zone() AS begins_at,
       (s.ends_on + 1)::timestamp AT TIME ZONE city_zone() AS ends_at,
       least(greatest(m.today - s.starts_on + 1, 0), s.ends_on - s.starts_on + 1) AS day, s.ends_on - s.starts_on + 1 AS days
FROM sweep s
CROSS JOIN moment m
LEFT JOIN area a ON a.id = s.area_id
WHERE (CAST(:code AS text) IS NULL OR s.area_id = ANY ((SELECT above FROM asked)::int[]))
  AND (CAST(:round AS int) IS NULL OR s.id = CAST(:round AS int))
ORDER BY m.today BETWEEN s.starts_on AND s.ends_on DESC, s.ends_on DESC, nlevel(s.path) DESC, s.id DESC
LIMIT :limit
