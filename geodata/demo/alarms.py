"""Alerts of the demo city: the shipped rules, some fevers that people reported, and what the rules make of the city."""

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from geodata.alerts import rules
from geodata.alerts.judging import judge_here
from geodata.demo.rules.states import Clock

_FEVERS = text(
    """
    INSERT INTO fever_report (code, status, at, reported_at, area_id, path)
    SELECT 'F' || a.code, CASE WHEN chance % 5 = 0 THEN 'followed_up' ELSE 'open' END, r.at,
           least(r.at + make_interval(mins => 2 + chance % 50), to_timestamp(:now)), a.id, a.path
    FROM (SELECT *, ('x' || left(md5(code || 'fever'), 7))::bit(28)::int AS chance FROM area WHERE level = 'grid') a
    CROSS JOIN LATERAL (SELECT to_timestamp(:now) - make_interval(mins => 3 + chance % (60 * 60)) AS at) r
    WHERE chance % 97 = 5
    """
)
_BEFORE = text(
    """
    WITH earlier AS (
        UPDATE alert a SET fired_at = greatest(a.began_at, a.fired_at - interval '3 days') + make_interval(mins => r.minutes)
        FROM alert_rule r WHERE r.id = a.rule_id AND a.gone_at IS NULL
          AND a.began_at + make_interval(mins => r.minutes) < a.fired_at
        RETURNING a.id, a.fired_at)
    UPDATE alert_event e SET at = f.fired_at FROM earlier f WHERE e.alert_id = f.id AND e.what = 'fired'
    """
)


def insert(connection: Connection, at: Clock) -> None:
    """Bring in rules and fevers, and fire what is already so, at the moment at which the rules would have fired it."""
    rules.ensure(connection)
    connection.execute(_FEVERS, {"now": at.now})
    judge_here(connection, datetime.fromtimestamp(at.now, UTC))
    connection.execute(_BEFORE)
