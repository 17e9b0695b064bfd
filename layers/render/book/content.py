"""What a map book says of each grid: its plan, its faces, its doors with their terms, read within the maker's own scope."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import shapely
from geoalchemy2.shape import to_shape
from pyproj import Transformer
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata import areas, faces, packs
from geodata.errors import BadScheme, WanggeError
from geodata.installation import Installation
from geodata.model import Area, Level, SchemeState
from geodata.schemes import drawn_states
from layers.declaration import View
from layers.registry import all_layers
from layers.render import face_sheet

PLAN_ZOOM = 16
PLAN_LAYERS = ("closures", "gates")
"""What the plan of the compound shows besides buildings, in drawing order."""
MOST_GRIDS = 40
"""Grids that are bound at once while somebody waits for the answer."""
_TO_METRES = Transformer.from_crs(4326, 3857, always_xy=True).transform


class NotABookArea(WanggeError):
    """A book is made of a village or of one grid."""

    key = "book.not_a_village"


class NoGrids(WanggeError):
    """A village that has no grids, so that nobody answers for a part of it."""

    key = "book.no_grids"


class TooManyGrids(WanggeError):
    """More grids than are bound while somebody waits."""

    key = "book.too_many_grids"


@dataclass(frozen=True, slots=True)
class Door:
    """One household as the tick list shows it: where it is, its state, when it is due. Nobody's name is kept anywhere."""

    id: int
    building: int
    estate: str
    """The compound, or the street: what the address says before the building's own name."""
    place: str
    """The building, or the house."""
    unit: int
    floor: int
    room: str
    house: bool
    state: str
    since: datetime
    due_on: date | None
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Building:
    """One building on the plan; geometry in EPSG:3857; `state` is the most severe one behind its doors, none without."""

    name: str
    estate: str
    geometry: BaseGeometry
    house: bool
    state: str | None


@dataclass(frozen=True, slots=True)
class Fixture:
    """A gate or a closure on the plan; geometry in EPSG:3857."""

    layer: str
    value: str
    label: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Leaf:
    """One grid of a book."""

    code: str
    name: str
    leader: str
    telephone: str
    outline: BaseGeometry | None
    data_time: datetime | None
    buildings: tuple[Building, ...]
    fixtures: tuple[Fixture, ...]
    around: tuple[tuple[str, BaseGeometry], ...]
    """Names and outlines of neighbouring grids that the maker may see."""
    faces: tuple[dict[str, Any], ...]
    """As `face_sheet.sheet` describes them, each with its `title`, its `estate` and how many `doors` it has."""
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is printed; equal books are equal bytes. Times carry the city's offset."""

    name: str
    """The village, or the grid itself."""
    trail: str
    """City, county and township above it."""
    leaves: tuple[Leaf, ...]
    states: tuple[SchemeState, ...]
    made_by: str
    made_at: datetime
    base_url: str
    language: str
    demo: bool


async def read(
    connection: AsyncConnection,
    code: str,
    *,
    here: Installation,
    now: datetime,
    made_by: str,
    base_url: str,
    language: str = "zh",
    most: int | None = MOST_GRIDS,
) -> Book:
    """Return the book of a village or a grid as the connection's scope shows it; `now` in the city's zone.

    `most` is none for however many grids there are.
    Raises UnknownArea, NotABookArea, NoGrids, TooManyGrids.
    """
    card = await areas.area(connection, code)
    if card.level not in (Level.VILLAGE, Level.GRID):
        raise NotABookArea(name=card.name)
    codes = [card.code] if card.level == Level.GRID else [c.code for c in card.children if c.level == Level.GRID]
    if not codes:
        raise NoGrids(name=card.name)
    if most is not None and len(codes) > most:
        raise TooManyGrids(name=card.name, count=len(codes), most=most)
    states: tuple[SchemeState, ...] = ()
    with suppress(BadScheme):
        states = await drawn_states(connection, here.city_code, now.date())
    leaves = [await _leaf(connection, one, states, now, language) for one in codes]
    above = [step.name for step in card.trail if step.code != card.code]
    return Book(
        name=card.name,
        trail=" · ".join(above),
        leaves=tuple(leaves),
        states=states,
        made_by=made_by,
        made_at=now,
        base_url=base_url.rstrip("/"),
        language=language,
        demo=here.demo,
    )


