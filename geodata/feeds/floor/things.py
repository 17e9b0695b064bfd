"""Registries: things that go by a code and stand in an area. What comes again changes what is new of it, and no more."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Written
from geodata.feeds.floor.refusal import Refusal, stop

NEAR_KM = 2
"""How far from the area that its row names a thing may stand: outlines of villages are rough."""
_AREAS = text("SELECT code, id FROM area WHERE code = ANY (CAST(:codes AS text[]))")
_FAR = text(
    """SELECT r.nth
       FROM unnest(CAST(:areas AS int[]), CAST(:lons AS float8[]), CAST(:lats AS float8[]))
            WITH ORDINALITY AS r(area, lon, lat, nth)
       JOIN area a ON a.id = r.area
       CROSS JOIN LATERAL (SELECT ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326) AS point) p
       WHERE a.place IS NOT NULL AND NOT (a.place && p.point AND ST_Covers(a.place, p.point))
         AND NOT ST_DWithin(CAST(a.place AS geography), CAST(p.point AS geography), :near_m)
       ORDER BY r.nth"""
)


class InArea(Protocol):
    """A row that names its area."""

    @property
    def area(self) -> str:
        """Return the area's code."""


class Thing(InArea, Protocol):
    """What a row of any registry says."""

    @property
    def code(self) -> str:
        """Return the row's own code."""


@dataclass(frozen=True, slots=True)
class Register:
    """One registry: its table, the columns that its rows set (with their types), and those that only new things are given."""

    table: str
    columns: Mapping[str, str]
    first: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    placed: bool = True
    """Whether its things have a place of their own: rows with `lon` and `lat`."""

    @property
    def adding(self) -> TextClause:
        """Return the statement that adds what nobody sees by its code, and leaves alone what somebody else has."""
        own = [*self.columns, *self.first]
        names, values = [*own, "area_id", "path"], [*(f"r.{name}" for name in own), "a.id", "a.path"]
        if self.placed:
            names, values = [*names, "place"], [*values, _POINT]
        return text(
            f"INSERT INTO {self.table} (code, {', '.join(names)}) SELECT r.code, {', '.join(values)} "  # noqa: S608 -- our own names
            f"FROM {self._rows(own)} JOIN area a ON a.id = r.area "
            f"WHERE NOT EXISTS (SELECT FROM {self.table} t WHERE t.code = r.code) "
            "ORDER BY r.code ON CONFLICT (code) DO NOTHING RETURNING code"
        )

    @property
    def holding(self) -> TextClause:
        """Return the query that reads and locks things by their codes."""
        return text(
            f"SELECT code, id FROM {self.table} WHERE code = ANY (CAST(:code AS text[])) "  # noqa: S608 -- our own names
            "ORDER BY code FOR NO KEY UPDATE"
        )

    @property
    def changing(self) -> TextClause:
        """Return the statement that changes what is not as its row says."""
        sets = [f"{name} = r.{name}" for name in self.columns] + ["area_id = a.id", "path = a.path"]
        held, told = [*(f"t.{name}" for name in self.columns), "t.area_id"], [f"r.{name}" for name in self.columns]
        told.append("r.area")
        if self.placed:
            sets.append(f"place = {_POINT}")
            held, told = [*held, "ST_X(t.place)", "ST_Y(t.place)"], [*told, "r.lon", "r.lat"]
        return text(
            f"UPDATE {self.table} t SET {', '.join(sets)} FROM {self._rows(list(self.columns))} "  # noqa: S608 -- our own names
            f"JOIN area a ON a.id = r.area WHERE t.code = r.code "
            f"AND ({', '.join(held)}) IS DISTINCT FROM ({', '.join(told)}) RETURNING t.code"
        )

    def _rows(self, own: list[str]) -> str:
        types = {"code": "text", **self.columns, **self.first, "area": "int", "lon": "float8", "lat": "float8"}
        names = ["code", *own, "area", *(("lon", "lat") if self.placed else ())]
        arrays = ", ".join(f"CAST(:{name} AS {types[name]}[])" for name in names)
        return f"unnest({arrays}) AS r({', '.join(names)})"


