-- ── a delivery of passages ─────────────────────────────────────────────────────────────────────────────────────────
-- Runs as the owner, and looks posts up within the paths of whoever calls; takes what is new, and in the same transaction
-- lays it beside for the fold, as one row. Nothing is taken where a row is wrong; its numbers come back, from 1 on. Nearly
-- every delivery lies within a day that is there, is right, and is new throughout: what is dearer to ask is asked where the
-- earliest and the latest moment say so, and rows that may be there already are looked for where one is.
-- What is older than 62 days goes to the default partition (see geodata/feeds/floor/tables.py).
-- The lock comes before the look at `kept_since`, so that no day can leave between the two.
CREATE FUNCTION take_passages(posts text[], keys text[], ats timestamptz[], outcomes text[], secs int[], colours text[],
                              origins text[], OUT accepted int, OUT unknown int[], OUT early int[], OUT gone int[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET plan_cache_mode = force_generic_plan AS $$
DECLARE everything bool := sees_everything(current_setting('app.paths', true));
        paths ltree[] := string_to_array(current_setting('app.paths', true), ',')::ltree[];
        since timestamptz := kept_since('passage'); until timestamptz := now() + interval '10 minutes';
        first timestamptz; last timestamptz; doors int[];
BEGIN
    SELECT min(a), max(a) INTO first, last FROM unnest(ats) a;
    IF to_regclass('passage_' || to_char(first AT TIME ZONE 'UTC', 'YYYYMMDD')) IS NULL
       OR (first AT TIME ZONE 'UTC')::date <> (last AT TIME ZONE 'UTC')::date THEN
        PERFORM ensure_passage_partitions(day, day) FROM (
            SELECT DISTINCT (a AT TIME ZONE 'UTC')::date AS day FROM unnest(ats) a WHERE a BETWEEN since AND until OFFSET 0) d
        WHERE day >= (now() AT TIME ZONE 'UTC')::date - 62 AND to_regclass('passage_' || to_char(day, 'YYYYMMDD')) IS NULL;
    END IF;
    LOCK TABLE passage IN ROW EXCLUSIVE MODE;
    since := kept_since('passage');
    SELECT array_agg(c.id ORDER BY r.nth) INTO doors FROM unnest(posts) WITH ORDINALITY AS r(post, nth)
        LEFT JOIN checkpoint c ON c.code = r.post AND (everything OR c.path <@ ANY (paths));
    accepted := 0;
    IF first < since OR last > until OR array_position(doors, NULL) IS NOT NULL THEN
        SELECT array_agg(nth) FILTER (WHERE door IS NULL), array_agg(nth) FILTER (WHERE at > until),
               array_agg(nth) FILTER (WHERE at < since)
            INTO unknown, early, gone FROM unnest(doors, ats) WITH ORDINALITY AS r(door, at, nth);
        RETURN;
    END IF;
    BEGIN
        INSERT INTO passage (checkpoint_id, at, key, seconds, outcome, code_colour, origin)
            SELECT * FROM unnest(doors, ats, keys, secs, outcomes, colours, origins) ORDER BY 1, 2, 3;
        accepted := cardinality(doors);
        INSERT INTO passage_waiting VALUES (accepted, doors, ats, secs, outcomes, colours, origins);
    EXCEPTION WHEN unique_violation THEN
        WITH put AS (
            INSERT INTO passage (checkpoint_id, at, key, seconds, outcome, code_colour, origin)
                SELECT * FROM unnest(doors, ats, keys, secs, outcomes, colours, origins) ORDER BY 1, 2, 3
            ON CONFLICT DO NOTHING RETURNING *
        ), laid AS (
            INSERT INTO passage_waiting
                SELECT count(*), array_agg(checkpoint_id), array_agg(at), array_agg(seconds), array_agg(outcome),
                       array_agg(code_colour), array_agg(origin) FROM put HAVING count(*) > 0
            RETURNING passages
        )
        SELECT coalesce(sum(passages), 0) INTO accepted FROM laid;
    END;
END $$;

-- Counts what waits, deliveries of up to `most` passages and one more: the hours of posts that do not report them
-- themselves, and the mix of codes and origins. Returns how many passages. An hour of a post costs the same for one passage
-- and for a hundred, so that the more comes in the less each of them costs. Who comes second leaves it to the first; who was
-- in the way is let go first.
CREATE FUNCTION fold_passages(most int DEFAULT 200000) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE folded bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM passage_waiting) OR NOT pg_try_advisory_xact_lock(hashtext('wangge fold passages')) THEN
        RETURN 0;
    END IF;
    WITH gone AS MATERIALIZED (
        DELETE FROM passage_waiting WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM (SELECT ctid, sum(passages) OVER (ORDER BY ctid) - passages AS before FROM passage_waiting) w
            WHERE before < most)) RETURNING *
    ), told AS MATERIALIZED (
        SELECT post, date_bin('1 hour', at, '2000-01-01 00:00+00') AS hour, colour, coalesce(origin, '') AS origin,
               count(*) FILTER (WHERE outcome = 'pass') AS passed,
               count(*) FILTER (WHERE outcome = 'home_quarantine') AS home_quarantine,
               count(*) FILTER (WHERE outcome = 'central_quarantine') AS central_quarantine,
               count(*) FILTER (WHERE outcome = 'turned_back') AS turned_back,
               count(*) AS passages, sum(p.seconds) AS seconds, max(at) AS newest
        FROM gone g CROSS JOIN LATERAL unnest(g.posts, g.ats, g.seconds, g.outcomes, g.colours, g.origins)
             AS p(post, at, seconds, outcome, colour, origin)
        GROUP BY 1, 2, 3, 4
    ), hours AS (
        INSERT INTO checkpoint_hour AS t (checkpoint_id, hour, passed, home_quarantine, central_quarantine, turned_back,
                                          seconds, reported_at, area_id, path, counted)
            SELECT c.id, hour, sum(passed), sum(home_quarantine), sum(central_quarantine), sum(turned_back), sum(seconds),
                   max(newest), c.area_id, c.path, true
            FROM told JOIN checkpoint c ON c.id = post GROUP BY c.id, hour ORDER BY c.id, hour
        ON CONFLICT (checkpoint_id, hour) DO UPDATE SET
            passed = t.passed + excluded.passed, home_quarantine = t.home_quarantine + excluded.home_quarantine,
            central_quarantine = t.central_quarantine + excluded.central_quarantine,
            turned_back = t.turned_back + excluded.turned_back, seconds = t.seconds + excluded.seconds,
            reported_at = greatest(t.reported_at, excluded.reported_at)
        WHERE t.counted
    ), mix AS (
        INSERT INTO passage_mix AS t (area_id, hour, code_colour, origin, path, passages, seconds)
            SELECT c.area_id, hour, colour, origin, c.path, sum(passages), sum(seconds)
            FROM told JOIN checkpoint c ON c.id = post GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4
        ON CONFLICT (area_id, hour, code_colour, origin) DO UPDATE SET
            passages = t.passages + excluded.passages, seconds = t.seconds + excluded.seconds
    )
    SELECT sum(passages) INTO folded FROM gone;
    RETURN folded;
EXCEPTION WHEN deadlock_detected THEN
    RETURN 0;
END $$;
