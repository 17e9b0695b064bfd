"""What the villages of the demo city report each day: nearly all of them, each at its own hour, by rule of code and day."""

from datetime import UTC
from typing import Any

from sqlalchemy import Connection, text

from geodata.demo.rules.states import DAYS, Clock

_RULE = """
    SELECT v.id, v.path, v.code, d.day, r.reported_at, (g.a % 7) AS returned_outside, (g.b % 11 / 9) AS returned_wuhan,
           (g.c % 23 / 22) AS close_contact, (g.d % 41 / 40) AS fever_unexplained
    FROM area v CROSS JOIN generate_series(0, :days) AS n(n)
    CROSS JOIN LATERAL (SELECT (to_timestamp(:midnight) AT TIME ZONE (SELECT city_zone()))::date - n.n AS day,
                               to_timestamp(:midnight) - make_interval(hours => 24 * n.n) AS midnight) d
    CROSS JOIN LATERAL (SELECT ('x' || md5(v.code || d.day::text))::bit(64) AS bits) h
    CROSS JOIN LATERAL (SELECT (h.bits >> 48)::bigint AS a, ((h.bits << 16) >> 48)::bigint AS b,
                               ((h.bits << 32) >> 48)::bigint AS c, ((h.bits << 48) >> 48)::bigint AS d) g
    -- From half past seven for ten hours; two in a hundred say nothing that day.
    CROSS JOIN LATERAL (SELECT d.midnight + interval '450 minutes' + make_interval(mins => (g.a % 601)::int) AS reported_at) r
    WHERE v.level = 'village' AND g.b % 50 > 0 AND r.reported_at > to_timestamp(:since) AND r.reported_at <= to_timestamp(:now)
"""
_FILL = text(
    f"""INSERT INTO village_report (area_id, path, day, returned_outside, returned_wuhan, close_contact, fever_unexplained,
                                    first_reported_at, reported_at)
        SELECT id, path, day, returned_outside, returned_wuhan, close_contact, fever_unexplained, reported_at, reported_at
        FROM ({_RULE}) r ON CONFLICT DO NOTHING"""  # noqa: S608 -- our own SQL
)
_TOLD = text(f"SELECT * FROM ({_RULE}) r ORDER BY reported_at, code")  # noqa: S608 -- our own SQL
_COUNTS = ("returned_outside", "returned_wuhan", "close_contact", "fever_unexplained")


def fill(connection: Connection, since: int, at: Clock) -> None:
    """Put in what was reported after `since` (seconds since 1970) up to now, at most so many days back as homes are known."""
    connection.execute(_FILL, _binds(since, at))


def told(connection: Connection, since: int, at: Clock) -> list[dict[str, Any]]:
    """Return what the villages report after `since` up to now, as they would deliver it."""
    rows = connection.execute(_TOLD, _binds(since, at))
    return [
        {"village": row.code, "day": row.day.isoformat(), "reported_at": row.reported_at.astimezone(UTC).isoformat()}
        | {name: getattr(row, name) for name in _COUNTS}
        for row in rows
    ]


def _binds(since: int, at: Clock) -> dict[str, object]:
    return {"since": since, "now": at.now, "midnight": at.midnight, "days": DAYS}
