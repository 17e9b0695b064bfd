"""The numbers of an area, now or at a past moment, and its children ranked. What nobody reported is none, not zero."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import current_code, statement
from geodata.errors import BadValue
from geodata.households import household_history, household_list

__all__ = ["MEASURES", "children", "household_history", "household_list", "summary"]

OUTCOMES = ("passed", "home_quarantine", "central_quarantine", "turned_back")


async def summary(
    connection: AsyncConnection, code: str, *, now: datetime, at: datetime | None = None
) -> dict[str, Any]:
    """Return the numbers of one area, each block with the time of its newest part. Raises UnknownArea.

    `at` in the past gives the numbers as they were, exact; in the future, those of now against that day's due list.
    Roles without homes get no key about homes at all.
    """
    past = at is not None and at < now
    moment = at if at is not None and past else now
    found = await _one(connection, "summary_past" if past else "summary_now", code=code, at=at or now, now=now)
    if found is None:
        code = await current_code(connection, code)
        return await summary(connection, code, now=now, at=at)
    posts = await _one(connection, "posts_past", code=code, at=moment) if past else found
    care = await _one(connection, "care", code=code, at=moment)
    assert posts is not None
    assert care is not None
    blocks = {
        "checkpoints": _checkpoints(posts),
        "hotels": _hotels(care),
        "clinics": _clinics(care),
        "patrols": _patrols(care),
    }
    homes = _homes(found) if found.homes else {}
    times = [block["data_time"] for block in blocks.values()] + ([found.states_at] if homes else [])
    newest = max((time for time in times if time is not None), default=None)
    return {"area": found.code, "at": at or now, "data_time": newest, **homes, **blocks}


async def _one(connection: AsyncConnection, name: str, **binds: object) -> Row[Any] | None:
    return (await connection.execute(statement(name), binds)).one_or_none()


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
    }


def _checkpoints(row: Row[Any]) -> dict[str, Any]:
    outcomes = {name: None if row.passed is None else int(getattr(row, name)) for name in OUTCOMES}
    passages = sum(number or 0 for number in outcomes.values())
    return {
        "total": int(row.posts),
        "staffed": int(row.staffed),
        "silent": int(row.silent),
        **outcomes,
        "seconds_per_pass": round(int(row.seconds) / passages, 1) if passages else None,
        "data_time": row.posts_at,
    }


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


def _patrols(row: Row[Any]) -> dict[str, Any]:
    times = [time for time in (row.flights_at, row.events_at) if time is not None]
    return {
        "in_air": row.in_air if times else None,
        "flights_24h": row.flights if times else None,
        "events_24h": row.events if times else None,
        "data_time": max(times, default=None),
    }


MEASURES = {
    "overdue": "overdue",
    "due_today": "due_today",
    "followed": "followed",
    "unsurveyed": "unsurveyed",
    "total": "total",
}
"""What children can be ranked by; the measures of the area layer are named the same."""


async def children(
    connection: AsyncConnection, code: str, *, now: datetime, measure: str = "overdue"
) -> list[dict[str, Any]]:
    """Return the areas directly below one, worst first by `measure`. Raises UnknownArea, BadValue.

    For readers without homes every figure is none, and the order is that of the codes.
    """
    if measure not in MEASURES:
        raise BadValue(name="measure", value=measure, wanted=", ".join(MEASURES))
    code = await current_code(connection, code)
    rows = (await connection.execute(statement("children"), {"code": code, "at": now})).mappings().all()
    found = [{**row, "value": row[MEASURES[measure]]} for row in rows]
    return sorted(found, key=lambda row: (-(row["value"] or 0), row["code"]))
