"""The face of a building 装户图: every door with its state, now or at any past moment; a village house with its street."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.errors import UnknownFeature

HOUSE = "house"
"""The kind of building that is shown among its neighbours and not by itself."""
LONGEST_STREET = 600
"""Houses of one street that are listed at most."""


async def face(
    connection: AsyncConnection, building_id: int, *, now: datetime, at: datetime | None = None
) -> dict[str, Any]:
    """Return a building and its doors, and of a village house the street. Raises UnknownFeature.

    `at` in the past gives every door as it was then; in the future, those of now against that day's due list.
    `street` is none for blocks of flats; `data_time` is none where nothing is known of any door.
    """
    row = None
    if 0 < building_id < 2**63:
        found = await connection.execute(statement("face"), {"id": building_id, "at": at or now})
        row = found.mappings().one_or_none()
    if row is None:
        raise UnknownFeature(layer="buildings", id=building_id)
    houses = await _houses(connection, row) if row["kind"] == HOUSE else None
    wanted = [building_id] if houses is None else [house["building_id"] for house in houses]
    doors = await _doors(connection, wanted, row, now, at)
    street = None
    if houses is not None:
        street = [house | {"doors": doors.get(house["building_id"], [])} for house in houses]
    times = [door["since"] for members in doors.values() for door in members]
    own = {name: value for name, value in row.items() if name not in ("area_id", "today")}
    return {
        **own,
        "at": at or now,
        "data_time": max(times, default=None),
        "doors": doors.get(building_id, []),
        "street": street,
    }


async def _houses(connection: AsyncConnection, row: Any) -> list[dict[str, Any]]:
    binds = {name: row[name] for name in ("id", "area_id", "address", "name")}
    found = await connection.execute(statement("face_street"), {**binds, "most": LONGEST_STREET})
    return [dict(house) for house in found.mappings()]


async def _doors(
    connection: AsyncConnection, buildings: list[int], row: Any, now: datetime, at: datetime | None
) -> dict[int, list[dict[str, Any]]]:
    """Return building -> its doors, by unit, floor and room."""
    past = at is not None and at < now
    binds = {"buildings": buildings, "past": past, "at": at or now, "today": row["today"]}
    doors: dict[int, list[dict[str, Any]]] = {}
    for door in (await connection.execute(statement("face_doors"), binds)).mappings():
        told = dict(door)
        doors.setdefault(told.pop("building_id"), []).append(told)
    return doors


async def faces_of(connection: AsyncConnection, grid_code: str) -> list[dict[str, Any]]:
    """Return what of a grid can be opened: blocks one by one, houses by street; `id` is that of the first house there."""
    found = await connection.execute(statement("face_list"), {"code": grid_code})
    return [dict(row) for row in found.mappings()]
