"""What the demo city's departments count and its citizens report, by rule of area and day: the same on every machine.

Townships report health codes and hotline cases each day; in some grids somebody announces a return or points something
out. Only the last days are kept, so that the hotline's totals stay what the sources quote, on whatever day one looks.
"""

from datetime import UTC
from typing import Any

from sqlalchemy import Connection, text

from geodata.demo.rules.states import DAYS, Clock

RECEIVED = 6_775
"""Cases that the sources quote; 98.5 of a hundred of them closed."""
_DAYS = """
    SELECT (to_timestamp(:midnight) AT TIME ZONE (SELECT city_zone()))::date - n AS day,
           to_timestamp(:midnight) - make_interval(hours => 24 * n) AS midnight
    FROM generate_series(0, :days) n
"""
_CODES = f"""
    SELECT t.id, t.path, t.code, d.day, p.registered - c.yellow - c.red AS green, c.yellow, c.red, p.registered, p.population,
           r.at AS reported_at
    FROM (SELECT a.id, a.path, a.code, sum(g.households)::int AS households
          FROM area a JOIN area v ON v.parent_id = a.id JOIN area w ON w.parent_id = v.id JOIN grid_tally g ON g.area_id = w.id
          WHERE a.level = 'township' GROUP BY a.id) t
    CROSS JOIN ({_DAYS}) d
    CROSS JOIN LATERAL (SELECT ('x' || left(md5(t.code || d.day::text || 'code'), 7))::bit(28)::int AS chance) h
    CROSS JOIN LATERAL (SELECT ('x' || left(md5(t.code), 7))::bit(28)::int AS own) o
    CROSS JOIN LATERAL (SELECT q.population, q.population * (8800 + o.own % 600) / 10000 AS registered
                        FROM (SELECT t.households * 12 / 5 AS population) q) p
    CROSS JOIN LATERAL (SELECT p.registered * (20 + o.own % 50 + h.chance % 12) / 10000 AS yellow,
                               p.registered * (1 + o.own % 7) / 10000 AS red) c
    CROSS JOIN LATERAL (SELECT d.midnight + make_interval(mins => 420 + h.chance % 180) AS at) r
    WHERE r.at > to_timestamp(:since) AND r.at <= to_timestamp(:now)
"""  # noqa: S608 -- our own SQL
_PUT_CODES = text(
    f"""
    INSERT INTO health_code_day (area_id, path, day, green, yellow, red, registered, population, first_reported_at, reported_at)
    SELECT id, path, day, green, yellow, red, registered, population, reported_at, reported_at FROM ({_CODES}) r
    ON CONFLICT DO NOTHING
    """  # noqa: S608 -- our own SQL
)
_TOLD_CODES = text(f"SELECT * FROM ({_CODES}) r ORDER BY reported_at, code")  # noqa: S608 -- our own SQL
_CALLS = f"""
    SELECT a.id, a.path, a.code, d.day, k.received, greatest(k.received - (h.chance % 1000 < 15 * k.usual)::int, 0) AS closed,
           least(d.midnight + interval '8 hours', r.at) AS first_reported_at, r.at AS reported_at
    FROM (SELECT *, count(*) OVER () AS townships FROM area WHERE level = 'township') a
    CROSS JOIN ({_DAYS}) d
    CROSS JOIN LATERAL (SELECT ('x' || left(md5(a.code || d.day::text || 'call'), 7))::bit(28)::int AS chance) h
    CROSS JOIN LATERAL (SELECT least(d.midnight + interval '1 day', to_timestamp(:now)) AS at) r
    CROSS JOIN LATERAL (SELECT :received / (a.townships * (:days + 0.5)) AS usual) u
    CROSS JOIN LATERAL (SELECT u.usual, floor(u.usual * (0.6 + (h.chance % 801) / 1000.0)
                               * extract(epoch FROM r.at - d.midnight) / 86400 + 0.5)::int AS received) k
    WHERE r.at > to_timestamp(:since) AND r.at > d.midnight
"""  # noqa: S608 -- our own SQL
_PUT_CALLS = text(
    f"""
    INSERT INTO hotline_day AS t (area_id, path, day, received, closed, first_reported_at, reported_at)
    SELECT id, path, day, received, closed, first_reported_at, reported_at FROM ({_CALLS}) r
    ON CONFLICT (area_id, day) DO UPDATE SET
        received = greatest(t.received, excluded.received), closed = greatest(t.closed, excluded.closed),
        reported_at = excluded.reported_at
    """  # noqa: S608 -- our own SQL
)
_TOLD_CALLS = text(
    f"""
    SELECT r.code, r.day, greatest(r.received, t.received) AS received, greatest(r.closed, t.closed) AS closed, r.reported_at
    FROM ({_CALLS}) r LEFT JOIN hotline_day t ON t.area_id = r.id AND t.day = r.day
    WHERE t.day IS NULL OR r.received > t.received OR r.closed > t.closed ORDER BY r.day, r.code
    """  # noqa: S608 -- our own SQL
)
_GRIDS = f"""
    FROM area a CROSS JOIN ({_DAYS}) d
    CROSS JOIN LATERAL (SELECT ('x' || left(md5(a.code || d.day::text || :salt), 7))::bit(28)::int AS chance) h
    CROSS JOIN LATERAL (SELECT d.midnight + make_interval(mins => 480 + h.chance / 64 % 720) AS at,
                               d.midnight + make_interval(mins => 600 + h.chance / 64 % 720, hours => h.chance / 7 % 60)
                                   AS answer) r
    CROSS JOIN LATERAL (SELECT CASE WHEN r.answer <= to_timestamp(:now) THEN r.answer END AS answered_at) s
    WHERE a.level = 'grid' AND h.chance % 64 = 5 AND r.at > to_timestamp(:since) AND r.at <= to_timestamp(:now)
"""
_RETURNS = text(
    f"""
    INSERT INTO return_registration (code, origin, arrives_on, status, at, answered_at, reported_at, area_id, path)
    SELECT 'R' || to_char(d.day, 'YYYYMMDD') || '-' || a.code,
           (ARRAY['420100', '420900', '421100', '440300', '330300', '310100'])[1 + h.chance / 11 % 6],
           d.day + h.chance / 13 % 3, CASE WHEN s.answered_at IS NULL THEN 'registered' WHEN h.chance % 3 = 0 THEN 'closed'
           ELSE 'met' END, r.at, s.answered_at, coalesce(s.answered_at, r.at), a.id, a.path
    {_GRIDS}
    ON CONFLICT DO NOTHING
    """
)
_TIPS = text(
    f"""
    INSERT INTO tip_off (code, kind, status, at, answered_at, reported_at, area_id, path)
    SELECT 'T' || to_char(d.day, 'YYYYMMDD') || '-' || a.code,
           (ARRAY['gathering', 'returned_unreported', 'gathering', 'price', 'other'])[1 + h.chance / 11 % 5],
           CASE WHEN s.answered_at IS NULL THEN 'open' WHEN h.chance % 3 = 0 THEN 'closed' ELSE 'followed_up' END,
           r.at, s.answered_at, coalesce(s.answered_at, r.at), a.id, a.path
    {_GRIDS}
    ON CONFLICT DO NOTHING
    """
)
_ANSWERED = (
    text(
        "UPDATE return_registration SET status = 'met', answered_at = to_timestamp(:now), reported_at = to_timestamp(:now) "
        "WHERE status = 'registered' AND at < to_timestamp(:now) - interval '60 hours'"
    ),
    text(
        "UPDATE tip_off SET status = 'followed_up', answered_at = to_timestamp(:now), reported_at = to_timestamp(:now) "
        "WHERE status = 'open' AND at < to_timestamp(:now) - interval '60 hours'"
    ),
)
_OLD = text(
    "DELETE FROM hotline_day WHERE day < (to_timestamp(:midnight) AT TIME ZONE (SELECT city_zone()))::date - :days"
)


