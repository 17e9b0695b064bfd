"""What the shops of the demo city say each day, and how many people stand at its posts: by rule of code and day.

Nearly all say something each day, each at its own hour; where a day is young, what is loaded is squeezed into what has
passed of it, so that the city is never loaded empty.
"""

from datetime import UTC
from typing import Any

from sqlalchemy import Connection, text

from geodata.demo import names
from geodata.demo.rules.states import Clock

DAYS = 6
"""For how many days back shops have told their prices."""
_CHANCE = "(('x' || left(md5({of}), 7))::bit(28)::int)"
_DAY = """CROSS JOIN LATERAL (SELECT (to_timestamp(:midnight) AT TIME ZONE (SELECT city_zone()))::date - n.n AS day,
                              to_timestamp(:midnight) - make_interval(hours => 24 * n.n) AS midnight) d"""
_SQUEEZED = """CASE WHEN :squeeze AND d.midnight + p.passed > to_timestamp(:now)
                 THEN d.midnight + (to_timestamp(:now) - d.midnight) * (1 - 0.1 * ({chance} % 10))
                 ELSE d.midnight + p.passed END"""
_SHOP_DAYS = f"""
    SELECT s.id AS shop_id, s.code, s.kind, s.area_id, s.path, d.day, h.a % 29 > 0 AS is_open, r.reported_at
    FROM shop s CROSS JOIN generate_series(0, :days) AS n(n) {_DAY}
    CROSS JOIN LATERAL (SELECT {_CHANCE.format(of="s.code || d.day::text")} AS a) h
    -- From seven for two and a half hours; four in a hundred say nothing that day.
    CROSS JOIN LATERAL (SELECT make_interval(mins => 420 + h.a % 151) AS passed) p
    CROSS JOIN LATERAL (SELECT {_SQUEEZED.format(chance="h.a")} AS reported_at) r
    WHERE h.a % 25 > 0 AND r.reported_at > to_timestamp(:since) AND r.reported_at <= to_timestamp(:now)
"""  # noqa: S608 -- our own SQL
_PRICES = f"""
    SELECT t.shop_id, t.day, g.nth, g.good, g.unit, t.area_id, t.path,
           -- Each shop has its own level, each good its own tide; what is dear moves by more.
           round((g.usual * (0.92 + 0.16 * {_CHANCE.format(of="t.code || g.good")} / 268435456.0)
                  * (1 + 0.05 * sin(t.day - date '2020-01-01' + g.nth)))::numeric, 1) AS price
    FROM ({{days}}) t JOIN unnest(CAST(:sellers AS text[]), CAST(:goods AS text[]), CAST(:units AS text[]),
                                  CAST(:usuals AS float8[]), CAST(:nths AS int[])) AS g(seller, good, unit, usual, nth)
    ON (t.kind = 'pharmacy') = (g.seller = 'medicine') WHERE t.is_open
"""  # noqa: S608 -- our own SQL
_FILL_DAYS = text(
    f"""INSERT INTO shop_day AS t (shop_id, day, is_open, reported_at, area_id, path)
        SELECT shop_id, day, is_open, reported_at, area_id, path FROM ({_SHOP_DAYS}) r ON CONFLICT DO NOTHING"""  # noqa: S608
)
_FILL_PRICES = text(
    f"""INSERT INTO shop_price (shop_id, day, nth, good, unit, price, area_id, path)
        SELECT shop_id, day, nth, good, unit, price, area_id, path FROM ({_PRICES.format(days=_SHOP_DAYS)}) r
        ON CONFLICT DO NOTHING"""  # noqa: S608
)
_TOLD_DAYS = text(f"SELECT * FROM ({_SHOP_DAYS}) r ORDER BY code")  # noqa: S608
_TOLD_PRICES = text(f"SELECT * FROM ({_PRICES.format(days=_SHOP_DAYS)}) r ORDER BY nth")  # noqa: S608
_SHIFTS = f"""
    SELECT c.id AS checkpoint_id, c.code, c.area_id, c.path, d.day, c.staffed_from, c.staffed_to, r.reported_at,
           CASE WHEN h.a % 61 = 0 THEN 0 ELSE 1 + h.a % 3 + CASE WHEN c.kind IN ('motorway_exit', 'station') THEN 5 ELSE 0 END
           END AS on_duty
    FROM checkpoint c CROSS JOIN generate_series(0, 1) AS n(n) {_DAY}
    CROSS JOIN LATERAL (SELECT {_CHANCE.format(of="c.code || d.day::text")} AS a) h
    -- Within a quarter of an hour after the shift began; three in a hundred say nothing.
    CROSS JOIN LATERAL (SELECT c.staffed_from - time '00:00' + make_interval(mins => h.a % 16) AS passed) p
    CROSS JOIN LATERAL (SELECT d.midnight + p.passed AS reported_at) r
    WHERE h.a % 37 > 0 AND r.reported_at > to_timestamp(:since) AND r.reported_at <= to_timestamp(:now)
      AND d.midnight + (c.staffed_from - time '00:00') > to_timestamp(:since) - interval '16 minutes'
"""  # noqa: S608 -- our own SQL
_FILL_SHIFTS = text(
    f"""INSERT INTO checkpoint_staffing (checkpoint_id, day, shift_from, shift_to, on_duty, reported_at, area_id, path)
        SELECT checkpoint_id, day, staffed_from, staffed_to, on_duty, reported_at, area_id, path FROM ({_SHIFTS}) r
        ON CONFLICT DO NOTHING"""  # noqa: S608
)
_TOLD_SHIFTS = text(f"SELECT * FROM ({_SHIFTS}) r ORDER BY reported_at, code LIMIT 2000")  # noqa: S608


