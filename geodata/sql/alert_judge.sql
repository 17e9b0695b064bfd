-- One rule judged: what waits, what fires, what has changed, what is gone; its journal; and how many of each.
-- Every part sees the tables as they were before. `found` is the query of the rule's kind.
WITH found AS MATERIALIZED (
{found}
), standing AS MATERIALIZED (
    SELECT id, cause FROM alert WHERE rule_id = :rule AND gone_at IS NULL
), waits AS (
    INSERT INTO alert_waiting (rule_id, cause, began_at)
        SELECT :rule, f.cause, :now FROM found f
        WHERE f.fires AND f.since IS NULL AND :minutes > 0 AND NOT EXISTS (SELECT FROM standing s WHERE s.cause = f.cause)
    ON CONFLICT DO NOTHING
), forgotten AS (
    DELETE FROM alert_waiting w WHERE w.rule_id = :rule
        AND NOT EXISTS (SELECT FROM found f WHERE f.cause = w.cause AND f.fires)
), fired AS (
    INSERT INTO alert (rule_id, cause, severity, name, facts, began_at, fired_at, place, area_id, path)
        SELECT :rule, f.cause, :severity, f.name, f.facts, b.began_at, :now, f.place, f.area_id, f.path
        FROM found f
        LEFT JOIN alert_waiting w ON w.rule_id = :rule AND w.cause = f.cause
        CROSS JOIN LATERAL (SELECT coalesce(f.since, w.began_at, :now) AS began_at) b
        WHERE f.fires AND b.began_at <= CAST(:now AS timestamptz) - make_interval(mins => :minutes)
          AND NOT EXISTS (SELECT FROM standing s WHERE s.cause = f.cause)
        ORDER BY f.area_id, f.cause
    ON CONFLICT DO NOTHING RETURNING id, area_id, path
), changed AS (
    UPDATE alert a SET facts = f.facts FROM found f
        WHERE a.rule_id = :rule AND a.cause = f.cause AND a.gone_at IS NULL AND a.closed_at IS NULL
          AND a.facts IS DISTINCT FROM f.facts
    RETURNING a.id
), gone AS (
    UPDATE alert a SET gone_at = :now, closed_at = coalesce(a.closed_at, :now), closed_why = coalesce(a.closed_why, 'gone')
        FROM standing s
        WHERE a.id = s.id AND a.gone_at IS NULL AND NOT EXISTS (SELECT FROM found f WHERE f.cause = s.cause)
    RETURNING a.id, a.area_id, a.path
), told AS (
    INSERT INTO alert_event (alert_id, what, at, area_id, path)
        SELECT id, 'fired', :now, area_id, path FROM fired
        UNION ALL
        SELECT id, 'gone', :now, area_id, path FROM gone
)
SELECT (SELECT count(*) FROM fired) AS fired, (SELECT count(*) FROM changed) AS changed,
       (SELECT count(*) FROM gone) AS gone
