-- An interval is written once, when it ends; the present one is the household itself. What a household was loaded with are
-- its findings. Both together, as readers of intervals ask for them, are the view `household_state`.

CREATE TABLE household_finding (
    household_id BIGINT NOT NULL,
    began TIMESTAMP WITH TIME ZONE NOT NULL,
    first BOOLEAN DEFAULT true NOT NULL,
    state_id SMALLINT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_household_finding PRIMARY KEY (household_id, began),
    CONSTRAINT fk_household_finding_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_household_finding_household_id FOREIGN KEY(household_id) REFERENCES household (id) ON DELETE CASCADE,
    CONSTRAINT fk_household_finding_state_id FOREIGN KEY(state_id) REFERENCES scheme_state (id)
);
INSERT INTO household_finding (household_id, began, first, state_id, reason, source, entered_by, entered_at, area_id, path)
    SELECT household_id, lower(valid),
           NOT EXISTS (SELECT FROM household_state f WHERE f.household_id = s.household_id AND lower(f.valid) < lower(s.valid)),
           state_id, reason, source, entered_by, entered_at, area_id, path
    FROM household_state s WHERE entry_id IS NULL;
CREATE INDEX ix_household_finding_area_id ON household_finding (area_id);
CREATE INDEX ix_household_finding_began ON household_finding (began) WHERE first;

-- `next_state_id` is what followed, so that walking back over all that ended since a moment needs no second look. A row is
-- `appended` where a change simply came after everything known: it cannot overlap, since it begins when the one before it
-- ended. Whatever is laid anew or loaded is compared with each other (half of a row's cost, for what cannot happen otherwise).
CREATE TABLE household_past (
    household_id BIGINT NOT NULL,
    state_id SMALLINT NOT NULL,
    next_state_id SMALLINT NOT NULL,
    valid TSTZRANGE NOT NULL,
    appended BOOLEAN DEFAULT false NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT ck_household_past_valid CHECK (NOT isempty(valid) AND NOT lower_inf(valid) AND NOT upper_inf(valid))
);
INSERT INTO household_past (household_id, state_id, next_state_id, valid, area_id, path)
    SELECT household_id, state_id, next_state_id, valid, area_id, path
    FROM (SELECT *, lead(state_id) OVER (PARTITION BY household_id ORDER BY lower(valid)) AS next_state_id
          FROM household_state) s WHERE NOT upper_inf(valid);
DROP TABLE household_state;
ALTER TABLE household_past ADD CONSTRAINT ex_household_past_valid
    EXCLUDE USING gist (household_id WITH =, valid WITH &&) WHERE (NOT appended);
CREATE UNIQUE INDEX ix_household_past_household_id ON household_past (household_id, lower(valid));
CREATE INDEX ix_household_past_until ON household_past (upper(valid));

CREATE VIEW household_state WITH (security_invoker = true) AS
    SELECT household_id, state_id, valid, area_id, path FROM household_past
    UNION ALL
    SELECT id, state_id, tstzrange(since, NULL), area_id, path FROM household;
GRANT SELECT ON household_state TO wangge_app;

-- ── what foreign keys would check again at every change ────────────────────────────────────────────────────────────
-- Entries and past intervals are written by one door alone, out of the household's own row, whose keys are checked there:
-- seven checks a change told nothing new and took a fifth of it. The other side is watched here, where changes are rare.
ALTER TABLE household_entry DROP CONSTRAINT fk_household_entry_area_id_path, DROP CONSTRAINT fk_household_entry_household_id,
    DROP CONSTRAINT fk_household_entry_to_state_id;
DROP INDEX ix_household_entry_area_id;

CREATE FUNCTION carry_paths() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE household_entry e SET path = n.path FROM new_rows n JOIN old_rows o USING (id)
        WHERE e.area_id = n.id AND n.path <> o.path;
    UPDATE household_past p SET path = n.path FROM new_rows n JOIN old_rows o USING (id)
        WHERE p.area_id = n.id AND n.path <> o.path;
    RETURN NULL;
END $$;
CREATE TRIGGER carry_paths AFTER UPDATE ON area REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION carry_paths();

CREATE FUNCTION keep_household() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM household_entry WHERE household_id = OLD.id) THEN
        RAISE foreign_key_violation USING MESSAGE = 'the ledger tells of this household';
    END IF;
    DELETE FROM household_past WHERE household_id = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER keep_household BEFORE DELETE ON household FOR EACH ROW EXECUTE FUNCTION keep_household();

