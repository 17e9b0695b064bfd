-- What the database itself keeps true: paths, exclusive intervals, counts, partitions, the news of a change.

-- ── indexes that the models do not declare ─────────────────────────────────────────────────────────────────────────
CREATE INDEX ix_area_place ON area USING gist (place);
CREATE INDEX ix_area_mercator ON area USING gist (mercator);
CREATE INDEX ix_area_path ON area USING gist (path);
CREATE INDEX ix_building_mercator ON building USING gist (mercator);
CREATE INDEX ix_building_area_id ON building (area_id);
CREATE INDEX ix_building_address ON building USING gin (address gin_trgm_ops);
CREATE INDEX ix_household_mercator ON household USING gist (mercator);
CREATE INDEX ix_household_area_id ON household (area_id);
CREATE INDEX ix_household_state_area_id ON household_state (area_id);
CREATE INDEX ix_household_state_since ON household_state (lower(valid));
CREATE INDEX ix_checkpoint_mercator ON checkpoint USING gist (mercator);
CREATE INDEX ix_checkpoint_area_id ON checkpoint (area_id);
CREATE INDEX ix_checkpoint_expected_by ON checkpoint (expected_by);
CREATE INDEX ix_checkpoint_hour_hour ON checkpoint_hour (hour);
CREATE INDEX ix_hotel_mercator ON hotel USING gist (mercator);
CREATE INDEX ix_hotel_day_day ON hotel_day (day);
CREATE INDEX ix_clinic_mercator ON clinic USING gist (mercator);
CREATE INDEX ix_track_point_mercator ON track_point USING gist (mercator);
CREATE INDEX ix_track_point_at ON track_point (at);
CREATE INDEX ix_patrol_event_mercator ON patrol_event USING gist (mercator);
CREATE INDEX ix_patrol_event_at ON patrol_event (at);
CREATE INDEX ix_grid_due_due_on ON grid_due (due_on) INCLUDE (path, households) WHERE households > 0;
CREATE INDEX ix_grid_passages_day ON grid_passages (day);
CREATE INDEX ix_session_expires_at ON session (expires_at);

-- ── checks ─────────────────────────────────────────────────────────────────────────────────────────────────────────
ALTER TABLE area ADD CONSTRAINT ck_area_level CHECK (level IN ('city', 'county', 'township', 'village', 'grid'));
ALTER TABLE area ADD CONSTRAINT ck_area_root CHECK (parent_id IS NOT NULL OR level = 'city');
ALTER TABLE area ADD CONSTRAINT ck_area_place CHECK (place IS NULL OR ST_IsValid(place));
ALTER TABLE account ADD CONSTRAINT ck_account_role CHECK (role IN ('command', 'officer', 'grid', 'press', 'admin'));
ALTER TABLE grid_posts ADD CONSTRAINT ck_grid_posts_posts CHECK (posts >= 0);
ALTER TABLE hotel_day ADD CONSTRAINT ck_hotel_day_occupied CHECK (occupied >= 0);
ALTER TABLE checkpoint_hour ADD CONSTRAINT ck_checkpoint_hour_counts
    CHECK (least(passed, home_quarantine, central_quarantine, turned_back, seconds) >= 0);
ALTER TABLE household_state ADD CONSTRAINT ck_household_state_valid CHECK (NOT isempty(valid) AND NOT lower_inf(valid));
ALTER TABLE household_state ADD CONSTRAINT ex_household_state_valid
    EXCLUDE USING gist (household_id WITH =, valid WITH &&);

-- ── facts about this installation, readable where a policy needs them ──────────────────────────────────────────────
CREATE FUNCTION city_zone() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT coalesce((SELECT value FROM setting WHERE name = 'time_zone'), 'Asia/Shanghai') $$;

CREATE FUNCTION local_day(moment timestamptz) RETURNS date LANGUAGE sql STABLE AS
$$ SELECT (moment AT TIME ZONE city_zone())::date $$;

