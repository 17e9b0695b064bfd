"""Every number of the wall counted anew from rows, as the owner: nothing kept, no roll-up, no policy has a part in it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from tests.recounting_patrols import patrols

_BELOW = "path <@ (SELECT path FROM area WHERE code = :code)"
_HOMES = text(
    """SELECT a.code AS area, m.at, s.code, s.surveyed, s.follow_days IS NOT NULL AS followed,
              (lower(h.valid) AT TIME ZONE :zone)::date + s.follow_days AS due_on, count(*)::int AS n
       FROM household_state h JOIN scheme_state s ON s.id = h.state_id
       JOIN unnest(CAST(:ats AS timestamptz[])) AS m(at) ON h.valid @> m.at
       JOIN area a ON a.code = ANY (:codes) AND h.path <@ a.path
       GROUP BY 1, 2, 3, 4, 5, 6"""
)
_NEW = text(
    """SELECT a.code AS area, m.at, count(*)::int AS n
       FROM household_state h JOIN scheme_state s ON s.id = h.state_id AND s.follow_days IS NOT NULL
       JOIN unnest(CAST(:ats AS timestamptz[])) AS m(at)
            ON lower(h.valid) >= date_trunc('day', m.at, :zone) AND lower(h.valid) <= m.at
       JOIN area a ON a.code = ANY (:codes) AND h.path <@ a.path
       GROUP BY 1, 2"""
)
_POSTS = text(
    """SELECT a.code AS area, count(c.id) AS total,
              count(*) FILTER (
                  WHERE staffed(staffed_from, staffed_to, (CAST(:at AS timestamptz) AT TIME ZONE :zone)::time)) AS staffed,
              count(*) FILTER (WHERE next_report_by(staffed_from, staffed_to, (
                  SELECT max(hour) FROM checkpoint_hour h
                  WHERE h.checkpoint_id = c.id AND h.hour < :at AND h.reported_at <= :at)) < :at) AS silent
       FROM area a LEFT JOIN checkpoint c ON c.path <@ a.path WHERE a.code = ANY (:codes) GROUP BY 1"""
)
_HOURS = text(
    f"""SELECT hour, hour >= date_trunc('day', CAST(:at AS timestamptz), :zone) AS today,
               count(*)::int AS reports, sum(passed)::int AS passed,
               sum(home_quarantine)::int AS home_quarantine, sum(central_quarantine)::int AS central_quarantine,
               sum(turned_back)::int AS turned_back, sum(seconds)::int AS seconds
        FROM checkpoint_hour
        WHERE hour < :at AND reported_at <= :at AND hour >= CAST(:at AS timestamptz) - interval '24 hours' AND {_BELOW}
        GROUP BY 1 ORDER BY 1"""
)
_HOTELS = text(
    f"""SELECT h.rooms, (SELECT occupied FROM hotel_day d WHERE d.hotel_id = h.id AND d.day <= local_day(:at)
                         AND d.reported_at <= :at ORDER BY day DESC LIMIT 1) AS occupied FROM hotel h WHERE h.{_BELOW}"""
)
_CLINICS = text(f"SELECT status, reported_at <= :at AS known FROM clinic WHERE {_BELOW}")
_VILLAGES = text(f"SELECT count(*) FROM area WHERE level = 'village' AND {_BELOW}")
_REPORTS = text(
    f"SELECT * FROM village_report WHERE day = local_day(:at) AND first_reported_at <= :at AND {_BELOW} ORDER BY area_id"
)
_CHILDREN = text("SELECT code FROM area WHERE parent_id = (SELECT id FROM area WHERE code = :code) ORDER BY code")
_ZONE = text("SELECT city_zone()")
OUTCOMES = ("passed", "home_quarantine", "central_quarantine", "turned_back")
GROUPS = ("returned_outside", "returned_wuhan", "close_contact", "fever_unexplained")


def counted(connection: Connection, code: str, at: datetime) -> dict[str, Any]:
    """Return every number of an area at a moment by a flat key."""
    binds = _binds(connection, code, at)
    return {
        **homes(connection, code, at),
        **posts(connection, code, at),
        **_prefixed("hotels", _hotels(connection, binds)),
        **_prefixed("clinics", _clinics(connection, binds)),
        **_prefixed("patrols", patrols(connection, code, at)),
        **_prefixed("reports", _reports(connection, binds)),
    }


def homes(connection: Connection, code: str, at: datetime) -> dict[str, Any]:
    """Return the numbers of homes."""
    return homes_of(connection, [code], [at])[code, at]


def homes_of(
    connection: Connection, codes: Sequence[str], ats: Iterable[datetime]
) -> dict[tuple[str, datetime], dict[str, Any]]:
    """Return the numbers of homes of several areas at several moments, in one pass through all intervals."""
    binds = {"codes": list(codes), "ats": list(ats), "zone": connection.scalar(_ZONE)}
    rows = defaultdict[tuple[str, datetime], list[Any]](list)
    for row in _intervals(connection, binds):
        rows[row.area, row.at].append(row)
    new = {(row.area, row.at): row.n for row in connection.execute(_NEW, binds)}
    return {
        (code, at): _homes(rows[code, at], _today(at, binds["zone"])) | {"new_today": new.get((code, at), 0)}
        for code in binds["codes"]
        for at in binds["ats"]
    }


def _intervals(connection: Connection, binds: dict[str, Any]) -> Iterable[Any]:
    # The planner expects a handful of rows and would sort them; there are hundreds of thousands.
    connection.execute(text("SET LOCAL enable_sort = off"))
    return connection.execute(_HOMES, binds)


def _homes(rows: list[Any], today: date) -> dict[str, Any]:
    total = sum(row.n for row in rows)
    surveyed = sum(row.n for row in rows if row.surveyed)
    states: dict[str, int] = {}
    for row in rows:
        states[f"households.{row.code}"] = states.get(f"households.{row.code}", 0) + row.n
    return states | {
        "total": total,
        "followed": sum(row.n for row in rows if row.followed),
        "surveyed": surveyed,
        "surveyed_share": round(surveyed / total, 4) if total else None,
        "due_today": sum(row.n for row in rows if row.due_on == today),
        "overdue": sum(row.n for row in rows if row.due_on is not None and row.due_on < today),
    }


def posts(connection: Connection, code: str, at: datetime) -> dict[str, Any]:
    """Return the numbers of posts."""
    return _prefixed("checkpoints", _posts(connection, _binds(connection, code, at)))


def due(connection: Connection, code: str, at: datetime, days: int) -> dict[date, int]:
    """Return what becomes due on each day after a moment's."""
    zone = str(connection.scalar(_ZONE))
    today = _today(at, zone)
    found = {today + timedelta(days=n): 0 for n in range(1, days + 1)}
    for row in _intervals(connection, {"codes": [code], "ats": [at], "zone": zone}):
        if row.due_on in found:
            found[row.due_on] += row.n
    return found