CREATE FUNCTION keep_state() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM household_entry WHERE OLD.id IN (from_state_id, to_state_id))
       OR EXISTS (SELECT FROM household_past WHERE OLD.id IN (state_id, next_state_id)) THEN
        RAISE foreign_key_violation USING MESSAGE = 'households were in this state';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER keep_state BEFORE DELETE ON scheme_state FOR EACH ROW EXECUTE FUNCTION keep_state();

-- ── counts ─────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Beginnings are counted where they are written: findings by trigger, changes by the door.
DROP FUNCTION count_begun_insert(), count_begun_delete(), count_begun_update();
CREATE FUNCTION count_found() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE zone text := city_zone();
BEGIN
    PERFORM count_begun(array_agg((area_id, day, state_id, n)::begun_change)) FROM
        (SELECT area_id, (began AT TIME ZONE zone)::date AS day, state_id, count(*)::int AS n FROM new_rows GROUP BY 1, 2, 3) d;
    RETURN NULL;
END $$;
CREATE FUNCTION count_lost() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE zone text := city_zone();
BEGIN
    PERFORM count_begun(array_agg((area_id, day, state_id, n)::begun_change)) FROM
        (SELECT area_id, (began AT TIME ZONE zone)::date AS day, state_id, -count(*)::int AS n FROM old_rows GROUP BY 1, 2, 3) d;
    RETURN NULL;
END $$;
CREATE TRIGGER count_insert AFTER INSERT ON household_finding REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_found();
CREATE TRIGGER count_delete AFTER DELETE ON household_finding REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_lost();
CREATE TRIGGER count_new AFTER UPDATE ON household_finding REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_found();
CREATE TRIGGER count_old AFTER UPDATE ON household_finding REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_lost();

-- A household that goes to another grid takes its intervals along; entries stay where they were made.
CREATE FUNCTION move_household() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE zone text := city_zone();
BEGIN
    PERFORM count_begun(array_agg((area_id, day, state_id, n)::begun_change)) FROM (
        SELECT g.area_id, (lower(s.valid) AT TIME ZONE zone)::date AS day, s.state_id, sum(g.n)::int AS n
        FROM household_state s CROSS JOIN (VALUES (OLD.area_id, -1), (NEW.area_id, 1)) AS g(area_id, n)
        WHERE s.household_id = NEW.id AND NOT EXISTS (
            SELECT FROM household_finding f WHERE f.household_id = NEW.id AND f.began = lower(s.valid))
        GROUP BY 1, 2, 3) d;
    UPDATE household_finding SET area_id = NEW.area_id, path = NEW.path WHERE household_id = NEW.id;
    UPDATE household_past SET area_id = NEW.area_id, path = NEW.path WHERE household_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER move_household AFTER UPDATE OF area_id ON household FOR EACH ROW
    WHEN (OLD.area_id <> NEW.area_id) EXECUTE FUNCTION move_household();

