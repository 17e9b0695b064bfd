-- Single passages: taken in by one statement a delivery, counted for good by a fold; positions per hour; what has left.

-- ── what has left ──────────────────────────────────────────────────────────────────────────────────────────────────
-- The first moment that a table of moments still holds; what is older has left, was counted, and is taken no more.
CREATE FUNCTION kept_since(parent text) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT coalesce((SELECT value::timestamptz FROM setting WHERE name = 'kept_since_' || parent), '2000-01-01 00:00+00') $$;

-- ── partitions: passages by day, what stays of them by month ───────────────────────────────────────────────────────
CREATE FUNCTION ensure_passage_partitions(first_day date, last_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE first date; part text;
BEGIN
    PERFORM ensure_partitions(first_day, last_day);
    FOR first IN SELECT generate_series(date_trunc('month', first_day), date_trunc('month', last_day), '1 month')::date LOOP
        part := 'passage_mix_' || to_char(first, 'YYYYMM');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF passage_mix FOR VALUES FROM (%L) TO (%L)', part,
                first::timestamp AT TIME ZONE 'UTC', (first + interval '1 month') AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
    FOR first IN SELECT generate_series(first_day, last_day, '1 day')::date LOOP
        part := 'passage_' || to_char(first, 'YYYYMMDD');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF passage FOR VALUES FROM (%L) TO (%L)', part,
                first::timestamp AT TIME ZONE 'UTC', (first + 1)::timestamp AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
END $$;

-- ── a delivery of passages ─────────────────────────────────────────────────────────────────────────────────────────
-- Runs as the owner, and looks posts up within the paths of whoever calls; takes what is new, and in the same transaction
-- lays it beside for the fold. Nothing is taken where a row is wrong; its numbers come back, from 1 on. Nearly every delivery
-- is new throughout, and then an insert that need not look first whether a row is there costs half; else it is done again.
-- What is older than 62 days goes to the default partition (see geodata/feeds/floor/tables.py).
-- The lock comes before the look at `kept_since`, so that no day can leave between the two.
CREATE FUNCTION take_passages(posts text[], keys text[], ats timestamptz[], outcomes text[], secs int[], colours text[],
                              origins text[], OUT accepted int, OUT unknown int[], OUT early int[], OUT gone int[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET plan_cache_mode = force_generic_plan AS $$
DECLARE everything bool := sees_everything(current_setting('app.paths', true));
        paths ltree[] := string_to_array(current_setting('app.paths', true), ',')::ltree[];
        since timestamptz := kept_since('passage'); missing date[]; doors int[];
BEGIN
    SELECT array_agg(d) INTO missing
        FROM (SELECT DISTINCT (a AT TIME ZONE 'UTC')::date AS d FROM unnest(ats) a
              WHERE a >= since AND a <= now() + interval '10 minutes') u
        WHERE d >= (now() AT TIME ZONE 'UTC')::date - 62 AND to_regclass('passage_' || to_char(d, 'YYYYMMDD')) IS NULL;
    FOR i IN 1 .. coalesce(cardinality(missing), 0) LOOP
        PERFORM ensure_passage_partitions(missing[i], missing[i]);
    END LOOP;
    LOCK TABLE passage IN ROW EXCLUSIVE MODE;
    since := kept_since('passage');
    SELECT array_agg(c.id ORDER BY r.nth), array_agg(r.nth::int) FILTER (WHERE c.id IS NULL),
           array_agg(r.nth::int) FILTER (WHERE r.at > now() + interval '10 minutes'),
           array_agg(r.nth::int) FILTER (WHERE r.at < since)
        INTO doors, unknown, early, gone
        FROM unnest(posts, ats) WITH ORDINALITY AS r(post, at, nth)
        LEFT JOIN checkpoint c ON c.code = r.post AND (everything OR c.path <@ ANY (paths));
    accepted := 0;
    IF num_nonnulls(unknown, early, gone) > 0 THEN RETURN; END IF;
    BEGIN
        INSERT INTO passage (checkpoint_id, at, key, seconds, outcome, code_colour, origin)
            SELECT * FROM unnest(doors, ats, keys, secs, outcomes, colours, origins) ORDER BY 1, 2, 3;
        INSERT INTO passage_waiting (checkpoint_id, at, seconds, outcome, code_colour, origin)
            SELECT * FROM unnest(doors, ats, secs, outcomes, colours, origins);
        accepted := cardinality(doors);
    EXCEPTION WHEN unique_violation THEN
        WITH put AS (
            INSERT INTO passage (checkpoint_id, at, key, seconds, outcome, code_colour, origin)
                SELECT * FROM unnest(doors, ats, keys, secs, outcomes, colours, origins) ORDER BY 1, 2, 3
            ON CONFLICT DO NOTHING RETURNING checkpoint_id, at, seconds, outcome, code_colour, origin
        )
        INSERT INTO passage_waiting (checkpoint_id, at, seconds, outcome, code_colour, origin) SELECT * FROM put;
        GET DIAGNOSTICS accepted = ROW_COUNT;
    END;
END $$;

-- Counts what waits, up to `most` rows of it: the hours of posts that do not report them themselves, and the mix of codes
-- and origins. Returns how many rows. Who comes second leaves it to the first; who was in the way is let go first.
CREATE FUNCTION fold_passages(most int DEFAULT 20000) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE folded bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM passage_waiting) OR NOT pg_try_advisory_xact_lock(hashtext('wangge fold passages')) THEN
        RETURN 0;
    END IF;
    WITH gone AS MATERIALIZED (
        DELETE FROM passage_waiting WHERE ctid = ANY (ARRAY(SELECT ctid FROM passage_waiting LIMIT most)) RETURNING *
    ), told AS MATERIALIZED (
        SELECT c.id, c.area_id, c.path, date_bin('1 hour', g.at, '2000-01-01 00:00+00') AS hour, g.*
        FROM gone g JOIN checkpoint c ON c.id = g.checkpoint_id
    ), hours AS (
        INSERT INTO checkpoint_hour AS t (checkpoint_id, hour, passed, home_quarantine, central_quarantine, turned_back,
                                          seconds, reported_at, area_id, path, counted)
            SELECT id, hour, count(*) FILTER (WHERE outcome = 'pass'), count(*) FILTER (WHERE outcome = 'home_quarantine'),
                   count(*) FILTER (WHERE outcome = 'central_quarantine'), count(*) FILTER (WHERE outcome = 'turned_back'),
                   sum(seconds), max(at), area_id, path, true
            FROM told GROUP BY id, hour, area_id, path ORDER BY id, hour
        ON CONFLICT (checkpoint_id, hour) DO UPDATE SET
            passed = t.passed + excluded.passed, home_quarantine = t.home_quarantine + excluded.home_quarantine,
            central_quarantine = t.central_quarantine + excluded.central_quarantine,
            turned_back = t.turned_back + excluded.turned_back, seconds = t.seconds + excluded.seconds,
            reported_at = greatest(t.reported_at, excluded.reported_at)
        WHERE t.counted
    ), mix AS (
        INSERT INTO passage_mix AS t (area_id, hour, code_colour, origin, path, passages, seconds)
            SELECT area_id, hour, code_colour, coalesce(origin, ''), path, count(*), sum(seconds)
            FROM told GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4
        ON CONFLICT (area_id, hour, code_colour, origin) DO UPDATE SET
            passages = t.passages + excluded.passages, seconds = t.seconds + excluded.seconds
    )
    SELECT count(*) INTO folded FROM gone;
    RETURN folded;
EXCEPTION WHEN deadlock_detected THEN
    RETURN 0;
END $$;

-- ── positions of patrols per area and hour ─────────────────────────────────────────────────────────────────────────
CREATE TYPE patrol_look AS (patrol bigint, at timestamptz, area_id int);

-- `lasting` says which minutes and hours of a patrol over an area the table held before: those are counted already.
-- A patrol's own row is locked by whoever adds to it, so none counts the same minute beside another.
CREATE FUNCTION count_patrols(looks patrol_look[], whom text, parent regclass, owner text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($q$
        WITH fresh AS MATERIALIZED (
            SELECT patrol, area_id, at, date_trunc('minute', at) AS minute, date_bin('1 hour', at, '2000-01-01 00:00+00') AS hour
            FROM unnest($1)
        ), minutes AS MATERIALIZED (
            SELECT patrol, area_id, hour, minute, array_agg(at) AS ats FROM fresh GROUP BY 1, 2, 3, 4
        ), first AS MATERIALIZED (
            SELECT m.patrol, m.area_id, m.hour, NOT EXISTS (
                SELECT FROM %1$s t WHERE t.%2$I = m.patrol AND t.at >= m.minute AND t.at < m.minute + interval '1 minute'
                AND t.area_id = m.area_id AND t.at <> ALL (m.ats)) AS new FROM minutes m
        ), hours AS MATERIALIZED (
            SELECT h.patrol, h.area_id, h.hour, NOT EXISTS (
                SELECT FROM %1$s t WHERE t.%2$I = h.patrol AND t.at >= h.hour AND t.at < h.hour + interval '1 hour'
                AND t.area_id = h.area_id AND t.at <> ALL (h.ats)) AS new
            FROM (SELECT patrol, area_id, hour, array_agg(at) AS ats FROM fresh GROUP BY 1, 2, 3) h
        ), sums AS (
            SELECT area_id, hour, 0 AS patrols, 0 AS minutes, 1 AS positions FROM fresh
            UNION ALL SELECT area_id, hour, 0, 1, 0 FROM first WHERE new
            UNION ALL SELECT area_id, hour, 1, 0, 0 FROM hours WHERE new
        )
        INSERT INTO patrol_hour AS p (area_id, hour, by, path, patrols, minutes, positions)
            SELECT s.area_id, s.hour, $2, a.path, sum(s.patrols), sum(s.minutes), sum(s.positions)
            FROM sums s JOIN area a ON a.id = s.area_id GROUP BY 1, 2, 4 ORDER BY 1, 2
        ON CONFLICT (area_id, hour, by) DO UPDATE SET patrols = p.patrols + excluded.patrols,
            minutes = p.minutes + excluded.minutes, positions = p.positions + excluded.positions
    $q$, parent, owner) USING looks, whom;
END $$;
CREATE FUNCTION count_flown() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM count_patrols(array_agg((flight_id, at, area_id)::patrol_look), 'drone', 'track_point', 'flight_id') FROM new_rows;
    RETURN NULL;
END $$;
CREATE FUNCTION count_walked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM count_patrols(array_agg((patrol_id, at, area_id)::patrol_look), 'ground', 'ground_point', 'patrol_id') FROM new_rows;
    RETURN NULL;
END $$;

-- What is there already is counted as if it came now.
SELECT count_patrols(array_agg((flight_id, at, area_id)::patrol_look), 'drone', 'track_point', 'flight_id')
    FROM track_point HAVING count(*) > 0;
SELECT count_patrols(array_agg((patrol_id, at, area_id)::patrol_look), 'ground', 'ground_point', 'patrol_id')
    FROM ground_point HAVING count(*) > 0;

CREATE TRIGGER count_flown AFTER INSERT ON track_point REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_flown();
CREATE TRIGGER count_walked AFTER INSERT ON ground_point REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_walked();
