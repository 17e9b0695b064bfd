"""The area tree as a reader sees it: one area's card, its children, the way down to it, where the reader begins."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.errors import UnknownArea

SQL = Path(__file__).parent / "sql"
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


class AreaName(NamedTuple):
    """One area in a list."""

    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class AreaCard:
    """One area: where it lies, who leads it, what is above and below. `bbox` is none where nothing has a polygon.

    Leader and telephone are none for readers who may not see homes. `trail` begins at the topmost area the reader sees.
    """

    code: str
    name: str
    level: str
    parent: str | None
    bbox: Box | None
    leader: str | None
    telephone: str | None
    children: tuple[AreaName, ...]
    trail: tuple[AreaName, ...]


@cache
def statement(name: str) -> TextClause:
    """Return one of the queries of `geodata/sql`, laid out to be read there."""
    return text((SQL / f"{name}.sql").read_text(encoding="utf-8"))


@cache
def together(*names: str) -> TextClause:
    """Return queries that each give one row as one query, of one row: no two may name a column alike."""
    return text("SELECT * FROM " + ", ".join(f"({statement(name).text}) AS {name}" for name in names))  # noqa: S608 - files of ours


async def area(connection: AsyncConnection, code: str) -> AreaCard:
    """Return one area's card, by its code or a code it once had. Raises UnknownArea."""
    row = (await connection.execute(statement("area"), {"code": code})).one_or_none()
    if row is None:
        raise UnknownArea(code=code)
    return AreaCard(
        code=row.code,
        name=row.name,
        level=row.level,
        parent=row.parent,
        bbox=None if row.west is None else (row.west, row.south, row.east, row.north),
        leader=row.leader,
        telephone=row.telephone,
        children=tuple(AreaName(*child) for child in row.children or ()),
        trail=tuple(AreaName(*step) for step in row.trail or ()),
    )


async def current_code(connection: AsyncConnection, code: str) -> str:
    """Return the code that an area bears today, given that or an older one. Raises UnknownArea."""
    found = await connection.scalar(statement("current_code"), {"code": code})
    if found is None:
        raise UnknownArea(code=code)
    return str(found)


async def roots(connection: AsyncConnection) -> tuple[AreaName, ...]:
    """Return the topmost areas that the reader sees, in the order of their codes."""
    return tuple(AreaName(*row) for row in await connection.execute(statement("roots")))