-- A change is one row here and touches no count; readers add it to the sums of every area it lies in, until a fold does.
-- `day` and `n` say how many intervals of the state `becomes` began on a day; a late entry takes some away again. Where it
-- `ends` one, that was of the state `was` and the due day `was_due`, and ended on that day.
DROP FUNCTION count_change(bigint, int, ltree, smallint, smallint, date, date, date);
DROP VIEW tally_below, due_below, begun_below;
DROP TABLE counted_change;
CREATE TABLE counted_change (
    areas INTEGER[] NOT NULL,
    path ltree NOT NULL,
    was SMALLINT NOT NULL,
    becomes SMALLINT NOT NULL,
    was_due DATE,
    now_due DATE,
    day DATE,
    n SMALLINT,
    ends BOOLEAN DEFAULT false NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE VIEW changed_tally WITH (security_invoker = true) AS
    SELECT u.area_id, d.state_id, d.n AS households, c.changed_at
    FROM counted_change c CROSS JOIN LATERAL unnest(c.areas) AS u(area_id)
    CROSS JOIN LATERAL (VALUES (c.was, -1), (c.becomes, 1)) AS d(state_id, n) WHERE c.was <> c.becomes;
CREATE VIEW changed_due WITH (security_invoker = true) AS
    SELECT u.area_id, d.due_on, d.n AS households
    FROM counted_change c CROSS JOIN LATERAL unnest(c.areas) AS u(area_id)
    CROSS JOIN LATERAL (VALUES (c.was_due, -1), (c.now_due, 1)) AS d(due_on, n)
    WHERE c.was_due IS DISTINCT FROM c.now_due AND d.due_on IS NOT NULL;
CREATE VIEW changed_begun WITH (security_invoker = true) AS
    SELECT u.area_id, c.day, c.becomes AS state_id, c.n::int AS households
    FROM counted_change c CROSS JOIN LATERAL unnest(c.areas) AS u(area_id) WHERE c.day IS NOT NULL;
CREATE VIEW tally_below WITH (security_invoker = true) AS
    SELECT area_id, state_id, households, changed_at FROM area_tally UNION ALL SELECT * FROM changed_tally;
CREATE VIEW due_below WITH (security_invoker = true) AS
    SELECT area_id, due_on, households FROM area_due UNION ALL SELECT * FROM changed_due;
CREATE VIEW begun_below WITH (security_invoker = true) AS
    SELECT area_id, day, state_id, households FROM area_begun UNION ALL SELECT * FROM changed_begun;
GRANT SELECT ON changed_tally, changed_due, changed_begun, tally_below, due_below, begun_below TO wangge_app;

-- Who counts anew waits for a fold (0009_intervals.py) to end and lets none begin; changes of single households touch no
-- count and go on.
-- A server's pulse folds every other second, many changes for the price of few (geodata/news.py).
CREATE FUNCTION fold_waiting() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM counted_change) AND pg_try_advisory_xact_lock(hashtext('wangge fold')) THEN
        PERFORM fold_changes();
    END IF;
