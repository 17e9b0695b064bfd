SELECT kind, name, address, telephone, status, hours, reported_at, rooms, distance_m, lon, lat
FROM nearest_care(CAST(:grid AS int), 3)
