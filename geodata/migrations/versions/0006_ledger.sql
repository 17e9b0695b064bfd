-- The ledger: every change of a household's state is an entry that stays as it was written; the intervals follow from it.

CREATE TABLE household_entry (
    id BIGSERIAL NOT NULL,
    household_id BIGINT NOT NULL,
    from_state_id SMALLINT NOT NULL,
    to_state_id SMALLINT NOT NULL,
    effective TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    client_id UUID,
    undoes BIGINT,
    clock_off_s INTEGER,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_household_entry PRIMARY KEY (id),
    CONSTRAINT fk_household_entry_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_household_entry_household_id FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_household_entry_to_state_id FOREIGN KEY(to_state_id) REFERENCES scheme_state (id),
    CONSTRAINT fk_household_entry_undoes FOREIGN KEY(undoes) REFERENCES household_entry (id)
);
CREATE INDEX ix_household_entry_household_id ON household_entry (household_id, id);
CREATE INDEX ix_household_entry_area_id ON household_entry (area_id, path);
-- One change has one id of its sender's, and is taken back once at most; most entries take nothing back.
CREATE UNIQUE INDEX uq_household_entry_client_id ON household_entry (client_id) WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX uq_household_entry_undoes ON household_entry (undoes) WHERE undoes IS NOT NULL;

CREATE TABLE refused_change (
    id BIGSERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    entered_by TEXT NOT NULL,
    client_id UUID NOT NULL,
    household_id BIGINT,
    kind TEXT NOT NULL,
    to_state TEXT,
    reason TEXT NOT NULL,
    effective TIMESTAMP WITH TIME ZONE NOT NULL,
    refusal TEXT NOT NULL,
    area_id INTEGER NOT NULL,
    path ltree NOT NULL,
    CONSTRAINT pk_refused_change PRIMARY KEY (id),
    CONSTRAINT uq_refused_change_client_id UNIQUE (client_id),
    CONSTRAINT fk_refused_change_area_id_path FOREIGN KEY(area_id, path) REFERENCES area (id, path) ON UPDATE CASCADE,
    CONSTRAINT fk_refused_change_household_id FOREIGN KEY(household_id) REFERENCES household (id) ON DELETE CASCADE
);
CREATE INDEX ix_refused_change_area_id ON refused_change (area_id);

ALTER TABLE household ADD COLUMN entry_id BIGINT;
ALTER TABLE household_state ADD COLUMN entry_id BIGINT;

-- What earlier versions recorded as a change becomes an entry.
INSERT INTO household_entry (household_id, from_state_id, to_state_id, effective, reason, source, entered_by, entered_at,
                             client_id, area_id, path)
    SELECT household_id, coalesce(before, state_id), state_id, lower(valid), reason, source, entered_by, entered_at,
           client_id, area_id, path
    FROM (SELECT s.*, lag(state_id) OVER (PARTITION BY household_id ORDER BY lower(valid)) AS before
          FROM household_state s
          WHERE household_id IN (SELECT household_id FROM household_state WHERE client_id IS NOT NULL)) t
    WHERE client_id IS NOT NULL ORDER BY lower(valid);
UPDATE household_state s SET entry_id = e.id FROM household_entry e WHERE e.client_id = s.client_id;
UPDATE household h SET entry_id = e.id
    FROM (SELECT household_id, max(id) AS id FROM household_entry GROUP BY 1) e WHERE e.household_id = h.id;
ALTER TABLE household_state DROP COLUMN client_id;

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE restrict_violation USING MESSAGE = 'the ledger is never rewritten: a correction is a new entry';
END $$;
-- A grid may move to another village, and its rows' paths with it; nothing else of an entry ever changes.
CREATE TRIGGER never_rewritten BEFORE UPDATE ON household_entry FOR EACH ROW
    WHEN ((NEW.id, NEW.household_id, NEW.from_state_id, NEW.to_state_id, NEW.effective, NEW.reason, NEW.source,
           NEW.entered_by, NEW.entered_at, NEW.client_id, NEW.undoes, NEW.clock_off_s, NEW.area_id)
          IS DISTINCT FROM
          (OLD.id, OLD.household_id, OLD.from_state_id, OLD.to_state_id, OLD.effective, OLD.reason, OLD.source,
           OLD.entered_by, OLD.entered_at, OLD.client_id, OLD.undoes, OLD.clock_off_s, OLD.area_id))
    EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER never_deleted BEFORE DELETE ON household_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- A household's intervals are looked up one by one: a B-tree finds them in a fifth of the time of the exclusion's index.