def fill(connection: Connection, since: int, at: Clock) -> None:
    """Put in what was counted and reported after `since` (seconds since 1970) up to now; what waits too long is answered."""
    binds = _binds(since, at)
    connection.execute(_PUT_CODES, binds)
    connection.execute(_PUT_CALLS, binds | {"received": RECEIVED})
    connection.execute(_RETURNS, binds | {"salt": "return"})
    connection.execute(_TIPS, binds | {"salt": "tip"})
    for statement in _ANSWERED:
        connection.execute(statement, {"now": at.now})
    connection.execute(_OLD, {"midnight": at.midnight, "days": DAYS})


def codes(connection: Connection, since: int, at: Clock) -> list[dict[str, object]]:
    """Return the health codes that townships count after `since` (seconds since 1970) up to now, as they would deliver them."""
    rows = connection.execute(_TOLD_CODES, _binds(since, at))
    names = ("green", "yellow", "red", "registered", "population")
    return [_told(row) | {name: getattr(row, name) for name in names} for row in rows]


def calls(connection: Connection, since: int, at: Clock) -> list[dict[str, object]]:
    """Return the hotline's days of townships in which more was received or closed than is known, as they would deliver them."""
    rows = connection.execute(_TOLD_CALLS, _binds(since, at) | {"received": RECEIVED})
    return [_told(row) | {"received": row.received, "closed": row.closed} for row in rows]


def _told(row: Any) -> dict[str, object]:
    return {
        "area": row.code,
        "day": row.day.isoformat(),
        "reported_at": row.reported_at.astimezone(UTC).isoformat(),
    }


def _binds(since: int, at: Clock) -> dict[str, int]:
    return {"since": since, "now": at.now, "midnight": at.midnight, "days": DAYS}
