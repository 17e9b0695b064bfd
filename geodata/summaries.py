"""The numbers of an area, now or at a past moment, and its children ranked. What nobody reported is none, not zero."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import current_code, statement, together
from geodata.errors import BadValue
from geodata.households import household_history, household_list

__all__ = [
    "BLOCKS",
    "MEASURES",
    "checkpoints",
    "children",
    "clinics",
    "homes",
    "hotels",
    "household_history",
    "household_list",
    "patrols",
    "reports",
    "share",
    "summary",
    "walked",
    "walking_once",
]

WALKED = ("n", "begins", "state_id", "began", "area_id")
OUTCOMES = ("passed", "home_quarantine", "central_quarantine", "turned_back")
PRESENT = ("homes_now", "posts_now", "hotels", "clinics", "patrols", "cells_now", "reports")
"""The queries of a summary of now. A past or coming day is asked for so seldom that it may take one after the other."""
GROUPS = ("returned_outside", "returned_wuhan", "close_contact", "fever_unexplained")
"""The four groups that a village follows."""


async def summary(
    connection: AsyncConnection, code: str, *, now: datetime, at: datetime | None = None
) -> dict[str, Any]:
    """Return the numbers of one area, each block with the time of its newest part. Raises UnknownArea.

    `at` in the past gives the numbers as they were, exact; in the future, those of now against that day's due list.
    Roles without homes get no key about homes at all, nor about the work that is done there.
    """
    code = await current_code(connection, code)
    if at is None or at == now:
        row = (await connection.execute(together(*PRESENT), {"code": code, "at": now, "now": now})).one()
        figures = _homes(row) if row.homes else {}
        blocks = {name: SHAPED[name](row) for name in (SHAPED if figures else PLACES)}
    else:
        figures = await homes(connection, code, now=now, at=at)
        names = BLOCKS if figures else PLACES
        blocks = {name: await BLOCKS[name](connection, code, now=now, at=at) for name in names}
    times = [block["data_time"] for block in blocks.values()] + [figures.get("households_data_time")]
    newest = max((time for time in times if time is not None), default=None)
    return {"area": code, "at": at or now, "data_time": newest, **figures, **blocks}


async def homes(connection: AsyncConnection, code: str, *, now: datetime, at: datetime | None = None) -> dict[str, Any]:
    """Return the figures about homes of an area that is there; nothing for roles without homes."""
    if at is not None and at < now:
        row = await _one(connection, "homes_past", code=code, at=at, now=now, **await walked(connection, code, at, now))
    else:
        row = await _one(connection, "homes_now", code=code, at=at or now, now=now)
    return _homes(row) if row.homes else {}


_WALKS: ContextVar[dict[tuple[str, datetime], dict[str, Any]] | None] = ContextVar("wangge_walks", default=None)


@contextmanager
def walking_once() -> Iterator[None]:
    """Let everything that is read inside share what was walked for one area and moment."""
    token = _WALKS.set({})
    try:
        yield
    finally:
        _WALKS.reset(token)


async def walked(connection: AsyncConnection, code: str, at: datetime, now: datetime) -> dict[str, Any]:
    """Return what began and ended between a past moment and the nearer midnight, as the queries of the past take it."""
    kept = _WALKS.get()
    if kept is not None and (code, at) in kept:
        return kept[code, at]
    rows = (await connection.execute(statement("walked"), {"code": code, "at": at, "now": now})).all()
    columns = {f"w_{name}": [getattr(row, name) for row in rows] for name in WALKED}
    if kept is not None:
        kept[code, at] = columns
    return columns


async def checkpoints(
    connection: AsyncConnection, code: str, *, now: datetime, at: datetime | None = None
) -> dict[str, Any]:
    """Return the figures of posts of an area that is there; nobody knows more of a future moment than now."""
    past = at is not None and at < now
    return _checkpoints(await _one(connection, "posts_past" if past else "posts_now", code=code, at=_known(now, at)))


async def hotels(
    connection: AsyncConnection, code: str, *, now: datetime, at: datetime | None = None
) -> dict[str, Any]:
    """Return the figures of designated hotels of an area that is there."""
    return _hotels(await _one(connection, "hotels", code=code, at=_known(now, at)))


async def clinics(
    connection: AsyncConnection, code: str, *, now: datetime, at: datetime | None = None
) -> dict[str, Any]:
    """Return fever clinics and designated hospitals by status, of an area that is there."""
    return _clinics(await _one(connection, "clinics", code=code, at=_known(now, at)))


async def patrols(
    connection: AsyncConnection, code: str, *, now: datetime, at: datetime | None = None
) -> dict[str, Any]:
    """Return the figures of patrols, what they saw, and the cells that nobody has seen for a day, of an area that is there."""
    moment = _known(now, at)
    flown = await _one(connection, "patrols", code=code, at=moment)
    cells = await _one(connection, "cells_now" if moment == now else "cells_past", code=code, at=moment)
    return _patrols(flown, cells)


async def reports(
    connection: AsyncConnection, code: str, *, now: datetime, at: datetime | None = None
) -> dict[str, Any]:
    """Return how many villages of an area that is there have reported on the day; nothing for roles without homes."""
    row = await _one(connection, "reports", code=code, at=_known(now, at))
    return _reports(row) if row.villages_shown else {}


BLOCKS = {"checkpoints": checkpoints, "hotels": hotels, "clinics": clinics, "patrols": patrols, "reports": reports}
"""The parts of a summary beside the figures about homes."""
PLACES = ("hotels", "clinics")
"""Those of them that are about places which anybody may know; who sleeps in a hotel is not told with them."""


def _known(now: datetime, at: datetime | None) -> datetime:
    return at if at is not None and at < now else now


async def _one(connection: AsyncConnection, name: str, **binds: object) -> Row[Any]:
    return (await connection.execute(statement(name), binds)).one()


def share(part: int, whole: int) -> float | None:
    """Return a part of a whole to four places, none of nothing."""
    return round(part / whole, 4) if whole else None


def _homes(row: Row[Any]) -> dict[str, Any]:
    """Return the figures about homes; where nothing was loaded they have no time, and no look of safety."""
    states = row.states or {}
    return {
        "households": states,
        "households_data_time": row.states_at,
        "total": sum(states.values()),
        "due_today": int(row.due_today),
        "overdue": int(row.overdue),
        "new_today": int(row.new_today),
        "followed": int(row.followed),
        "surveyed": int(row.surveyed),
        "surveyed_share": share(int(row.surveyed), sum(states.values())),
    }


def _checkpoints(row: Row[Any]) -> dict[str, Any]:
    """Return posts, what passed them on the day, and what passed in the newest hour of which anything is known."""
    return {
        "total": int(row.posts),
        "staffed": int(row.staffed),
        "silent": int(row.silent),
        **_passages(row, ""),
        "hour": None
        if row.hour is None
        else {"began": row.hour, "reports": int(row.hour_reports)} | _passages(row, "hour_"),
        "data_time": row.posts_at,
    }


def _passages(row: Row[Any], which: str) -> dict[str, Any]:
    told = getattr(row, f"{which}passed") is not None
    outcomes = {name: int(getattr(row, which + name)) if told else None for name in OUTCOMES}
    passages = sum(number or 0 for number in outcomes.values())
    seconds = round(int(getattr(row, f"{which}seconds")) / passages, 1) if passages else None
    return {"passages": passages if told else None, **outcomes, "seconds_per_pass": seconds}


def _hotels(row: Row[Any]) -> dict[str, Any]:
    occupied = None if row.occupied is None else int(row.occupied)
    return {"total": row.hotels, "rooms": int(row.rooms), "occupied": occupied, "data_time": row.hotels_at}


def _clinics(row: Row[Any]) -> dict[str, Any]:
    """Return clinics by status; those whose status at the moment is not known are in the total alone."""
    known = bool(row.clinics_known)
    return {
        "total": row.clinics,
        "open": row.clinics_open if known else None,
        "full": row.clinics_full if known else None,
        "closed": row.clinics_closed if known else None,
        "data_time": row.clinics_at,
    }


def _patrols(row: Row[Any], cells: Row[Any]) -> dict[str, Any]:
    flown = row.flights_at is not None or row.events_at is not None
    times = [time for time in (row.flights_at, row.events_at, row.walks_at, cells.seen_at) if time is not None]
    return {
        "in_air": row.in_air if flown else None,
        "flights_24h": row.flights if flown else None,
        "events_24h": row.events if flown else None,
        "on_foot": row.on_foot if row.walks_at is not None else None,
        "cells": cells.cells,
        "unseen": cells.unseen if cells.cells else None,
        "data_time": max(times, default=None),
    }


def _reports(row: Row[Any]) -> dict[str, Any]:
    groups = {name: getattr(row, name) for name in GROUPS}
    missing = row.expected - row.received
    told = {"expected": row.expected, "received": row.received, "missing": missing}
    return {**told, **groups, "data_time": row.reports_at}


SHAPED: dict[str, Callable[[Row[Any]], dict[str, Any]]] = {
    "checkpoints": _checkpoints,
    "hotels": _hotels,
    "clinics": _clinics,
    "patrols": lambda row: _patrols(row, row),
    "reports": _reports,
}
"""The blocks out of one row that holds the present of all of them."""
MEASURES = {
    "overdue": "overdue",
    "due_today": "due_today",
    "followed": "followed",
    "unsurveyed": "unsurveyed",
    "total": "total",
}
"""What children can be ranked by; the measures of the area layer are named the same."""


async def children(
    connection: AsyncConnection, code: str, *, now: datetime, at: datetime | None = None, measure: str = "overdue"
) -> list[dict[str, Any]]:
    """Return the areas directly below one, worst first by `measure`. Raises UnknownArea, BadValue.

    `at` in the past gives the figures as they were; in the future, those of now against that day's due list. For readers
    without homes every figure is none, and the order is that of the codes.
    """
    if measure not in MEASURES:
        raise BadValue(name="measure", value=measure, wanted=", ".join(MEASURES))
    code = await current_code(connection, code)
    binds: dict[str, Any] = {"code": code, "at": at or now, "now": now}
    name = "children"
    if at is not None and at < now:
        name, binds = "children_past", binds | await walked(connection, code, at, now)
    rows = (await connection.execute(statement(name), binds)).mappings().all()
    posts = (await connection.execute(statement("children_posts"), {"code": code, "at": _known(now, at)})).all()
    silent = {row.code: row.silent for row in posts}
    found = [{**row, "silent": silent[row["code"]], "value": row[MEASURES[measure]]} for row in rows]
    return sorted(found, key=lambda row: (-(row["value"] or 0), row["code"]))