def fill(connection: Connection, since: int, at: Clock) -> None:
    """Put in what was said after `since` (seconds since 1970) up to now: shops of the last days, posts of the last two."""
    binds = _binds(since, at) | {"squeeze": True}
    connection.execute(_FILL_DAYS, binds)
    connection.execute(_FILL_PRICES, binds | _goods())
    connection.execute(_FILL_SHIFTS, _binds(since, at, days=False))


def told(connection: Connection, since: int, at: Clock) -> list[dict[str, Any]]:
    """Return what shops say after `since` up to now, as they would deliver it."""
    binds = _binds(since, at) | {"squeeze": False}
    prices = dict[tuple[int, Any], list[dict[str, Any]]]()
    for row in connection.execute(_TOLD_PRICES, binds | _goods()):
        good = {"good": row.good, "unit": row.unit, "price": float(row.price)}
        prices.setdefault((row.shop_id, row.day), []).append(good)
    return [
        {
            "shop": row.code,
            "day": row.day.isoformat(),
            "open": row.is_open,
            "goods": prices.get((row.shop_id, row.day), []),
        }
        | {"reported_at": _moment(row)}
        for row in connection.execute(_TOLD_DAYS, binds)
    ]


def shifts(connection: Connection, since: int, at: Clock) -> list[dict[str, Any]]:
    """Return what posts say of who is on duty after `since` up to now, as they would deliver it."""
    return [
        {"checkpoint": row.code, "day": row.day.isoformat(), "on_duty": row.on_duty, "reported_at": _moment(row)}
        | {"shift_from": f"{row.staffed_from:%H:%M}", "shift_to": f"{row.staffed_to:%H:%M}"}
        for row in connection.execute(_TOLD_SHIFTS, _binds(since, at, days=False))
    ]


def _moment(row: Any) -> str:
    return str(row.reported_at.astimezone(UTC).isoformat())


def _binds(since: int, at: Clock, *, days: bool = True) -> dict[str, object]:
    binds: dict[str, object] = {"since": since, "now": at.now, "midnight": at.midnight}
    return binds | {"days": DAYS} if days else binds


def _goods() -> dict[str, list[Any]]:
    words = names.vocabulary()["shop"]
    rows = [(seller, *good, nth) for seller in ("food", "medicine") for nth, good in enumerate(words[seller])]
    return dict(zip(("sellers", "goods", "units", "usuals", "nths"), map(list, zip(*rows, strict=True)), strict=True))
