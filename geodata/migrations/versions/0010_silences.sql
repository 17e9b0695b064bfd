-- When posts were silent, kept as they report, so that a past moment costs no look at posts.
-- A report for an hour speaks for its post from its arrival until the next one is due; a post is silent wherever no report
-- speaks for it, from its first report on. What lies after `checkpoint.expected_by` is not in here: `grid_expected` and
-- `area_expected` know it. `began < moment AND moment <= ended`; a row ends at the city's midnight, so that a moment
-- concerns the rows of one day alone. `posts` is -1 where `expected_by` speaks of a time before the first report came.

CREATE FUNCTION lay_silences(doors int[], moments timestamptz[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM silence s USING unnest(doors, moments) AS t(post, since)
        WHERE s.checkpoint_id = t.post AND s.ended >= t.since;
    WITH touched AS MATERIALIZED (
        SELECT c.id, c.staffed_from, c.staffed_to, c.expected_by, t.since,
               -- No report speaks for more than 26 hours: the one before these speaks for nothing later than they do.
               coalesce((SELECT max(hour) FROM checkpoint_hour h WHERE h.checkpoint_id = c.id
                         AND h.hour < t.since - interval '26 hours' AND h.reported_at <= t.since), '-infinity') AS first_hour
        FROM unnest(doors, moments) AS t(post, since) JOIN checkpoint c ON c.id = t.post
    ), told AS MATERIALIZED (
        SELECT t.id, t.staffed_from, t.staffed_to, h.hour, h.reported_at
        FROM touched t JOIN checkpoint_hour h ON h.checkpoint_id = t.id AND h.hour >= t.first_hour
    ), due AS MATERIALIZED (
        SELECT staffed_from, staffed_to, hour, next_report_by(staffed_from, staffed_to, hour) AS due
        FROM (SELECT DISTINCT staffed_from, staffed_to, hour FROM told) d
    ), known AS MATERIALIZED (
        SELECT id, reported_at AS since, due AS until FROM told JOIN due USING (staffed_from, staffed_to, hour)
    ), ends AS MATERIALIZED (
        SELECT t.id, k.first, greatest(t.expected_by, k.last) AS last
        FROM touched t JOIN (SELECT id, min(since) AS first, max(until) AS last FROM known GROUP BY id) k USING (id)
    ), steps AS (
        SELECT id, since, until FROM known WHERE since <= until
        UNION ALL
        SELECT id, first - interval '1 microsecond', first - interval '1 microsecond' FROM ends
        UNION ALL
        SELECT id, last + interval '1 microsecond', NULL FROM ends
    ), gaps AS (
        SELECT id, max(until) OVER (PARTITION BY id ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                   AS began, since - interval '1 microsecond' AS ended, 1 AS posts FROM steps
        UNION ALL
        SELECT id, last, first - interval '1 microsecond', -1 FROM ends
    )
    INSERT INTO silence (checkpoint_id, began, ended, posts, area_id, path)
        SELECT c.id, p.began, p.ended, g.posts, c.area_id, c.path
        FROM gaps g JOIN touched t USING (id) JOIN checkpoint c ON c.id = g.id
        CROSS JOIN LATERAL by_day(g.began, g.ended) p
        WHERE g.ended > g.began AND p.ended >= t.since;
END $$;

-- A stretch of time cut at the city's midnights.
CREATE FUNCTION by_day(first timestamptz, last timestamptz) RETURNS TABLE (began timestamptz, ended timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE zone text := city_zone();
BEGIN
    RETURN QUERY
        SELECT greatest(first, d.day AT TIME ZONE zone), least(last, (d.day + interval '1 day') AT TIME ZONE zone)
        FROM generate_series((first AT TIME ZONE zone)::date::timestamp, last AT TIME ZONE zone, interval '1 day') AS d(day)
        WHERE greatest(first, d.day AT TIME ZONE zone) < least(last, (d.day + interval '1 day') AT TIME ZONE zone);
END $$;

-- These triggers come before those named note_reports, which move `expected_by` on.
-- Nearly every report is the next one of its post: whatever lies between the moment it was due and its arrival was silence.
CREATE FUNCTION keep_silences_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE doors int[]; moments timestamptz[];
BEGIN
    WITH reported AS MATERIALIZED (
        SELECT r.*, c.staffed_from, c.staffed_to, c.expected_by, c.reported_at, c.area_id, c.path
        FROM (SELECT checkpoint_id AS id, min(hour) AS hour, min(new_rows.reported_at) AS since, count(*) AS n
              FROM new_rows GROUP BY 1) r JOIN checkpoint c USING (id)
    ), due AS MATERIALIZED (
        SELECT staffed_from, staffed_to, hour, next_report_by(staffed_from, staffed_to, hour) AS due
        FROM (SELECT DISTINCT staffed_from, staffed_to, hour FROM reported WHERE n = 1) d
    ), each AS MATERIALIZED (
        SELECT r.*, d.due, coalesce(r.n = 1 AND r.since >= coalesce(r.reported_at, '-infinity')
                   AND CASE WHEN r.expected_by IS NULL THEN r.reported_at IS NULL AND r.since <= d.due
                            ELSE r.reported_at IS NOT NULL AND d.due > r.expected_by END, false) AS next
        FROM reported r LEFT JOIN due d USING (staffed_from, staffed_to, hour)
    ), put AS (
        INSERT INTO silence (checkpoint_id, began, ended, posts, area_id, path)
            SELECT e.id, p.began, p.ended, 1, e.area_id, e.path FROM each e
            CROSS JOIN LATERAL by_day(e.expected_by, least(e.since - interval '1 microsecond', e.due)) p
            WHERE e.next AND e.since > e.expected_by
        -- A delivery that also reported an earlier hour again has laid it already.
        ON CONFLICT DO NOTHING
    )
    SELECT array_agg(id), array_agg(since) INTO doors, moments FROM each WHERE NOT next;
    IF doors IS NOT NULL THEN PERFORM lay_silences(doors, moments); END IF;
    RETURN NULL;
END $$;

-- An hour reported again arrives later than before; most often the hour before it speaks for its post meanwhile.
CREATE FUNCTION keep_silences_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE doors int[]; moments timestamptz[];
BEGIN
    SELECT array_agg(id), array_agg(since) INTO doors, moments FROM (
        SELECT c.id, min(least(o.reported_at, n.reported_at)) AS since
        FROM old_rows o JOIN new_rows n USING (checkpoint_id, hour) JOIN checkpoint c ON c.id = n.checkpoint_id
        LEFT JOIN LATERAL (SELECT b.hour, b.reported_at FROM checkpoint_hour b
                           WHERE b.checkpoint_id = c.id AND b.hour < n.hour ORDER BY b.hour DESC LIMIT 1) before ON true
        WHERE o.reported_at <> n.reported_at
          AND NOT coalesce(before.reported_at <= least(o.reported_at, n.reported_at) AND
                           next_report_by(c.staffed_from, c.staffed_to, before.hour)
                               >= greatest(o.reported_at, n.reported_at), false)
        GROUP BY c.id) t;
    IF doors IS NOT NULL THEN PERFORM lay_silences(doors, moments); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION keep_silences_delete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE doors int[]; moments timestamptz[];
BEGIN
    SELECT array_agg(checkpoint_id), array_agg(since) INTO doors, moments
        FROM (SELECT checkpoint_id, min(reported_at) AS since FROM old_rows GROUP BY 1) t;
    IF doors IS NOT NULL THEN PERFORM lay_silences(doors, moments); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_silences_insert AFTER INSERT ON checkpoint_hour REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_silences_insert();
CREATE TRIGGER keep_silences_update AFTER UPDATE ON checkpoint_hour REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_silences_update();
CREATE TRIGGER keep_silences_delete AFTER DELETE ON checkpoint_hour REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_silences_delete();

SELECT lay_silences(array_agg(id), array_agg('-infinity'::timestamptz)) FROM checkpoint WHERE reported_at IS NOT NULL;