def ends(connection: Connection, at: datetime, days: int) -> dict[date, datetime]:
    """Return the last moment of each of some days, a moment's own last, which ends at the moment."""
    zone = ZoneInfo(str(connection.scalar(_ZONE)))
    today = at.astimezone(zone).date()
    last = datetime.combine(today, time.max, zone)
    return {today - timedelta(days=n): last - timedelta(days=n) for n in range(1, days)} | {today: at}


def below(connection: Connection, code: str, at: datetime) -> dict[str, dict[str, Any]]:
    """Return the numbers of each area directly below one."""
    children = connection.scalars(_CHILDREN, {"code": code}).all()
    of_homes = homes_of(connection, children, [at])
    rows = connection.execute(_POSTS, {"codes": children, "at": at, "zone": connection.scalar(_ZONE)})
    silent = {row.area: row.silent for row in rows}
    return {child: _below(of_homes[child, at]) | {"silent": silent[child]} for child in children}


def _below(of_homes: dict[str, Any]) -> dict[str, Any]:
    wanted = {name: of_homes[name] for name in ("total", "overdue", "due_today", "followed")}
    return wanted | {"unsurveyed": of_homes["total"] - of_homes["surveyed"]}


def _binds(connection: Connection, code: str, at: datetime) -> dict[str, Any]:
    return {"code": code, "codes": [code], "at": at, "zone": connection.scalar(_ZONE)}


def _today(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _prefixed(name: str, found: dict[str, Any]) -> dict[str, Any]:
    return {f"{name}.{key}": number for key, number in found.items() if number is not None}


def _posts(connection: Connection, binds: dict[str, Any]) -> dict[str, Any]:
    posts = connection.execute(_POSTS, binds).one()
    hours = connection.execute(_HOURS, binds).all()
    found = {"total": posts.total, "staffed": posts.staffed, "silent": posts.silent}
    found |= _passages([row for row in hours if row.today])
    if hours:
        last = _passages(hours[-1:]) | {"reports": hours[-1].reports}
        found |= {f"hour.{name}": number for name, number in last.items()}
    return found


def _passages(rows: Any) -> dict[str, Any]:
    if not rows:
        return {}
    outcomes = {name: sum(getattr(row, name) for row in rows) for name in OUTCOMES}
    passages = sum(outcomes.values())
    pace = round(sum(row.seconds for row in rows) / passages, 1) if passages else None
    return {"passages": passages, **outcomes, "seconds_per_pass": pace}


def _hotels(connection: Connection, binds: dict[str, Any]) -> dict[str, Any]:
    rows = connection.execute(_HOTELS, binds).all()
    taken = [row.occupied for row in rows if row.occupied is not None]
    return {"total": len(rows), "rooms": sum(row.rooms for row in rows), "occupied": sum(taken) if taken else None}


def _clinics(connection: Connection, binds: dict[str, Any]) -> dict[str, Any]:
    rows = connection.execute(_CLINICS, binds).all()
    found: dict[str, Any] = {"total": len(rows)}
    if any(row.known for row in rows):
        found |= {s: sum(row.known and row.status == s for row in rows) for s in ("open", "full", "closed")}
    return found


def _reports(connection: Connection, binds: dict[str, Any]) -> dict[str, Any]:
    expected = connection.scalar(_VILLAGES, binds) or 0
    rows = connection.execute(_REPORTS, binds).all()
    groups = {name: sum(getattr(row, name) for row in rows) if rows else None for name in GROUPS}
    return {"expected": expected, "received": len(rows), "missing": expected - len(rows), **groups}
