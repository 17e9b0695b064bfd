"""What the example of a count needs; how counts behave: test_venues.py."""

NEEDS = (
    "INSERT INTO venue (code, name, kind, capacity, reported_at, place, area_id) "
    "SELECT 'V411202-017', '商场', 'mall', 800, '2020-01-01', ST_PointOnSurface(place), id FROM area WHERE level = 'village' "
    "ORDER BY id LIMIT 1",
)
