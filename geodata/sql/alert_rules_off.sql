-- What rules that were turned off have fired is closed, and nothing waits for them.
WITH gone AS (
    UPDATE alert a SET gone_at = :now, closed_at = coalesce(a.closed_at, :now), closed_why = coalesce(a.closed_why, 'rule_off')
        FROM alert_rule r WHERE r.id = a.rule_id AND NOT r.active AND a.gone_at IS NULL
    RETURNING a.id, a.area_id, a.path
), forgotten AS (
    DELETE FROM alert_waiting w USING alert_rule r WHERE r.id = w.rule_id AND NOT r.active
), unjudged AS (
    DELETE FROM alert_judged j USING alert_rule r WHERE r.id = j.rule_id AND NOT r.active
)
INSERT INTO alert_event (alert_id, what, at, area_id, path) SELECT id, 'rule_off', :now, area_id, path FROM gone
