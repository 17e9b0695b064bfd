-- Posts per grid and moment at which the next report is due, and the sums above: 'silent now' is what is due before now.
-- Reports are due at half hours, so an area has few such moments, however many posts it has and however many are silent.

CREATE TYPE expected_change AS (area_id int, expected_by timestamptz, n int);

-- What is counted down to nothing goes: every hour brings new moments, and old ones would stay for ever.
CREATE FUNCTION count_expected(changes expected_change[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO grid_expected AS t (area_id, expected_by, path, posts)
        SELECT c.area_id, c.expected_by, a.path, c.n
        FROM unnest(changes) c JOIN area a ON a.id = c.area_id ORDER BY 1, 2
    ON CONFLICT (area_id, expected_by) DO UPDATE SET posts = t.posts + excluded.posts;
    DELETE FROM grid_expected t USING unnest(changes) c
        WHERE (t.area_id, t.expected_by) = (c.area_id, c.expected_by) AND t.posts = 0;
END $$;

CREATE FUNCTION count_expected_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM count_expected(array_agg((area_id, expected_by, n)::expected_change)) FROM
        (SELECT area_id, expected_by, count(*)::int AS n FROM new_rows WHERE expected_by IS NOT NULL GROUP BY 1, 2) d;
    RETURN NULL;
END $$;
CREATE FUNCTION count_expected_delete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM count_expected(array_agg((area_id, expected_by, n)::expected_change)) FROM
        (SELECT area_id, expected_by, -count(*)::int AS n FROM old_rows WHERE expected_by IS NOT NULL GROUP BY 1, 2) d;
    RETURN NULL;
END $$;
CREATE FUNCTION count_expected_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM count_expected(array_agg((area_id, expected_by, n)::expected_change)) FROM
        (SELECT area_id, expected_by, sum(n)::int AS n
         FROM (SELECT 1 AS n, area_id, expected_by FROM new_rows
               UNION ALL SELECT -1, area_id, expected_by FROM old_rows) both_sides
         WHERE expected_by IS NOT NULL GROUP BY 1, 2 HAVING sum(n) <> 0) d;
    RETURN NULL;
END $$;
CREATE FUNCTION count_expected_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    TRUNCATE grid_expected;
    RETURN NULL;
END $$;
CREATE TRIGGER count_expected_insert AFTER INSERT ON checkpoint REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_expected_insert();
CREATE TRIGGER count_expected_delete AFTER DELETE ON checkpoint REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_expected_delete();
CREATE TRIGGER count_expected_update AFTER UPDATE ON checkpoint REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_expected_update();
CREATE TRIGGER count_expected_truncate AFTER TRUNCATE ON checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION count_expected_truncate();

-- ── sums above: rows are only added, like those of 0002, and folded now and then ───────────────────────────────────
CREATE FUNCTION fold_expected() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('wangge fold expected')) THEN RETURN; END IF;
    DELETE FROM area_expected WHERE slot = 0 AND posts = 0;
    WITH added AS (DELETE FROM area_expected WHERE slot <> 0 RETURNING *)
    INSERT INTO area_expected AS t (area_id, expected_by, slot, path, posts)
        SELECT area_id, expected_by, 0, path, sum(posts) FROM added
        GROUP BY area_id, expected_by, path HAVING sum(posts) <> 0
    ON CONFLICT (area_id, expected_by, slot) DO UPDATE SET posts = t.posts + excluded.posts;
END $$;
