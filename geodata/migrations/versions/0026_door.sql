-- The door of the ledger in fewer steps. Most changes simply begin after everything known: one statement finds the household,
-- asks whether that is so, and changes it; only where it is not so is anything looked at that takes longer.

-- ── what a household's state is held by ────────────────────────────────────────────────────────────────────────────
-- A household is counted in its grid, and so is what it was found in; these counts name the state with keys of their own
-- (grid_tally, grid_begun). The household's own key was checked for every change, and eight changes at once waited for each
-- other at the six rows of a scheme.
ALTER TABLE household DROP CONSTRAINT fk_household_state_id;
ALTER TABLE household_finding DROP CONSTRAINT fk_household_finding_state_id;

-- Room in each page for the next version of a household: it stays where it is, and four indexes need no new entry.
ALTER TABLE household SET (fillfactor = 90);

-- Whoever takes a state out of a scheme lets no change begin, and waits for those that have.
CREATE OR REPLACE FUNCTION keep_state() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    LOCK TABLE household IN EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM household WHERE state_id = OLD.id) OR EXISTS (SELECT FROM household_finding WHERE state_id = OLD.id)
       OR EXISTS (SELECT FROM household_entry WHERE OLD.id IN (from_state_id, to_state_id))
       OR EXISTS (SELECT FROM household_past WHERE OLD.id IN (state_id, next_state_id)) THEN
        RAISE foreign_key_violation USING MESSAGE = 'households are or were in this state';
    END IF;
    RETURN OLD;
END $$;

-- The same rule in half the words: PostgreSQL reads a rule anew for every statement that writes.
ALTER TABLE household_past DROP CONSTRAINT ck_household_past_valid,
    ADD CONSTRAINT ck_household_past_valid CHECK ((lower(valid) < upper(valid)) IS TRUE);
DROP TRIGGER set_path ON household_past; -- the ledger alone writes it, with the path

-- ── what is not the simple case ────────────────────────────────────────────────────────────────────────────────────
DROP FUNCTION enter_change(household, smallint, timestamptz, text, text, text, uuid, int),
    begin_state(bigint, int, ltree, smallint, timestamptz, date, geometry, smallint, timestamptz, text, text, text, uuid, int);