CREATE INDEX ix_household_state_household_id ON household_state (household_id, lower(valid));

-- ── from entries to intervals ──────────────────────────────────────────────────────────────────────────────────────
-- What began when: the findings that a household was loaded with, and its entries, less those that were taken back.
CREATE FUNCTION what_began(door bigint) RETURNS TABLE (began timestamptz, state_id smallint, entry_id bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
        SELECT lower(s.valid), s.state_id, NULL::bigint FROM household_state s
        WHERE s.household_id = door AND s.entry_id IS NULL
        UNION ALL
        SELECT e.effective, e.to_state_id, e.id FROM household_entry e
        WHERE e.household_id = door AND e.undoes IS NULL
          AND NOT EXISTS (SELECT FROM household_entry u WHERE u.undoes = e.id)
        ORDER BY 1, 3 NULLS FIRST;
END $$;

-- Lays all intervals of one household anew. Findings keep their beginnings, so that widening and narrowing them never
-- makes two overlap; of two entries for the same moment the later one stands.
CREATE FUNCTION lay_intervals(door bigint, last_entry bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM household_state WHERE household_id = door AND entry_id IS NOT NULL;
    UPDATE household_state s SET valid = tstzrange(w.began, w.until)
        FROM (SELECT began, entry_id, lead(began) OVER (ORDER BY began, entry_id NULLS FIRST) AS until FROM what_began(door)) w
        WHERE s.household_id = door AND w.entry_id IS NULL AND lower(s.valid) = w.began
          AND upper(s.valid) IS DISTINCT FROM w.until;
    INSERT INTO household_state (household_id, area_id, path, state_id, valid, reason, source, entered_by, entered_at, entry_id)
        SELECT door, h.area_id, h.path, w.state_id, tstzrange(w.began, w.until), e.reason, e.source, e.entered_by,
               e.entered_at, e.id
        FROM (SELECT *, lead(began) OVER (ORDER BY began, b.entry_id NULLS FIRST) AS until FROM what_began(door) b) w
        JOIN household_entry e ON e.id = w.entry_id
        JOIN household h ON h.id = door
        WHERE w.until IS NULL OR w.until > w.began;
    UPDATE household h SET state_id = w.state_id, since = w.began, entry_id = last_entry,
                           due_on = local_day(w.began) + s.follow_days
        FROM (SELECT * FROM what_began(door) ORDER BY began DESC, entry_id DESC NULLS LAST LIMIT 1) w
        JOIN scheme_state s ON s.id = w.state_id
        WHERE h.id = door;
END $$;

-- ── counts of one change ───────────────────────────────────────────────────────────────────────────────────────────
-- The triggers of 0001 and 0002 count any change of any number of rows. One household at one door is by far the most
-- frequent change, and all of its counts are known beforehand: written directly they cost a small part of what the triggers
-- do. `wangge.counted` keeps the triggers quiet meanwhile (see 0006_ledger.py); tests compare both with a recount.
-- Above the grid a change is one row, which readers add to the sums of every area above it, until a fold does.
CREATE TABLE counted_change (
    entry_id BIGINT NOT NULL,
    above INTEGER[] NOT NULL,
    path ltree NOT NULL,
    was SMALLINT NOT NULL,
    becomes SMALLINT NOT NULL,
    was_due DATE,
    now_due DATE,
    day DATE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE FUNCTION count_change(entry bigint, grid int, below ltree, was smallint, becomes smallint, was_due date, now_due date,
                             began date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE changed timestamptz := clock_timestamp(); touched int;
BEGIN
    IF was <> becomes THEN
        UPDATE grid_tally SET households = households + CASE WHEN state_id = becomes THEN 1 ELSE -1 END, changed_at = changed
            WHERE area_id = grid AND state_id IN (was, becomes);
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched < 2 THEN
            INSERT INTO grid_tally (area_id, state_id, path, households, changed_at) VALUES (grid, becomes, below, 1, changed);
        END IF;
    END IF;
    IF was_due IS DISTINCT FROM now_due THEN
        IF was_due IS NOT NULL THEN
            UPDATE grid_due SET households = households - 1 WHERE area_id = grid AND due_on = was_due;
        END IF;
        IF now_due IS NOT NULL THEN
            UPDATE grid_due SET households = households + 1 WHERE area_id = grid AND due_on = now_due;
            IF NOT FOUND THEN
                INSERT INTO grid_due (area_id, due_on, path, households) VALUES (grid, now_due, below, 1);
            END IF;
        END IF;
    END IF;
    UPDATE grid_begun SET households = households + 1 WHERE area_id = grid AND day = began AND state_id = becomes;
    IF NOT FOUND THEN
        INSERT INTO grid_begun (area_id, day, state_id, path, households) VALUES (grid, began, becomes, below, 1);
    END IF;
    INSERT INTO counted_change (entry_id, above, path, was, becomes, was_due, now_due, day, changed_at)
        VALUES (entry, trim_array(string_to_array(below::text, '.')::int[], 1), below, was, becomes, was_due, now_due, began,
                changed);
    IF entry % 256 = 0 THEN PERFORM fold_roll_ups(); END IF;
END $$;

CREATE FUNCTION fold_changes() RETURNS void LANGUAGE sql AS $$
    WITH gone AS (DELETE FROM counted_change RETURNING *),
    each AS (SELECT u.area_id, g.* FROM gone g, unnest(g.above) AS u(area_id)),
    tally AS (
        INSERT INTO area_tally AS t (area_id, state_id, slot, path, households, changed_at)
            SELECT e.area_id, d.state_id, 0, a.path, sum(d.n), max(e.changed_at)
            FROM each e CROSS JOIN LATERAL (VALUES (e.was, -1), (e.becomes, 1)) AS d(state_id, n)
            JOIN area a ON a.id = e.area_id WHERE e.was <> e.becomes GROUP BY e.area_id, d.state_id, a.path
        ON CONFLICT (area_id, state_id, slot) DO UPDATE
            SET households = t.households + excluded.households, changed_at = greatest(t.changed_at, excluded.changed_at)),
    due AS (
        INSERT INTO area_due AS t (area_id, due_on, slot, path, households)
            SELECT e.area_id, d.due_on, 0, a.path, sum(d.n)
            FROM each e CROSS JOIN LATERAL (VALUES (e.was_due, -1), (e.now_due, 1)) AS d(due_on, n)
            JOIN area a ON a.id = e.area_id WHERE d.due_on IS NOT NULL GROUP BY e.area_id, d.due_on, a.path
        ON CONFLICT (area_id, due_on, slot) DO UPDATE SET households = t.households + excluded.households)
    INSERT INTO area_begun AS t (area_id, day, state_id, slot, path, households)
        SELECT e.area_id, e.day, e.becomes, 0, a.path, count(*) FROM each e JOIN area a ON a.id = e.area_id
        GROUP BY e.area_id, e.day, e.becomes, a.path
    ON CONFLICT (area_id, day, state_id, slot) DO UPDATE SET households = t.households + excluded.households $$;

-- What is below an area: the sums, and the changes since the last fold. Read with the rights of who reads.
CREATE VIEW tally_below WITH (security_invoker = true) AS
    SELECT area_id, state_id, households, changed_at FROM area_tally
    UNION ALL
    SELECT u.area_id, d.state_id, d.n, c.changed_at FROM counted_change c CROSS JOIN LATERAL unnest(c.above) AS u(area_id)
    CROSS JOIN LATERAL (VALUES (c.was, -1), (c.becomes, 1)) AS d(state_id, n) WHERE c.was <> c.becomes;
CREATE VIEW due_below WITH (security_invoker = true) AS
    SELECT area_id, due_on, households FROM area_due
    UNION ALL
    SELECT u.area_id, d.due_on, d.n FROM counted_change c CROSS JOIN LATERAL unnest(c.above) AS u(area_id)
    CROSS JOIN LATERAL (VALUES (c.was_due, -1), (c.now_due, 1)) AS d(due_on, n) WHERE d.due_on IS NOT NULL;
CREATE VIEW begun_below WITH (security_invoker = true) AS
    SELECT area_id, day, state_id, households FROM area_begun
    UNION ALL
    SELECT u.area_id, c.day, c.becomes, 1 FROM counted_change c CROSS JOIN LATERAL unnest(c.above) AS u(area_id);
GRANT SELECT ON tally_below, due_below, begun_below TO wangge_app;

-- ── news of one change ─────────────────────────────────────────────────────────────────────────────────────────────
-- PostgreSQL lets one transaction at a time commit that has notified: changes at eight doors at once took three times as long
-- for it. So a change only says what is to be told, and whoever wrote tells it right after the commit (geodata/database.py);
-- should that writer be gone by then, every listener's pulse tells what is left. Not logged: after a crash of the server
-- listeners connect anew and throw away what they hold.
CREATE UNLOGGED TABLE untold (
    entry_id BIGINT NOT NULL,
    place geometry(POINT,3857) NOT NULL
);
CREATE FUNCTION tell_untold() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE told int;
BEGIN
    WITH next AS MATERIALIZED (SELECT ctid AS row FROM untold ORDER BY entry_id FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM untold u USING next n WHERE u.ctid = n.row RETURNING u.place)
    SELECT count(pg_notify('wangge', json_build_object('table', 'household', 'box', box2d(place)::text)::text)) INTO told FROM gone;
    RETURN told;
END $$;

-- The state that begins after everything that is known: most changes.
CREATE FUNCTION begin_state(h household, state smallint, moment timestamptz, why text, origin text, sender text,
                            entry bigint) RETURNS void LANGUAGE plpgsql SET wangge.counted = 'on' AS $$
DECLARE began date := (moment AT TIME ZONE city_zone())::date; due date;
BEGIN
    due := began + (SELECT follow_days FROM scheme_state WHERE id = state);
    UPDATE household_state SET valid = tstzrange(lower(valid), moment) WHERE household_id = h.id AND upper_inf(valid);
    INSERT INTO household_state (household_id, area_id, path, state_id, valid, reason, source, entered_by, entry_id)
        VALUES (h.id, h.area_id, h.path, state, tstzrange(moment, NULL), why, origin, sender, entry);
    UPDATE household SET state_id = state, since = moment, entry_id = entry, due_on = due WHERE id = h.id;
    PERFORM count_change(entry, h.area_id, h.path, h.state_id, state, h.due_on, due, began);
    INSERT INTO untold (entry_id, place) VALUES (entry, h.mercator);
END $$;

-- One entry that begins a state. Whoever calls holds the household's grid (hold_grid). Returns the entry's id.
CREATE FUNCTION enter_change(h household, state smallint, moment timestamptz, why text, origin text, sender text,
                             client uuid, off_s int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE entry bigint; was smallint := h.state_id; at_moment tstzrange;
BEGIN
    IF moment <= h.since THEN
        -- A finding must keep its own beginning: what is said to begin with it begins just after it.
        WHILE EXISTS (SELECT FROM household_state WHERE household_id = h.id AND entry_id IS NULL AND lower(valid) = moment) LOOP
            moment := moment + interval '1 microsecond';
        END LOOP;
        SELECT state_id, valid INTO was, at_moment FROM household_state WHERE household_id = h.id AND valid @> moment;
        IF NOT FOUND THEN
            RAISE check_violation USING MESSAGE = 'a change cannot come before a household was first known';
        END IF;
    END IF;
    INSERT INTO household_entry (household_id, area_id, path, from_state_id, to_state_id, effective, reason, source, entered_by,
                                 client_id, clock_off_s)
        VALUES (h.id, h.area_id, h.path, was, state, moment, why, origin, sender, client, off_s) RETURNING id INTO entry;
    IF moment <= h.since THEN
        PERFORM lay_intervals(h.id, entry);
        RETURN entry;
    END IF;
    PERFORM begin_state(h, state, moment, why, origin, sender, entry);
    RETURN entry;
END $$;

-- A counter-entry: what it undoes stays in the ledger, and begins nothing any more.
CREATE FUNCTION enter_undoing(h household, undone household_entry, why text, origin text, sender text, client uuid,
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
    PERFORM lay_intervals(h.id, entry);
    RETURN entry;
END $$;

-- ── the door ───────────────────────────────────────────────────────────────────────────────────────────────────────
-- Who changes homes of a grid waits for whoever else does, and takes several grids in the order of their numbers: counts
-- are kept per grid, and two writers who touch the same counts in different orders would wait for each other for ever.
CREATE FUNCTION hold_grids(doors bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE grid int;
BEGIN
    FOR grid IN SELECT DISTINCT area_id FROM household WHERE id = ANY (doors) ORDER BY 1 LOOP
        PERFORM pg_advisory_xact_lock(20200211, grid);
    END LOOP;
END $$;

-- One change by somebody whose homes are in `app.home_paths`, as the policies read it; nothing else is ever touched. Runs
-- as the owner, so that nobody can write the ledger but through here. `seen` is the last entry that the sender knew of, or
-- `follows` the client id of the sender's own change before; neither is asked where `blindly`.
-- Its statements are planned once a session: left to itself PostgreSQL plans some of them for every change.
-- Outcomes: recorded, known, conflict; unknown (not the sender's, or not there), client_id_taken, unknown_state, not_due,
-- too_early, not_undoable.
CREATE FUNCTION record_change(door bigint, kind text, state smallint, scheme int, moment timestamptz, why text,
                              origin text, sender text, client uuid, blindly boolean, seen bigint, follows uuid,
                              undoes_client uuid, off_s int, OUT outcome text, OUT entry bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    h household; before household_entry; undone household_entry; today date;
    homes ltree[] := string_to_array(current_setting('app.home_paths', true), ',')::ltree[];
BEGIN
    SELECT * INTO h FROM household WHERE id = door;
    IF h.id IS NULL OR NOT coalesce(h.path <@ ANY (homes), false) THEN outcome := 'unknown'; RETURN; END IF;
    PERFORM pg_advisory_xact_lock(20200211, h.area_id);
    SELECT * INTO h FROM household WHERE id = door FOR NO KEY UPDATE;
    IF client IS NOT NULL THEN
        SELECT * INTO before FROM household_entry WHERE client_id = client;
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
        outcome := 'recorded'; entry := enter_undoing(h, undone, why, origin, sender, client, off_s); RETURN;
    END IF;
    IF kind = 'clear' THEN
        today := local_day(now());
        IF h.due_on IS NULL OR h.due_on > today THEN outcome := 'not_due'; RETURN; END IF;
        state := (SELECT t.id FROM scheme_state s JOIN scheme_state t ON t.code = s.clears_to AND t.scheme_id = scheme
                  WHERE s.id = h.state_id);
    END IF;
    IF state IS NULL THEN outcome := 'unknown_state'; RETURN; END IF;
    IF moment <= h.since AND NOT EXISTS (SELECT FROM household_state WHERE household_id = door AND lower(valid) <= moment) THEN
        outcome := 'too_early'; RETURN;
    END IF;
    outcome := 'recorded'; entry := enter_change(h, state, moment, why, origin, sender, client, off_s);
END $$;

-- What was refused is kept where the household lies (or, where there is none, with the sender), for the officer to see.
CREATE FUNCTION keep_refused(sender text, client uuid, door bigint, kind text, to_state text, why text, moment timestamptz,
                             refusal text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    INSERT INTO refused_change (entered_by, client_id, household_id, kind, to_state, reason, effective, refusal, area_id, path)
        SELECT sender, client, h.id, kind, to_state, why, moment, refusal, a.id, a.path
        FROM (SELECT 1) one LEFT JOIN household h ON h.id = door
        JOIN area a ON a.id = coalesce(h.area_id,
            (SELECT id FROM area WHERE path = split_part(current_setting('app.home_paths', true), ',', 1)::ltree))
        WHERE current_setting('app.home_paths', true) <> ''
    ON CONFLICT (client_id) DO NOTHING $$;

-- What hangs on a door is public, wherever the door is: a leader sends people to the nearest clinic, not to the nearest one
-- of the own village. The grid itself must be the reader's.
CREATE FUNCTION nearest_care(grid int, most int)
RETURNS TABLE (kind text, name text, address text, telephone text, status text, hours text, reported_at timestamptz,
               rooms int, distance_m int, lon float8, lat float8)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE middle geometry; paths ltree[] := string_to_array(current_setting('app.paths', true), ',')::ltree[];
BEGIN
    SELECT ST_PointOnSurface(place) INTO middle FROM area WHERE id = grid AND path <@ ANY (paths);
    RETURN QUERY
        (SELECT 'clinic', c.name, c.address, c.telephone, c.status, c.hours, c.reported_at, NULL::int,
                round(ST_Distance(c.place::geography, middle::geography))::int, ST_X(c.place), ST_Y(c.place)
         FROM clinic c WHERE c.kind = 'fever_clinic' AND middle IS NOT NULL
         ORDER BY c.mercator <-> ST_Transform(middle, 3857) LIMIT most)
        UNION ALL
        (SELECT 'hotel', h.name, h.address, h.telephone, NULL, NULL, NULL, h.rooms,
                round(ST_Distance(h.place::geography, middle::geography))::int, ST_X(h.place), ST_Y(h.place)
         FROM hotel h WHERE middle IS NOT NULL
         ORDER BY h.mercator <-> ST_Transform(middle, 3857) LIMIT most);
END $$;

-- For those who own the data: tests, the command line. No scope is asked.
DROP FUNCTION record_state(bigint, smallint, timestamptz, text, text, text, uuid);
DROP FUNCTION record_states(bigint[], smallint[], timestamptz[], text[], uuid[], text, text);
CREATE FUNCTION record_state(door bigint, state smallint, moment timestamptz, reason text, source text,
                             entered_by text, client uuid DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE h household; entry bigint;
BEGIN
    PERFORM hold_grids(ARRAY[door]);
    SELECT * INTO h FROM household WHERE id = door FOR NO KEY UPDATE;
    IF h.id IS NULL THEN RAISE no_data_found USING MESSAGE = 'no such household'; END IF;
    IF EXISTS (SELECT FROM household_entry WHERE client_id = client) THEN RETURN NULL; END IF;
    entry := enter_change(h, state, moment, reason, source, entered_by, client, NULL);
    PERFORM tell_untold();
    RETURN entry;
END $$;

-- Due households of states that clear by themselves, at midnight of their day, as many as one transaction should hold.
CREATE FUNCTION clear_automatically(most int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE door bigint; h household; target smallint; done int := 0; doors bigint[];
BEGIN
    IF NOT EXISTS (SELECT FROM scheme_state WHERE automatic) THEN RETURN 0; END IF;
    doors := ARRAY(SELECT d.id FROM (SELECT DISTINCT area_id FROM grid_due WHERE due_on <= local_day(now()) AND households > 0) g
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
-- The scope's door is the only one: tables that it writes are written by nobody else.
REVOKE EXECUTE ON FUNCTION enter_change(household, smallint, timestamptz, text, text, text, uuid, int),
    enter_undoing(household, household_entry, text, text, text, uuid, int), lay_intervals(bigint, bigint),
    what_began(bigint), record_state(bigint, smallint, timestamptz, text, text, text, uuid),
    clear_automatically(int) FROM PUBLIC;
-- The server's own clock asks for it: it says nothing of any home, and asked twice it does nothing twice.
GRANT EXECUTE ON FUNCTION clear_automatically(int) TO wangge_gate;
REVOKE INSERT, UPDATE ON household, household_state FROM wangge_app;
REVOKE USAGE ON SEQUENCE household_id_seq, household_state_id_seq FROM wangge_app;

-- ── sums ───────────────────────────────────────────────────────────────────────────────────────────────────────────
-- An area that moves takes its sums along, and who counts anew begins with nothing: changes must be in the sums by then.
CREATE FUNCTION fold_first() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('wangge fold'));
    PERFORM fold_changes();
    RETURN NULL;
END $$;
CREATE TRIGGER fold_first BEFORE UPDATE OF parent_id ON area FOR EACH STATEMENT EXECUTE FUNCTION fold_first();
CREATE TRIGGER fold_first BEFORE TRUNCATE ON grid_tally FOR EACH STATEMENT EXECUTE FUNCTION fold_first();

-- Asked by nearly every query: PL/pgSQL keeps its plan (compare 0005).
CREATE OR REPLACE FUNCTION city_zone() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS
$$ BEGIN RETURN coalesce((SELECT value FROM setting WHERE name = 'time_zone'), 'Asia/Shanghai'); END $$;
