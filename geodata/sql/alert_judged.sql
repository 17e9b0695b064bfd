-- The oldest look at any active rule; none where one was never judged, or there is none.
SELECT CASE WHEN count(*) = count(j.at) THEN min(j.at) END
FROM alert_rule r LEFT JOIN alert_judged j ON j.rule_id = r.id WHERE r.active