-- ── the tree: a path follows its parent ────────────────────────────────────────────────────────────────────────────
CREATE FUNCTION set_area_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE above ltree;
BEGIN
    IF NEW.parent_id IS NULL THEN
        NEW.path := NEW.id::text::ltree;
        RETURN NEW;
    END IF;
    SELECT path INTO above FROM area WHERE id = NEW.parent_id;
    IF above IS NULL THEN
        RAISE foreign_key_violation USING MESSAGE = format('area %s has no parent %s', NEW.code, NEW.parent_id);
    END IF;
    IF above ~ ('*.' || NEW.id || '.*')::lquery THEN
        RAISE check_violation USING MESSAGE = format('area %s cannot lie below itself', NEW.code);
    END IF;
    NEW.path := above || NEW.id::text::ltree;
    RETURN NEW;
END $$;
CREATE TRIGGER set_path BEFORE INSERT OR UPDATE OF parent_id ON area FOR EACH ROW EXECUTE FUNCTION set_area_path();

CREATE FUNCTION move_children() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE area SET path = NEW.path || id::text::ltree WHERE parent_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER move_children AFTER UPDATE ON area FOR EACH ROW
    WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION move_children();

CREATE FUNCTION set_row_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT path INTO NEW.path FROM area WHERE id = NEW.area_id;
    RETURN NEW;
END $$;
-- its triggers: see IN_AREA in 0001_floor.py

-- ── counts per grid, kept in the transaction of the change ─────────────────────────────────────────────────────────
-- A transition table cannot be referenced where the event has none, so one function serves one set of changed rows
-- and three short ones call it; rows are locked in the order of their keys, so that two writers never deadlock.
CREATE TYPE household_change AS (area_id int, state_id smallint, due_on date, n int);

