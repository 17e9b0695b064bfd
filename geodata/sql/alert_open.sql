-- Open alerts below an area at a moment, by severity and by how long they have been open; and when rules were last judged.
WITH asked AS MATERIALIZED (
    SELECT path FROM area WHERE code = :code
), open AS MATERIALIZED (
    SELECT severity, CAST(:at AS timestamptz) - fired_at AS age,
           coalesce(seen_at <= :at, false) AS seen,
           CASE WHEN assigned_at > :at THEN EXISTS (
                    SELECT FROM alert_event e WHERE e.alert_id = a.id AND e.what = 'assigned' AND e.at <= :at)
                ELSE assigned_at IS NOT NULL END AS assigned
    FROM alert a
    WHERE fired_at <= :at AND (closed_at IS NULL OR closed_at > :at) AND path <@ (SELECT path FROM asked)
)
SELECT count(o.*)::int AS open,
       count(*) FILTER (WHERE severity = 'severe')::int AS severe,
       count(*) FILTER (WHERE severity = 'warning')::int AS warning,
       count(*) FILTER (WHERE severity = 'information')::int AS information,
       count(*) FILTER (WHERE age < interval '1 hour')::int AS under_1h,
       count(*) FILTER (WHERE age >= interval '1 hour' AND age < interval '6 hours')::int AS under_6h,
       count(*) FILTER (WHERE age >= interval '6 hours' AND age < interval '24 hours')::int AS under_24h,
       count(*) FILTER (WHERE age >= interval '24 hours')::int AS older,
       count(*) FILTER (WHERE NOT seen)::int AS unseen,
       count(*) FILTER (WHERE NOT assigned)::int AS unassigned,
       (SELECT CASE WHEN count(*) = count(j.at) THEN min(j.at) END
        FROM alert_rule r LEFT JOIN alert_judged j ON j.rule_id = r.id WHERE r.active) AS judged_at,
       coalesce(current_setting('app.home_paths', true), '') <> '' AS homes
FROM open o