async def _leaf(
    connection: AsyncConnection, code: str, states: Sequence[SchemeState], now: datetime, language: str
) -> Leaf:
    found = await packs.pack(connection, code, now=now, scheme=states)
    grid = found["grid"]
    outline = None if grid["outline"] is None else _metres(grid["outline"])
    return Leaf(
        code=code,
        name=grid["name"],
        leader=grid["leader"] or "",
        telephone=grid["telephone"] or "",
        outline=outline,
        data_time=found["data_time"],
        buildings=tuple(_buildings(found, states)),
        fixtures=() if outline is None else await _fixtures(connection, grid["bbox"], now),
        around=() if outline is None else await _around(connection, code, grid["bbox"], now),
        faces=await _faces(connection, code, states, now, language),
        doors=tuple(_doors(found, now.date())),
    )


def _metres(outline: dict[str, Any]) -> BaseGeometry:
    """Return a GeoJSON geometry in EPSG:3857."""
    found: BaseGeometry = shapely.transform(shape(outline), _TO_METRES, interleaved=False)
    return found


def _buildings(found: dict[str, Any], states: Sequence[SchemeState]) -> Iterator[Building]:
    rank = {state.code: state.severity for state in states}
    worst: dict[int, str] = {}
    for door in found["households"]:
        own, held = door["building_id"], door["state"]
        # What an older scheme calls otherwise comes first: it must be looked at.
        worst[own] = min(worst.get(own, held), held, key=lambda code: (rank.get(code, 0), code))
    for row in found["buildings"]:
        house = row["kind"] == faces.HOUSE
        yield Building(row["name"], _estate(row), _metres(row["outline"]), house, worst.get(row["id"]))


def _estate(row: Any) -> str:
    """Return the address without the building's own name: the same for all blocks of a compound, all houses of a street."""
    address, name = str(row["address"]), str(row["name"])
    return address.removesuffix(name).strip() if address != name else ""


def _doors(found: dict[str, Any], today: date) -> Iterator[Door]:
    """Yield the doors of a grid, building after building, floor by floor."""
    known = {row["id"]: row for row in found["buildings"]}
    for row in found["households"]:
        building = known[row["building_id"]]
        house = building["kind"] == faces.HOUSE
        left = None if row["due_on"] is None else (row["due_on"] - today).days
        own = {name: row[name] for name in ("id", "unit", "floor", "room", "state", "since", "due_on")}
        about = {"building": building["id"], "estate": _estate(building), "place": building["name"]}
        yield Door(**about, house=house, days_left=left, **own)


async def _faces(
    connection: AsyncConnection, code: str, states: Sequence[SchemeState], now: datetime, language: str
) -> tuple[dict[str, Any], ...]:
    drawn = []
    for listed in await faces.faces_of(connection, code):
        found = await faces.face(connection, listed["id"], now=now)
        sheet = face_sheet.sheet(found, states, language)
        street = found["street"] is not None
        about = {"title": face_sheet.title(found), "estate": "" if street else _estate(found)}
        drawn.append({**sheet, **about, "doors": len(face_sheet.doors_of(found))})
    return tuple(drawn)


def _view(box: Sequence[float], now: datetime) -> View:
    margin = max(box[2] - box[0], box[3] - box[1]) * 0.2
    west, south, east, north = box
    wider = (west - margin, south - margin, east + margin, north + margin)
    return View.of(now, now.date(), zoom=PLAN_ZOOM, box=wider)


async def _fixtures(connection: AsyncConnection, box: Sequence[float], now: datetime) -> tuple[Fixture, ...]:
    """Return closures and gates in and around a grid, by the statements of the live map's own layers."""
    found = []
    for layer_id in PLAN_LAYERS:
        layer = all_layers()[layer_id]
        rows = (await connection.execute(layer.statement(_view(box, now)))).mappings().all()
        for row in sorted(rows, key=lambda row: int(row["id"])):
            label = str(row[layer.label] or "") if layer.label else ""
            found.append(Fixture(layer_id, str(row[layer.value]), label, to_shape(row["geom"])))
    return tuple(found)


async def _around(
    connection: AsyncConnection, code: str, box: Sequence[float], now: datetime
) -> tuple[tuple[str, BaseGeometry], ...]:
    near = select(Area.name, Area.mercator.label("geom")).where(
        _view(box, now).covers(Area.mercator), Area.level == Level.GRID, Area.code != code
    )
    rows = (await connection.execute(near.order_by(Area.code))).all()
    return tuple((str(row.name), shapely.force_2d(to_shape(row.geom))) for row in rows)