CREATE FUNCTION tally_households(changes household_change[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO grid_tally AS t (area_id, state_id, path, households, changed_at)
        SELECT c.area_id, c.state_id, a.path, sum(c.n), clock_timestamp()
        FROM unnest(changes) c JOIN area a ON a.id = c.area_id
        GROUP BY c.area_id, c.state_id, a.path HAVING sum(c.n) <> 0 ORDER BY 1, 2
    ON CONFLICT (area_id, state_id) DO UPDATE
        SET households = t.households + excluded.households, changed_at = excluded.changed_at;
    INSERT INTO grid_due AS t (area_id, due_on, path, households)
        SELECT c.area_id, c.due_on, a.path, sum(c.n)
        FROM unnest(changes) c JOIN area a ON a.id = c.area_id
        WHERE c.due_on IS NOT NULL
        GROUP BY c.area_id, c.due_on, a.path HAVING sum(c.n) <> 0 ORDER BY 1, 2
    ON CONFLICT (area_id, due_on) DO UPDATE SET households = t.households + excluded.households;
END $$;

-- A check constraint would look at the proposed row of `INSERT … ON CONFLICT`, which holds a difference; this looks at
-- what is kept in the end. A count below zero means that a change was counted twice, and nothing of it may stand.
CREATE FUNCTION refuse_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE check_violation USING MESSAGE = format('%s: fewer than no households in area %s', TG_TABLE_NAME, NEW.area_id);
END $$;
CREATE TRIGGER never_below_zero AFTER INSERT OR UPDATE ON grid_tally FOR EACH ROW
    WHEN (NEW.households < 0) EXECUTE FUNCTION refuse_count();
CREATE TRIGGER never_below_zero AFTER INSERT OR UPDATE ON grid_due FOR EACH ROW
    WHEN (NEW.households < 0) EXECUTE FUNCTION refuse_count();

CREATE FUNCTION tally_household_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM tally_households(array_agg((area_id, state_id, due_on, n)::household_change)) FROM
        (SELECT area_id, state_id, due_on, count(*)::int AS n FROM new_rows GROUP BY 1, 2, 3) d;
    RETURN NULL;
END $$;
CREATE FUNCTION tally_household_delete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM tally_households(array_agg((area_id, state_id, due_on, n)::household_change)) FROM
        (SELECT area_id, state_id, due_on, -count(*)::int AS n FROM old_rows GROUP BY 1, 2, 3) d;
    RETURN NULL;
END $$;
CREATE FUNCTION tally_household_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM tally_households(array_agg((area_id, state_id, due_on, n)::household_change)) FROM
        (SELECT area_id, state_id, due_on, sum(n)::int AS n FROM (
            SELECT area_id, state_id, due_on, 1 AS n FROM new_rows
            UNION ALL SELECT area_id, state_id, due_on, -1 FROM old_rows) both_sides
        GROUP BY 1, 2, 3 HAVING sum(n) <> 0) d;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_insert AFTER INSERT ON household REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_household_insert();
CREATE TRIGGER tally_delete AFTER DELETE ON household REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_household_delete();
CREATE TRIGGER tally_update AFTER UPDATE ON household REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_household_update();

CREATE FUNCTION tally_posts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE grid_posts SET posts = posts - 1
        WHERE (area_id, staffed_from, staffed_to) = (OLD.area_id, OLD.staffed_from, OLD.staffed_to);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO grid_posts AS t (area_id, staffed_from, staffed_to, path, posts)
            SELECT NEW.area_id, NEW.staffed_from, NEW.staffed_to, path, 1 FROM area WHERE id = NEW.area_id
        ON CONFLICT (area_id, staffed_from, staffed_to) DO UPDATE SET posts = t.posts + 1;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_posts AFTER INSERT OR DELETE OR UPDATE OF area_id, staffed_from, staffed_to ON checkpoint
    FOR EACH ROW EXECUTE FUNCTION tally_posts();

CREATE FUNCTION staffed(shift_from time, shift_to time, at_time time) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN shift_from = shift_to THEN true
                WHEN shift_from < shift_to THEN at_time >= shift_from AND at_time < shift_to
                ELSE at_time >= shift_from OR at_time < shift_to END $$;

-- A post reports each staffed hour within thirty minutes of its end; the report for `hour` sets when the next is due.
-- The zone is read once a call, not once an hour looked at.
CREATE FUNCTION next_report_by(shift_from time, shift_to time, hour timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN shift_from = shift_to THEN hour + interval '150 minutes' ELSE (
        SELECT hour + make_interval(hours => min(i)) + interval '90 minutes'
        FROM (SELECT city_zone() AS zone OFFSET 0) z, generate_series(1, 24) AS i
        WHERE staffed(shift_from, shift_to, ((hour + make_interval(hours => i)) AT TIME ZONE z.zone)::time)) END $$;

CREATE TYPE passages_change AS (area_id int, day date, passed int, home_quarantine int, central_quarantine int,
                                turned_back int, seconds int, reported_at timestamptz);
CREATE FUNCTION tally_passages(changes passages_change[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO grid_passages AS t
        (area_id, day, path, passed, home_quarantine, central_quarantine, turned_back, seconds, reported_at)
        SELECT c.area_id, c.day, a.path, sum(c.passed), sum(c.home_quarantine), sum(c.central_quarantine),
               sum(c.turned_back), sum(c.seconds), max(c.reported_at)
        FROM unnest(changes) c JOIN area a ON a.id = c.area_id GROUP BY c.area_id, c.day, a.path ORDER BY 1, 2
    ON CONFLICT (area_id, day) DO UPDATE SET
        passed = t.passed + excluded.passed,
        home_quarantine = t.home_quarantine + excluded.home_quarantine,
        central_quarantine = t.central_quarantine + excluded.central_quarantine,
        turned_back = t.turned_back + excluded.turned_back,
        seconds = t.seconds + excluded.seconds,
        reported_at = greatest(t.reported_at, excluded.reported_at) $$;

CREATE FUNCTION note_reports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE checkpoint c SET reported_at = greatest(c.reported_at, r.reported_at),
                            expected_by = greatest(c.expected_by, next_report_by(c.staffed_from, c.staffed_to, r.hour))
    FROM (SELECT checkpoint_id, max(hour) AS hour, max(reported_at) AS reported_at FROM new_rows GROUP BY 1 ORDER BY 1) r
    WHERE c.id = r.checkpoint_id;
    RETURN NULL;
END $$;
CREATE FUNCTION tally_hours_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM tally_passages(array_agg((area_id, day, p, h, q, t, s, r)::passages_change)) FROM
        (SELECT area_id, local_day(hour) AS day, sum(passed)::int p, sum(home_quarantine)::int h,
                sum(central_quarantine)::int q, sum(turned_back)::int t, sum(seconds)::int s, max(reported_at) r
         FROM new_rows GROUP BY 1, 2) d;
    RETURN NULL;
END $$;
CREATE FUNCTION tally_hours_delete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM tally_passages(array_agg((area_id, day, p, h, q, t, s, r)::passages_change)) FROM
        (SELECT area_id, local_day(hour) AS day, -sum(passed)::int p, -sum(home_quarantine)::int h,
                -sum(central_quarantine)::int q, -sum(turned_back)::int t, -sum(seconds)::int s, max(reported_at) r
         FROM old_rows GROUP BY 1, 2) d;
    RETURN NULL;
END $$;
CREATE FUNCTION tally_hours_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM tally_passages(array_agg((area_id, day, p, h, q, t, s, r)::passages_change)) FROM
        (SELECT area_id, local_day(hour) AS day, sum(n * passed)::int p, sum(n * home_quarantine)::int h,
                sum(n * central_quarantine)::int q, sum(n * turned_back)::int t, sum(n * seconds)::int s,
                max(reported_at) r
         FROM (SELECT 1 AS n, * FROM new_rows UNION ALL SELECT -1, * FROM old_rows) both_sides GROUP BY 1, 2) d;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_insert AFTER INSERT ON checkpoint_hour REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_hours_insert();
CREATE TRIGGER tally_delete AFTER DELETE ON checkpoint_hour REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_hours_delete();
CREATE TRIGGER tally_update AFTER UPDATE ON checkpoint_hour REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tally_hours_update();
CREATE TRIGGER note_reports_insert AFTER INSERT ON checkpoint_hour REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION note_reports();
CREATE TRIGGER note_reports_update AFTER UPDATE ON checkpoint_hour REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION note_reports();

-- ── partitions: hours by month, tracks by day; a stray row lands in the default one and is not lost ────────────────
CREATE TABLE checkpoint_hour_other PARTITION OF checkpoint_hour DEFAULT;
CREATE TABLE track_point_other PARTITION OF track_point DEFAULT;

CREATE FUNCTION ensure_partitions(first_day date, last_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE first date; part text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('wangge partitions'));
    FOR first IN SELECT generate_series(date_trunc('month', first_day), date_trunc('month', last_day), '1 month')::date LOOP
        part := 'checkpoint_hour_' || to_char(first, 'YYYYMM');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF checkpoint_hour FOR VALUES FROM (%L) TO (%L)', part,
                first::timestamp AT TIME ZONE 'UTC', (first + interval '1 month') AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
    FOR first IN SELECT generate_series(first_day, last_day, '1 day')::date LOOP
        part := 'track_point_' || to_char(first, 'YYYYMMDD');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF track_point FOR VALUES FROM (%L) TO (%L)', part,
                first::timestamp AT TIME ZONE 'UTC', (first + 1)::timestamp AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
END $$;

-- ── the one way a household changes its state ──────────────────────────────────────────────────────────────────────
-- Closes the open interval, opens the next, repeats the last on the household; the counts follow by trigger, touched once
-- a call, so that a delivery of hundreds costs little more than one change. A household may be named more than once.
-- Runs as its caller, so that a household outside the caller's scope is simply not found. Returns the new intervals' ids.
CREATE FUNCTION record_states(doors bigint[], states smallint[], moments timestamptz[], why text[], clients uuid[],
                              origin text, sender text) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE there int;
BEGIN
    SELECT count(*) INTO there FROM
        (SELECT FROM household h WHERE h.id = ANY (doors) ORDER BY h.id FOR NO KEY UPDATE) locked;
    IF there <> (SELECT count(DISTINCT d) FROM unnest(doors) d) THEN
        RAISE no_data_found USING MESSAGE = 'no such household';
    END IF;
    IF EXISTS (SELECT FROM unnest(doors, moments) c(door, moment) JOIN household h ON h.id = c.door
               WHERE c.moment <= h.since) THEN
        RAISE check_violation USING MESSAGE = 'a change must come after the present state began';
    END IF;
    UPDATE household_state hs SET valid = tstzrange(lower(hs.valid), c.moment)
        FROM (SELECT door, min(moment) AS moment FROM unnest(doors, moments) u(door, moment) GROUP BY 1) c
        WHERE hs.household_id = c.door AND upper_inf(hs.valid);
    RETURN QUERY
        INSERT INTO household_state (household_id, area_id, path, state_id, valid, reason, source, entered_by, client_id)
        SELECT h.id, h.area_id, h.path, c.state,
               tstzrange(c.moment, lead(c.moment) OVER (PARTITION BY c.door ORDER BY c.moment)),
               c.reason, origin, record_states.sender, c.client
        FROM unnest(doors, states, moments, why, clients) c(door, state, moment, reason, client)
        JOIN household h ON h.id = c.door ORDER BY h.id, c.moment
        RETURNING household_state.id;
    UPDATE household h SET state_id = c.state, since = c.moment, due_on = local_day(c.moment) + s.follow_days
        FROM (SELECT DISTINCT ON (door) door, state, moment
              FROM unnest(doors, states, moments) u(door, state, moment) ORDER BY door, moment DESC) c
        JOIN scheme_state s ON s.id = c.state
        WHERE h.id = c.door;
END $$;

-- The same for one household; returns none where `client` was seen before.
CREATE FUNCTION record_state(household bigint, state smallint, moment timestamptz, reason text, source text,
                             entered_by text, client uuid DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM household h WHERE h.id = record_state.household FOR NO KEY UPDATE;
    IF client IS NOT NULL AND EXISTS (SELECT FROM household_state WHERE client_id = client) THEN RETURN NULL; END IF;
    RETURN record_states(ARRAY[record_state.household], ARRAY[state], ARRAY[moment], ARRAY[record_state.reason],
                         ARRAY[client], record_state.source, record_state.entered_by);
END $$;

-- ── news of a change: which table, and where; whoever keeps tiles drops the ones it touches ────────────────────────
CREATE FUNCTION tell_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM pg_notify('wangge', json_build_object('table', TG_TABLE_NAME, 'box', ST_Extent(mercator)::text)::text)
        FROM new_rows HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE FUNCTION tell_delete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM pg_notify('wangge', json_build_object('table', TG_TABLE_NAME, 'box', ST_Extent(mercator)::text)::text)
        FROM old_rows HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE FUNCTION tell_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM pg_notify('wangge', json_build_object('table', TG_TABLE_NAME, 'box', ST_Extent(mercator)::text)::text)
        FROM (SELECT mercator FROM new_rows UNION ALL SELECT mercator FROM old_rows) both_sides HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE FUNCTION tell_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('wangge', json_build_object('table', TG_TABLE_NAME, 'box', NULL)::text);
    RETURN NULL;
END $$;
-- their triggers: see PLACED and TOLD in 0001_floor.py

-- ── search: the same rule as the policies, in the form that an index can serve ─────────────────────────────────────
-- ILIKE is not leakproof, so under row-level security PostgreSQL would read every building. This function runs as the
-- owner and applies the reader's own paths itself; a test compares it with what the policies show.
CREATE FUNCTION search_buildings(pattern text, most int) RETURNS TABLE (id bigint, address text, area_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT b.id, b.address, b.area_id FROM building b
    WHERE b.address ILIKE pattern
      AND b.path <@ ANY (string_to_array(current_setting('app.home_paths', true), ',')::ltree[])
    ORDER BY length(b.address), b.address LIMIT most $$;
