-- Intervals begun per grid, local day and state: 'new today' without a look at any household.

CREATE INDEX ix_household_state_until ON household_state (upper(valid)) WHERE NOT upper_inf(valid);
CREATE INDEX ix_checkpoint_silent ON checkpoint (expected_by) INCLUDE (path);
DROP INDEX ix_checkpoint_expected_by;
ALTER INDEX ix_checkpoint_silent RENAME TO ix_checkpoint_expected_by;

CREATE TYPE begun_change AS (area_id int, day date, state_id smallint, n int);

CREATE FUNCTION count_begun(changes begun_change[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO grid_begun AS t (area_id, day, state_id, path, households)
        SELECT c.area_id, c.day, c.state_id, a.path, c.n
        FROM unnest(changes) c JOIN area a ON a.id = c.area_id ORDER BY 1, 2, 3
    ON CONFLICT (area_id, day, state_id) DO UPDATE SET households = t.households + excluded.households $$;

-- The zone is read once a statement, not once a row.
CREATE FUNCTION count_begun_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE zone text := city_zone();
BEGIN
    PERFORM count_begun(array_agg((area_id, day, state_id, n)::begun_change)) FROM
        (SELECT area_id, (lower(valid) AT TIME ZONE zone)::date AS day, state_id, count(*)::int AS n
         FROM new_rows GROUP BY 1, 2, 3) d;
    RETURN NULL;
END $$;
CREATE FUNCTION count_begun_delete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE zone text := city_zone();
BEGIN
    PERFORM count_begun(array_agg((area_id, day, state_id, n)::begun_change)) FROM
        (SELECT area_id, (lower(valid) AT TIME ZONE zone)::date AS day, state_id, -count(*)::int AS n
         FROM old_rows GROUP BY 1, 2, 3) d;
    RETURN NULL;
END $$;
CREATE FUNCTION count_begun_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE zone text := city_zone();
BEGIN
    PERFORM count_begun(array_agg((area_id, day, state_id, n)::begun_change)) FROM
        (SELECT area_id, (lower(valid) AT TIME ZONE zone)::date AS day, state_id, sum(n)::int AS n
         FROM (SELECT 1 AS n, area_id, valid, state_id FROM new_rows
               UNION ALL SELECT -1, area_id, valid, state_id FROM old_rows) both_sides
         GROUP BY 1, 2, 3 HAVING sum(n) <> 0) d;
    RETURN NULL;
END $$;
CREATE TRIGGER count_begun_insert AFTER INSERT ON household_state REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_begun_insert();
CREATE TRIGGER count_begun_delete AFTER DELETE ON household_state REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_begun_delete();
CREATE TRIGGER count_begun_update AFTER UPDATE ON household_state REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_begun_update();

-- Like `geometry_overlaps` in 0001: the bounds of a range raise no error on row values, and without this word the
-- indexes on them would not be used under a policy (a past summary of a city would read every interval there is).
DO $$
BEGIN
    ALTER FUNCTION lower(anyrange) LEAKPROOF;
    ALTER FUNCTION upper(anyrange) LEAKPROOF;
    ALTER FUNCTION upper_inf(anyrange) LEAKPROOF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'wangge: ask a superuser to run: ALTER FUNCTION lower(anyrange) LEAKPROOF (and upper, upper_inf)';
END $$;