-- An entry for the past. Whoever calls has locked the household. Returns the entry's id.
CREATE FUNCTION enter_late(h household, state smallint, moment timestamptz, why text, origin text, sender text,
                           client uuid, off_s int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE entry bigint; was smallint;
BEGIN
    -- A finding must keep its own beginning: what is said to begin with it begins just after it.
    WHILE EXISTS (SELECT FROM household_finding WHERE household_id = h.id AND began = moment) LOOP
        moment := moment + interval '1 microsecond';
    END LOOP;
    SELECT state_id INTO STRICT was FROM household_state WHERE household_id = h.id AND valid @> moment;
    INSERT INTO household_entry (household_id, area_id, path, from_state_id, to_state_id, effective, reason, source, entered_by,
                                 client_id, clock_off_s)
        VALUES (h.id, h.area_id, h.path, was, state, moment, why, origin, sender, client, off_s) RETURNING id INTO entry;
    PERFORM lay_intervals(h, entry);
    RETURN entry;
END $$;

-- Locks the household and says what becomes of a change that `record_change` could not enter at once: an outcome, with late
-- entries and undoings entered; or none where it begins after everything known, in the state `becomes`.
CREATE FUNCTION judge_change(door bigint, kind text, state smallint, scheme int, moment timestamptz, why text, origin text,
                             sender text, client uuid, blindly boolean, seen bigint, follows uuid, undoes_client uuid,
                             off_s int, homes ltree[], OUT outcome text, OUT entry bigint, OUT becomes smallint)
LANGUAGE plpgsql AS $$
DECLARE h household; before record; undone household_entry;
BEGIN
    SELECT * INTO h FROM household WHERE id = door AND path <@ ANY (homes) FOR NO KEY UPDATE;
    IF NOT FOUND THEN outcome := 'unknown'; RETURN; END IF;
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
        outcome := 'recorded'; entry := enter_undoing(h, undone, why, origin, sender, client, off_s); RETURN;
    END IF;
    IF kind = 'clear' THEN
        IF h.due_on IS NULL OR h.due_on > local_day(now()) THEN outcome := 'not_due'; RETURN; END IF;
        state := (SELECT t.id FROM scheme_state s JOIN scheme_state t ON t.code = s.clears_to AND t.scheme_id = scheme
                  WHERE s.id = h.state_id);
    END IF;
    becomes := (SELECT id FROM scheme_state WHERE id = state);
    IF becomes IS NULL THEN outcome := 'unknown_state'; RETURN; END IF;
    IF moment > h.since THEN RETURN; END IF;
    IF NOT EXISTS (SELECT FROM household_finding WHERE household_id = door AND began <= moment) THEN
        outcome := 'too_early'; RETURN;
    END IF;
    outcome := 'recorded'; entry := enter_late(h, becomes, moment, why, origin, sender, client, off_s);
END $$;
REVOKE EXECUTE ON FUNCTION enter_late(household, smallint, timestamptz, text, text, text, uuid, int),
    judge_change(bigint, text, smallint, int, timestamptz, text, text, text, uuid, boolean, bigint, uuid, uuid, int, ltree[])
    FROM PUBLIC;

-- ── the door ───────────────────────────────────────────────────────────────────────────────────────────────────────
-- One change by somebody whose homes are in `app.home_paths`, as the policies read it; nothing else is ever touched. Runs
-- as the owner, so that nobody can write the ledger but through here. `seen` is the last entry that the sender knew of, or
-- `follows` the client id of the sender's own change before; neither is asked where `blindly`.
-- Whoever changes a household holds its row, so two never change it at once. `was` is the household before the change: where
-- another change came in between, it is not what was found, nothing is changed, and the change is judged.
-- Its statements are planned once a session: left to itself PostgreSQL plans some of them for every change.
-- Outcomes: recorded, known, conflict; unknown (not the sender's, or not there), client_id_taken, unknown_state, not_due,
-- too_early, not_undoable.
CREATE OR REPLACE FUNCTION record_change(door bigint, kind text, state smallint, scheme int, moment timestamptz, why text,
                              origin text, sender text, client uuid, blindly boolean, seen bigint, follows uuid,
                              undoes_client uuid, off_s int, OUT outcome text, OUT entry bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET plan_cache_mode = force_generic_plan
SET wangge.counted = 'on' AS $$
DECLARE
    homes ltree[] := string_to_array(current_setting('app.home_paths', true), ',')::ltree[];
    simple boolean := kind = 'change' AND follows IS NULL AND NOT EXISTS (SELECT FROM household_entry WHERE client_id = client);
    judged smallint; grid int; below ltree; old smallint; old_since timestamptz; old_due date; due date; began date; spot geometry;
BEGIN
    LOOP
        IF NOT simple THEN
            SELECT j.outcome, j.entry, j.becomes INTO outcome, entry, judged
                FROM judge_change(door, kind, state, scheme, moment, why, origin, sender, client, blindly, seen, follows,
                                  undoes_client, off_s, homes) j;
            IF outcome IS NOT NULL THEN RETURN; END IF;
            state := judged; blindly := true;
        END IF;
        entry := nextval('household_entry_id_seq');
        UPDATE household h SET state_id = s.id, since = moment, entry_id = entry, due_on = d.day + s.follow_days
            FROM household was CROSS JOIN scheme_state s LEFT JOIN setting z ON z.name = 'time_zone' -- city_zone() costs more than the rest
            CROSS JOIN LATERAL (SELECT (moment AT TIME ZONE coalesce(z.value, 'Asia/Shanghai'))::date AS day) d
            WHERE h.id = door AND was.id = door AND was.path <@ ANY (homes) AND s.id = state AND was.since < moment
              AND (blindly OR was.entry_id IS NOT DISTINCT FROM seen)
              AND h.area_id = was.area_id AND h.path = was.path AND h.state_id = was.state_id AND h.since = was.since
              AND h.due_on IS NOT DISTINCT FROM was.due_on AND h.entry_id IS NOT DISTINCT FROM was.entry_id
            RETURNING h.area_id, h.path, was.state_id, was.since, was.due_on, h.due_on, d.day, h.mercator
            INTO grid, below, old, old_since, old_due, due, began, spot;
        EXIT WHEN FOUND;
        simple := false;
    END LOOP;
    INSERT INTO household_entry (id, household_id, area_id, path, from_state_id, to_state_id, effective, reason, source,
                                 entered_by, client_id, clock_off_s)
        VALUES (entry, door, grid, below, old, state, moment, why, origin, sender, client, off_s);
    INSERT INTO household_past (household_id, area_id, path, state_id, next_state_id, valid, appended)
        VALUES (door, grid, below, old, state, tstzrange(old_since, moment), true);
    INSERT INTO counted_change (areas, path, was, becomes, was_due, now_due, day, n, ends, changed_at)
        VALUES (string_to_array(below::text, '.')::int[], below, old, state, old_due, due, began, 1, true, clock_timestamp());
    INSERT INTO untold (entry_id, place) VALUES (entry, spot);
    IF entry % 8192 = 0 THEN PERFORM fold_roll_ups(); END IF; -- where no server is there to fold
    outcome := 'recorded';
END $$;

-- Those who own the data go through the same door, with the whole city as their homes for as long as these functions run.
CREATE FUNCTION whole_city() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT string_agg(path::text, ',') FROM area WHERE parent_id IS NULL $$;

-- For tests and the command line: one change, whatever anybody knew. Returns its entry; none where its client id is there.
CREATE OR REPLACE FUNCTION record_state(door bigint, state smallint, moment timestamptz, reason text, source text,
                             entered_by text, client uuid DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql SET app.home_paths = '' AS $$
DECLARE said record;
BEGIN
    PERFORM set_config('app.home_paths', whole_city(), true);
    SELECT * INTO said FROM record_change(door, 'change', state, NULL, moment, reason, source, entered_by, client, true, NULL, NULL,
                                          NULL, NULL);
    IF said.outcome IN ('known', 'client_id_taken') THEN RETURN NULL; END IF;
    IF said.outcome <> 'recorded' THEN
        RAISE check_violation USING MESSAGE = format('household %s, state %s: %s', door, state, said.outcome);
    END IF;
    PERFORM tell_untold();
    RETURN said.entry;
END $$;

-- Due households of states that clear by themselves, at midnight of their day, as many as one transaction should hold.
CREATE OR REPLACE FUNCTION clear_automatically(most int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET app.home_paths = '' AS $$
DECLARE door bigint; doors bigint[]; target smallint; moment timestamptz; done int := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM scheme_state WHERE automatic) THEN RETURN 0; END IF;
    doors := ARRAY(SELECT d.id FROM (SELECT area_id FROM grid_due WHERE due_on <= local_day(now()) AND households > 0
                         UNION SELECT area_id FROM changed_due WHERE due_on <= local_day(now()) AND households > 0) g
                   JOIN household d ON d.area_id = g.area_id JOIN scheme_state s ON s.id = d.state_id
                   WHERE s.automatic AND d.due_on <= local_day(now()) ORDER BY d.area_id, d.id LIMIT most);
    PERFORM hold_grids(doors);
    PERFORM set_config('app.home_paths', whole_city(), true);
    FOREACH door IN ARRAY doors LOOP
        SELECT t.id, greatest(h.due_on::timestamp AT TIME ZONE city_zone(), h.since + interval '1 second') INTO target, moment
            FROM household h JOIN scheme_state s ON s.id = h.state_id
            JOIN scheme_state t ON t.code = s.clears_to AND t.scheme_id = s.scheme_id
            WHERE h.id = door AND s.automatic AND h.due_on <= local_day(now()) FOR NO KEY UPDATE OF h;
        IF FOUND THEN
            PERFORM record_change(door, 'change', target, NULL, moment, 'cleared', 'automatic', 'automatic', NULL, true, NULL,
                                  NULL, NULL, NULL);
            done := done + 1;
        END IF;
    END LOOP;
    PERFORM tell_untold();
    RETURN done;
END $$;