END $$;
CREATE TRIGGER fold_first BEFORE INSERT OR UPDATE OR DELETE ON household FOR EACH STATEMENT
    WHEN (current_setting('wangge.counted', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION fold_first();
CREATE TRIGGER fold_first BEFORE INSERT OR UPDATE OR DELETE ON household_finding
    FOR EACH STATEMENT EXECUTE FUNCTION fold_first();

-- ── from entries to intervals ──────────────────────────────────────────────────────────────────────────────────────
-- What began when: the findings that a household was loaded with, and its entries, less those that were taken back.
DROP FUNCTION lay_intervals(bigint, bigint), enter_change(household, smallint, timestamptz, text, text, text, uuid, int),
    begin_state(household, smallint, timestamptz, text, text, text, bigint);
CREATE OR REPLACE FUNCTION what_began(door bigint) RETURNS TABLE (began timestamptz, state_id smallint, entry_id bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        SELECT f.began, f.state_id, NULL::bigint FROM household_finding f WHERE f.household_id = door
        UNION ALL
        SELECT e.effective, e.to_state_id, e.id FROM household_entry e
        WHERE e.household_id = door AND e.undoes IS NULL
          AND NOT EXISTS (SELECT FROM household_entry u WHERE u.undoes = e.id)
        ORDER BY 1, 3 NULLS FIRST;
END $$;

CREATE FUNCTION begun_of(door bigint, zone text) RETURNS begun_change[] LANGUAGE sql STABLE AS $$
    SELECT array_agg((area_id, (lower(valid) AT TIME ZONE zone)::date, state_id, 1)::begun_change)
    FROM household_state WHERE household_id = door $$;

-- Lays all intervals of one household anew: after an entry for the past, and after a counter-entry. Of two entries for the
-- same moment the later one stands.
CREATE FUNCTION lay_intervals(h household, last_entry bigint) RETURNS void LANGUAGE plpgsql SET wangge.counted = 'on' AS $$
DECLARE
    zone text := city_zone(); changed timestamptz := clock_timestamp(); before begun_change[] := begun_of(h.id, zone);
    way int[] := string_to_array(h.path::text, '.')::int[]; present household;
BEGIN
    -- What ended is written anew, and counted by whatever counts that.
    PERFORM set_config('wangge.counted', 'off', true);
    DELETE FROM household_past WHERE household_id = h.id;
    INSERT INTO household_past (household_id, state_id, next_state_id, valid, area_id, path)
        SELECT h.id, state_id, next_state_id, tstzrange(began, until), h.area_id, h.path
        FROM (SELECT began, state_id, lead(began) OVER later AS until, lead(state_id) OVER later AS next_state_id
              FROM (SELECT DISTINCT ON (began) began, state_id FROM what_began(h.id)
                    ORDER BY began, entry_id DESC NULLS LAST) stands
              WINDOW later AS (ORDER BY began)) w WHERE until IS NOT NULL;
    PERFORM set_config('wangge.counted', 'on', true);
    UPDATE household SET state_id = w.state_id, since = w.began, entry_id = last_entry,
                         due_on = (w.began AT TIME ZONE zone)::date + s.follow_days
        FROM (SELECT * FROM what_began(h.id) ORDER BY began DESC, entry_id DESC NULLS LAST LIMIT 1) w
        JOIN scheme_state s ON s.id = w.state_id
        WHERE household.id = h.id RETURNING household.* INTO present;
    INSERT INTO counted_change (areas, path, was, becomes, was_due, now_due, changed_at)
        VALUES (way, h.path, h.state_id, present.state_id, h.due_on, present.due_on, changed);
    INSERT INTO counted_change (areas, path, was, becomes, day, n, changed_at)
        SELECT way, h.path, state_id, state_id, day, sum(sign), changed
        FROM (SELECT day, state_id, 1 AS sign FROM unnest(begun_of(h.id, zone))
              UNION ALL SELECT day, state_id, -1 FROM unnest(before)) b
        GROUP BY day, state_id HAVING sum(sign) <> 0;
    INSERT INTO untold (entry_id, place) VALUES (last_entry, h.mercator);
END $$;

-- The state that begins after everything that is known: nearly every change. Its caller has set `wangge.counted`.
CREATE FUNCTION begin_state(door bigint, grid int, below ltree, was smallint, was_since timestamptz, was_due date,
                            spot geometry, state smallint, moment timestamptz, why text, origin text, sender text,
                            client uuid, off_s int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE entry bigint; began date; due date; days int;
BEGIN
    SELECT (moment AT TIME ZONE coalesce(z.value, 'Asia/Shanghai'))::date, follow_days INTO began, days
        FROM scheme_state LEFT JOIN setting z ON z.name = 'time_zone' WHERE id = state; -- city_zone() costs more than the rest
    due := began + days;
    INSERT INTO household_entry (household_id, area_id, path, from_state_id, to_state_id, effective, reason, source, entered_by,
                                 client_id, clock_off_s)
        VALUES (door, grid, below, was, state, moment, why, origin, sender, client, off_s) RETURNING id INTO entry;
    INSERT INTO household_past (household_id, area_id, path, state_id, next_state_id, valid, appended)
        VALUES (door, grid, below, was, state, tstzrange(was_since, moment), true);
    UPDATE household SET state_id = state, since = moment, entry_id = entry, due_on = due WHERE id = door;
    INSERT INTO counted_change (areas, path, was, becomes, was_due, now_due, day, n, ends, changed_at)
        VALUES (string_to_array(below::text, '.')::int[], below, was, state, was_due, due, began, 1, true, clock_timestamp());
    INSERT INTO untold (entry_id, place) VALUES (entry, spot);
    IF entry % 8192 = 0 THEN PERFORM fold_roll_ups(); END IF; -- where no server is there to fold
    RETURN entry;
END $$;

-- One entry that begins a state. Whoever calls holds the household's grid (hold_grids). Returns the entry's id.
CREATE FUNCTION enter_change(h household, state smallint, moment timestamptz, why text, origin text, sender text,
                             client uuid, off_s int) RETURNS bigint LANGUAGE plpgsql SET wangge.counted = 'on' AS $$
DECLARE entry bigint; was smallint;
BEGIN
    IF moment > h.since THEN
        RETURN begin_state(h.id, h.area_id, h.path, h.state_id, h.since, h.due_on, h.mercator, state, moment, why, origin,
                           sender, client, off_s);
    END IF;
    -- A finding must keep its own beginning: what is said to begin with it begins just after it.
    WHILE EXISTS (SELECT FROM household_finding WHERE household_id = h.id AND began = moment) LOOP
        moment := moment + interval '1 microsecond';
    END LOOP;
    SELECT state_id INTO was FROM household_state WHERE household_id = h.id AND valid @> moment;
    IF NOT FOUND THEN
        RAISE check_violation USING MESSAGE = 'a change cannot come before a household was first known';
    END IF;
    INSERT INTO household_entry (household_id, area_id, path, from_state_id, to_state_id, effective, reason, source, entered_by,
                                 client_id, clock_off_s)
        VALUES (h.id, h.area_id, h.path, was, state, moment, why, origin, sender, client, off_s) RETURNING id INTO entry;
    PERFORM lay_intervals(h, entry);
    RETURN entry;
END $$;

-- A counter-entry: what it undoes stays in the ledger, and begins nothing any more.
CREATE OR REPLACE FUNCTION enter_undoing(h household, undone household_entry, why text, origin text, sender text, client uuid,
                                         off_s int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE entry bigint; stands smallint;
BEGIN
    SELECT state_id INTO stands FROM what_began(h.id) w
        WHERE w.began <= undone.effective AND w.entry_id IS DISTINCT FROM undone.id
        ORDER BY w.began DESC, w.entry_id DESC NULLS LAST LIMIT 1;
    INSERT INTO household_entry (household_id, area_id, path, from_state_id, to_state_id, effective, reason, source, entered_by,
                                 client_id, undoes, clock_off_s)
        VALUES (h.id, h.area_id, h.path, undone.to_state_id, stands, undone.effective, why, origin, sender, client,
                undone.id, off_s) RETURNING id INTO entry;
    PERFORM lay_intervals(h, entry);
    RETURN entry;
END $$;
REVOKE EXECUTE ON FUNCTION enter_change(household, smallint, timestamptz, text, text, text, uuid, int),
    lay_intervals(household, bigint), begun_of(bigint, text),
    begin_state(bigint, int, ltree, smallint, timestamptz, date, geometry, smallint, timestamptz, text, text, text, uuid, int)
    FROM PUBLIC;

-- ── the door ───────────────────────────────────────────────────────────────────────────────────────────────────────
-- One change by somebody whose homes are in `app.home_paths`, as the policies read it; nothing else is ever touched. Runs
-- as the owner, so that nobody can write the ledger but through here. `seen` is the last entry that the sender knew of, or
-- `follows` the client id of the sender's own change before; neither is asked where `blindly`.
-- Its statements are planned once a session: left to itself PostgreSQL plans some of them for every change. The household
-- is read anew once its grid is held: who changed it meanwhile held the grid, too, so its row needs no lock.
-- Outcomes: recorded, known, conflict; unknown (not the sender's, or not there), client_id_taken, unknown_state, not_due,
-- too_early, not_undoable.
CREATE OR REPLACE FUNCTION record_change(door bigint, kind text, state smallint, scheme int, moment timestamptz, why text,
                              origin text, sender text, client uuid, blindly boolean, seen bigint, follows uuid,
                              undoes_client uuid, off_s int, OUT outcome text, OUT entry bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET plan_cache_mode = force_generic_plan
SET wangge.counted = 'on' AS $$
DECLARE
    h record; before record; undone household_entry; whole household; grid int; below ltree;
    homes ltree[] := string_to_array(current_setting('app.home_paths', true), ',')::ltree[];
BEGIN
    SELECT area_id, path INTO grid, below FROM household WHERE id = door;
    IF NOT coalesce(below <@ ANY (homes), false) THEN outcome := 'unknown'; RETURN; END IF;
    PERFORM pg_advisory_xact_lock(20200211, grid);
    SELECT area_id, path, state_id, since, due_on, entry_id, mercator INTO h FROM household WHERE id = door;
    IF h.area_id IS DISTINCT FROM grid THEN
        RAISE serialization_failure USING MESSAGE = 'the household went to another grid at this very moment';
    END IF;
    IF client IS NOT NULL THEN
        SELECT id, household_id INTO before FROM household_entry WHERE client_id = client;
        IF before.household_id = door THEN outcome := 'known'; entry := before.id; RETURN; END IF;
        IF before.id IS NOT NULL THEN outcome := 'client_id_taken'; RETURN; END IF;
    END IF;
    IF NOT blindly THEN
        IF follows IS NOT NULL THEN seen := (SELECT id FROM household_entry WHERE client_id = follows AND household_id = door); END IF;
        IF seen IS DISTINCT FROM h.entry_id THEN outcome := 'conflict'; entry := h.entry_id; RETURN; END IF;
    END IF;
    IF kind = 'undo' THEN
        SELECT * INTO undone FROM household_entry e
            WHERE e.client_id = undoes_client AND e.household_id = door AND e.entered_by = sender AND e.undoes IS NULL
              AND e.entered_at > now() - interval '10 minutes'
              AND NOT EXISTS (SELECT FROM household_entry u WHERE u.undoes = e.id);
        IF undone.id IS NULL THEN outcome := 'not_undoable'; RETURN; END IF;
        SELECT * INTO whole FROM household WHERE id = door;
        outcome := 'recorded'; entry := enter_undoing(whole, undone, why, origin, sender, client, off_s); RETURN;
    END IF;
    IF kind = 'clear' THEN
        IF h.due_on IS NULL OR h.due_on > local_day(now()) THEN outcome := 'not_due'; RETURN; END IF;
        state := (SELECT t.id FROM scheme_state s JOIN scheme_state t ON t.code = s.clears_to AND t.scheme_id = scheme
                  WHERE s.id = h.state_id);
    END IF;
    IF state IS NULL THEN outcome := 'unknown_state'; RETURN; END IF;
    outcome := 'recorded';
    IF moment > h.since THEN
        entry := begin_state(door, grid, h.path, h.state_id, h.since, h.due_on, h.mercator, state, moment, why, origin, sender,
                             client, off_s);
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM household_finding WHERE household_id = door AND began <= moment) THEN
        outcome := 'too_early'; RETURN;
    END IF;
    SELECT * INTO whole FROM household WHERE id = door;
    entry := enter_change(whole, state, moment, why, origin, sender, client, off_s);
END $$;

-- Due households of states that clear by themselves, at midnight of their day, as many as one transaction should hold.
CREATE OR REPLACE FUNCTION clear_automatically(most int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE door bigint; h household; target smallint; done int := 0; doors bigint[];
BEGIN
    IF NOT EXISTS (SELECT FROM scheme_state WHERE automatic) THEN RETURN 0; END IF;
    doors := ARRAY(SELECT d.id FROM (SELECT area_id FROM grid_due WHERE due_on <= local_day(now()) AND households > 0
                         UNION SELECT area_id FROM changed_due WHERE due_on <= local_day(now()) AND households > 0) g
                   JOIN household d ON d.area_id = g.area_id JOIN scheme_state s ON s.id = d.state_id
                   WHERE s.automatic AND d.due_on <= local_day(now()) ORDER BY d.area_id, d.id LIMIT most);
    PERFORM hold_grids(doors);
    FOREACH door IN ARRAY doors LOOP
        SELECT * INTO h FROM household WHERE id = door FOR NO KEY UPDATE;
        SELECT t.id INTO target FROM scheme_state s JOIN scheme_state t ON t.code = s.clears_to AND t.scheme_id = s.scheme_id
            WHERE s.id = h.state_id AND s.automatic AND h.due_on <= local_day(now());
        IF target IS NOT NULL THEN
            PERFORM enter_change(h, target, greatest(h.due_on::timestamp AT TIME ZONE city_zone(), h.since + interval '1 second'),
                                 'cleared', 'automatic', 'automatic', NULL, NULL);
            done := done + 1;
        END IF;
    END LOOP;
    PERFORM tell_untold();
    RETURN done;
END $$;
