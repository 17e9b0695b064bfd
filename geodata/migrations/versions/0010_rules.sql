-- What the last fold did not reach, read with the rights of who reads: a change at one door ends one interval.
CREATE VIEW ended_below WITH (security_invoker = true) AS
    SELECT area_id, ended_on, state_id, due_on, households FROM area_ended
    UNION ALL
    SELECT u.area_id, c.day, c.was, coalesce(c.was_due, 'infinity'), 1
    FROM counted_change c CROSS JOIN LATERAL unnest(c.areas) AS u(area_id) WHERE c.ends;
GRANT SELECT ON ended_below TO wangge_app;

-- Whatever folds the changes takes them out of there: that moment they come in here.
CREATE FUNCTION fold_ended() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO area_ended AS t (area_id, ended_on, state_id, due_on, slot, path, households)
        SELECT a.id, g.day, g.was, coalesce(g.was_due, 'infinity'), 0, a.path, count(*)
        FROM gone g CROSS JOIN LATERAL unnest(g.areas) AS u(area_id)
        JOIN area a ON a.id = u.area_id WHERE g.ends GROUP BY 1, 2, 3, 4, a.path ORDER BY 1, 2, 3, 4
    ON CONFLICT (area_id, ended_on, state_id, due_on, slot) DO UPDATE SET households = t.households + excluded.households;
    RETURN NULL;
END $$;
CREATE TRIGGER fold_ended AFTER DELETE ON counted_change REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION fold_ended();

-- Sums are only added to, like those of 0002, and folded now and then; under the same lock, since both touch the same rows.
CREATE FUNCTION fold_replay() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('wangge fold')) THEN RETURN; END IF;
    WITH added AS (DELETE FROM area_ended WHERE slot <> 0 RETURNING *)
    INSERT INTO area_ended AS t (area_id, ended_on, state_id, due_on, slot, path, households)
        SELECT area_id, ended_on, state_id, due_on, 0, (SELECT path FROM area WHERE id = added.area_id), sum(households)
        FROM added GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (area_id, ended_on, state_id, due_on, slot) DO UPDATE SET households = t.households + excluded.households;
    WITH added AS (DELETE FROM area_hour WHERE slot <> 0 RETURNING *)
    INSERT INTO area_hour AS t (area_id, hour, told, slot, path, reports, passed, home_quarantine, central_quarantine,
                                turned_back, seconds, reported_at)
        SELECT area_id, hour, told, 0, (SELECT path FROM area WHERE id = added.area_id), sum(reports), sum(passed),
               sum(home_quarantine), sum(central_quarantine), sum(turned_back), sum(seconds), max(reported_at)
        FROM added GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (area_id, hour, told, slot) DO UPDATE SET
        reports = t.reports + excluded.reports, passed = t.passed + excluded.passed,
        home_quarantine = t.home_quarantine + excluded.home_quarantine,
        central_quarantine = t.central_quarantine + excluded.central_quarantine,
        turned_back = t.turned_back + excluded.turned_back, seconds = t.seconds + excluded.seconds,
        reported_at = greatest(t.reported_at, excluded.reported_at);
END $$;

CREATE FUNCTION move_replay() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE area_ended SET path = NEW.path WHERE area_id = NEW.id;
    UPDATE area_hour SET path = NEW.path WHERE area_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER move_replay AFTER UPDATE ON area FOR EACH ROW
    WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION move_replay();

CREATE FUNCTION empty_ended() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN TRUNCATE area_ended; RETURN NULL; END $$;
CREATE FUNCTION empty_hours() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN TRUNCATE area_hour, silence; RETURN NULL; END $$;
CREATE TRIGGER empty_hours AFTER TRUNCATE ON checkpoint_hour FOR EACH STATEMENT EXECUTE FUNCTION empty_hours();

-- What a past moment is counted from: whole days are kept counts, from `first_day` on they are taken back; only what happened
-- between the moment and the nearer midnight (`walk_from` to `walk_to`) is looked at one by one, and added or, where that
-- midnight is the `later` one, taken back.
CREATE FUNCTION past_frame(at timestamptz, now timestamptz)
RETURNS TABLE (zone text, day date, later boolean, first_day date, sign int, walk_from timestamptz, walk_to timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE midnight timestamptz; next_midnight timestamptz;
BEGIN
    zone := city_zone();
    day := (at AT TIME ZONE zone)::date;
    midnight := day::timestamp AT TIME ZONE zone;
    next_midnight := (day + 1)::timestamp AT TIME ZONE zone;
    later := least(next_midnight, now) - at < at - midnight;
    first_day := CASE WHEN later THEN day + 1 ELSE day END;
    sign := CASE WHEN later THEN -1 ELSE 1 END;
    walk_from := CASE WHEN later THEN at + interval '1 microsecond' ELSE midnight END;
    walk_to := CASE WHEN later THEN next_midnight ELSE at + interval '1 microsecond' END;
    RETURN NEXT;
END $$;
