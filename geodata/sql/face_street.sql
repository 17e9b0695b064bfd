-- Houses of one street: same grid, same address up to the house's own name; all of the grid where an address tells no
-- street. By number, as one walks.
WITH own AS (
    SELECT CASE WHEN right(:address, length(:name)) = :name THEN NULLIF(left(:address, -length(:name)), '') END AS street
)
SELECT b.id AS building_id, b.name, b.address
FROM building b, own
WHERE b.area_id = :area_id AND b.kind = 'house'
  AND (own.street IS NULL OR b.address = own.street || b.name OR b.id = :id)
ORDER BY CAST(substring(b.name FROM '\d{1,9}') AS bigint) NULLS LAST, b.address, b.id
LIMIT :most
