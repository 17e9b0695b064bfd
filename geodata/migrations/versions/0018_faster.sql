-- Rules of hours that say the same as before for fewer looks: a post that tells every minute has its hour changed every few
-- seconds. The zone is read and the next due moment worked out once an hour of the clock, not once a post.

-- Room in every page for a post's next report, so that no index is touched.
ALTER TABLE checkpoint SET (fillfactor = 70);

CREATE OR REPLACE FUNCTION note_reports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    WITH told AS MATERIALIZED (
        SELECT c.id, c.staffed_from, c.staffed_to, r.hour, r.reported_at
        FROM (SELECT checkpoint_id, max(hour) AS hour, max(reported_at) AS reported_at FROM new_rows GROUP BY 1) r
        JOIN checkpoint c ON c.id = r.checkpoint_id
    ), due AS MATERIALIZED (
        SELECT staffed_from, staffed_to, hour, next_report_by(staffed_from, staffed_to, hour) AS due
        FROM (SELECT DISTINCT staffed_from, staffed_to, hour FROM told) d
    )
    UPDATE checkpoint c SET reported_at = greatest(c.reported_at, t.reported_at), expected_by = greatest(c.expected_by, d.due)
    FROM (SELECT * FROM told ORDER BY id) t JOIN due d USING (staffed_from, staffed_to, hour)
    WHERE c.id = t.id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_hours_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM tally_passages(array_agg((area_id, local_day(hour), p, h, q, t, s, r)::passages_change)) FROM
        (SELECT area_id, hour, sum(n * passed)::int p, sum(n * home_quarantine)::int h,
                sum(n * central_quarantine)::int q, sum(n * turned_back)::int t, sum(n * seconds)::int s,
                max(reported_at) r
         FROM (SELECT 1 AS n, * FROM new_rows UNION ALL SELECT -1, * FROM old_rows) both_sides GROUP BY 1, 2) d;
    RETURN NULL;
END $$;

-- No report speaks for more than 26 hours, so what is older than that need not be looked at.
CREATE OR REPLACE FUNCTION keep_silences_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE doors int[]; moments timestamptz[];
BEGIN
    WITH moved AS MATERIALIZED (
        SELECT c.id, c.staffed_from, c.staffed_to, least(o.reported_at, n.reported_at) AS since,
               greatest(o.reported_at, n.reported_at) AS until, before.hour, before.reported_at
        FROM old_rows o JOIN new_rows n USING (checkpoint_id, hour) JOIN checkpoint c ON c.id = n.checkpoint_id
        LEFT JOIN LATERAL (SELECT b.hour, b.reported_at FROM checkpoint_hour b
                           WHERE b.checkpoint_id = c.id AND b.hour < n.hour AND b.hour > n.hour - interval '27 hours'
                           ORDER BY b.hour DESC LIMIT 1) before ON true
        WHERE o.reported_at <> n.reported_at
    ), due AS MATERIALIZED (
        SELECT staffed_from, staffed_to, hour, next_report_by(staffed_from, staffed_to, hour) AS due
        FROM (SELECT DISTINCT staffed_from, staffed_to, hour FROM moved WHERE hour IS NOT NULL) d
    )
    SELECT array_agg(id), array_agg(since) INTO doors, moments FROM (
        SELECT m.id, min(m.since) AS since FROM moved m LEFT JOIN due d USING (staffed_from, staffed_to, hour)
        WHERE NOT coalesce(m.reported_at <= m.since AND d.due >= m.until, false) GROUP BY m.id) t;
    IF doors IS NOT NULL THEN PERFORM lay_silences(doors, moments); END IF;
    RETURN NULL;
END $$;