_POINT = "ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326)"


class Put(NamedTuple):
    """What became of the things of a delivery, by their codes."""

    added: set[str]
    changed: set[str]
    ids: dict[str, int]
    """Of all that the sender sees; a code that is not in it is somebody else's."""


async def keep(connection: AsyncConnection, register: Register, rows: Sequence[Any]) -> Written:
    """Put the things of a delivery into their registry.

    Raises Refused: an area that is not the sender's, a place far from it, a code twice or of another area's thing.
    """
    areas = await areas_of(connection, rows)
    if register.placed:
        await demand_near(connection, rows, areas)
    _demand_once(rows)
    put_ = await put(connection, register, rows, areas)
    demand_own(rows, put_.ids)
    news = len(put_.added) + len(put_.changed)
    return Written(news, len(rows) - news)


async def areas_of(connection: AsyncConnection, rows: Sequence[InArea]) -> list[int]:
    """Return the id of each row's area. Raises Refused where one is not known here."""
    found = await known_areas(connection, rows)
    return [found[row.area] for row in rows]


async def known_areas(connection: AsyncConnection, rows: Sequence[InArea]) -> dict[str, int]:
    """Return the id of each area that rows name. Raises Refused where one is not known here."""
    found = {row.code: row.id for row in await connection.execute(_AREAS, {"codes": sorted({r.area for r in rows})})}
    stop([Refusal(number, "area", "unknown_area") for number, row in enumerate(rows, 1) if row.area not in found])
    return found


async def demand_near(
    connection: AsyncConnection, rows: Sequence[Any], areas: Sequence[int], *, column: str = "lon"
) -> None:
    """Raise Refused where a place lies farther than NEAR_KM from its area; an area without a polygon holds any place."""
    placed = [
        (number, row, area)
        for number, (row, area) in enumerate(zip(rows, areas, strict=True), 1)
        if row.lon is not None
    ]
    asked = {
        "areas": [area for _, _, area in placed],
        "lons": [float(row.lon) for _, row, _ in placed],
        "lats": [float(row.lat) for _, row, _ in placed],
    }
    far = await connection.scalars(_FAR, asked | {"near_m": NEAR_KM * 1000})
    stop([Refusal(placed[nth - 1][0], column, "far_from_area", {"km": NEAR_KM}) for nth in far])


def _demand_once(rows: Sequence[Any]) -> None:
    """Refuse a code that stands for two different things; the same row twice is a repetition."""
    first, refusals = dict[str, tuple[int, Any]](), list[Refusal]()
    for number, row in enumerate(rows, 1):
        before, same = first.setdefault(row.code, (number, row))
        if row != same:
            refusals.append(Refusal(number, "code", "code_twice", {"first": before}))
    stop(refusals)


async def put(connection: AsyncConnection, register: Register, rows: Iterable[Any], areas: Sequence[int]) -> Put:
    """Add and change things by their codes; `areas` are the ids of their areas. Of equal codes the first row counts."""
    kept = {row.code: (row, area) for row, area in reversed(list(zip(rows, areas, strict=True)))}
    columns: dict[str, Any] = {"code": sorted(kept), "area": [kept[code][1] for code in sorted(kept)]}
    for name in (*register.columns, *register.first, *(("lon", "lat") if register.placed else ())):
        columns[name] = [getattr(kept[code][0], name) for code in columns["code"]]
    added = set(await connection.scalars(register.adding, columns))
    ids = {row.code: row.id for row in await connection.execute(register.holding, {"code": columns["code"]})}
    # Insert-only columns are not part of this statement; the driver takes no bind that is not named.
    changeable = {name: column for name, column in columns.items() if name not in register.first}
    return Put(added, set(await connection.scalars(register.changing, changeable)), ids)


def demand_own(rows: Sequence[Thing], seen: Container[str]) -> None:
    """Raise Refused where a code is none of those that the sender sees: somebody else's thing holds it."""
    stop([Refusal(number, "code", "code_taken") for number, row in enumerate(rows, 1) if row.code not in seen])
