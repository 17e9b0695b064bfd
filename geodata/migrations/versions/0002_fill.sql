-- What was there before this version; the trigger on grid_begun adds it up.
INSERT INTO grid_begun (area_id, day, state_id, path, households)
    SELECT s.area_id, (lower(s.valid) AT TIME ZONE z.zone)::date, s.state_id, s.path, count(*)
    FROM household_state s CROSS JOIN (SELECT city_zone() AS zone) z GROUP BY 1, 2, 3, 4;
