"""From an order to a sheet: borders simplified to the pixel, published figures, public points; read in one's own scope.

Nothing here counts homes: figures come from the one protected table, so a picture costs the same however many there are.
"""

from datetime import datetime
from typing import Any, Protocol

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Float, Row, Select, cast, func, literal, null, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from geodata.areas import current_code
from geodata.errors import AreaWithoutBoundary, BadValue, UndrawableText, UnknownLayer
from geodata.installation import Installation
from geodata.model import Area, Level
from geodata.press.figures import measure_of, measures_here, published
from geodata.press.order import Order, size_of
from geodata.press.sheet import Cell, Outline, Sheet, Spot
from layers.declaration import Layer, Privacy, View
from layers.registry import all_layers
from layers.render.picture.fonts import folded, mended, missing, named

ORDER = list(Level)
FINEST = Level.VILLAGE
SHARE_OF_PIXEL = 0.35
"""How far a simplified border may lie from the true one, against a pixel."""
FRAME = 0.8
"""Share of the picture's longer side that the area fills at most."""
MOST_SPOTS = 2_000


class Vintage(Protocol):
    """The hour whose figures are shown, and how old they were then."""

    @property
    def at(self) -> datetime:
        """Return the hour."""

    @property
    def data_time(self) -> datetime | None:
        """Return how old the figures are."""


def offered() -> tuple[Layer, ...]:
    """Return the layers that may be drawn over a picture: public points that say what each of their values means."""
    return tuple(
        layer
        for layer in all_layers().values()
        if layer.privacy is Privacy.PUBLIC and layer.geometry == "point" and layer.marks and not layer.live
    )


async def gather(
    connection: AsyncConnection, order: Order, vintage: Vintage, *, installation: Installation, now: datetime
) -> Sheet:
    """Return everything that the picture of an order shows, as far as the reader's scope lets them see it.

    Raises UnknownArea, AreaWithoutBoundary, UnknownLayer, UndrawableText, and BadValue for a measure or parts that cannot
    be.
    """
    demand(order)
    code = await current_code(connection, order.area)
    area = await _area(connection, code, order)
    level = parts_of(order, Level(area.level))
    tolerance = _tolerance(area, order)
    known = await measures_here(connection)
    if order.measure not in known:
        raise BadValue(name="measure", value=order.measure, wanted=", ".join(known))
    cells = await _cells(connection, area, level, tolerance, order, vintage)
    city = area.code == installation.city_code
    return Sheet(
        order=order,
        area=_outline(area),
        city=mended(installation.city_name),
        measure=known[order.measure],
        cells=cells,
        data_time=vintage.data_time,
        vintage=vintage.at,
        zone=installation.time_zone,
        demo=installation.demo,
        source=mended(installation.label or installation.city_name),
        around=await _around(connection, area, level, tolerance),
        locator=() if city else await _locator(connection, installation, order),
        spots={layer.id: await _spots(connection, layer, area, vintage, installation, now) for layer in _layers(order)},
    )


def demand(order: Order) -> None:
    """Refuse what no area could make drawable: UndrawableText, UnknownLayer, BadValue."""
    for name, text in (("title", order.title), ("note", order.note), ("review_number", order.review_number)):
        faulty = missing(folded(text))
        if faulty:
            raise UndrawableText(name=name, characters=named(faulty))
    measure_of(order.measure)
    _layers(order)


def _layers(order: Order) -> list[Layer]:
    known = {layer.id: layer for layer in offered()}
    for name in order.layers:
        if name not in known:
            raise UnknownLayer(layer=name)
    return [layer for layer in known.values() if layer.id in order.layers]


def parts_of(order: Order, level: Level) -> Level:
    """Return the level of the coloured areas; a village is its own only part. Raises BadValue."""
    below = ORDER[ORDER.index(level) + 1 : ORDER.index(FINEST) + 1] or [FINEST]
    if level is Level.GRID:
        raise BadValue(name="area", value=order.area, wanted=", ".join(ORDER[: ORDER.index(FINEST) + 1]))
    if order.parts is None:
        return below[0]
    if Level(order.parts) not in below:
        raise BadValue(name="parts", value=order.parts, wanted=", ".join(below))
    return Level(order.parts)


def _simple(tolerance: ColumnElement[Any]) -> ColumnElement[bytes]:
    shape = func.ST_SimplifyPreserveTopology(Area.mercator, tolerance)
    return func.ST_AsBinary(func.ST_SnapToGrid(shape, tolerance / 10))


async def _area(connection: AsyncConnection, code: str, order: Order) -> Row[*tuple[Any, ...]]:
    """Return the area in the frame. Raises AreaWithoutBoundary."""
    longer = max(size_of(order.size))
    extent = func.greatest(
        func.ST_XMax(Area.mercator) - func.ST_XMin(Area.mercator),
        func.ST_YMax(Area.mercator) - func.ST_YMin(Area.mercator),
    )
    query = select(
        Area.id,
        Area.code,
        Area.name,
        Area.level,
        Area.parent_id,
        _simple(cast(extent / longer * SHARE_OF_PIXEL, Float)).label("shape"),
    )
    row = (await connection.execute(query.where(Area.code == code))).one()
    if row.shape is None:
        raise AreaWithoutBoundary(area=row.name)
    return row


def _tolerance(area: Row[*tuple[Any, ...]], order: Order) -> float:
    """Return Mercator metres by which a border may be off."""
    west, south, east, north = _shape(area.shape).bounds
    return float(max(east - west, north - south, 1.0) / (max(size_of(order.size)) * FRAME) * SHARE_OF_PIXEL)


async def _cells(
    connection: AsyncConnection,
    area: Row[*tuple[Any, ...]],
    level: Level,
    tolerance: float,
    order: Order,
    vintage: Vintage,
) -> tuple[Cell, ...]:
    query = _below(area.id, level, tolerance) if level != area.level else _one(area.id, tolerance)
    rows = (await connection.execute(query.order_by("code"))).all()
    figures = await published(connection, order.measure, vintage.at, [row.code for row in rows])
    found = []
    for row in rows:
        figure = figures.get(row.code)
        shown = "no_data" if figure is None else figure.shown
        value = figure.value if figure is not None and shown == "value" else None
        found.append(
            Cell(row.code, mended(row.name), row.level, _shape(row.shape) if row.shape else None, shown, value)
        )
    return tuple(found)


def _below(top: int, level: Level, tolerance: float) -> Select[*tuple[Any, ...]]:
    """Return the areas of a level below one, found by parent as `geodata.figures` does, and for the same reason."""
    start = select(literal(top).label("id")).cte("down", recursive=True)
    down = start.union_all(select(Area.id).join(start, Area.parent_id == start.c.id).where(Area.level.in_(_to(level))))
    return _columns(tolerance).join(down, down.c.id == Area.id).where(Area.level == level)


def _one(area_id: int, tolerance: float) -> Select[*tuple[Any, ...]]:
    return _columns(tolerance).where(Area.id == area_id)


def _to(level: Level) -> list[Level]:
    return ORDER[: ORDER.index(level) + 1]


def _columns(tolerance: float) -> Select[*tuple[Any, ...]]:
    return select(Area.code, Area.name, Area.level, _simple(cast(literal(tolerance), Float)).label("shape"))


async def _around(
    connection: AsyncConnection, area: Row[*tuple[Any, ...]], level: Level, tolerance: float
) -> tuple[Outline, ...]:
    """Return the neighbours of the area's own level near it, and inside it the borders above the coloured areas."""
    own = aliased(Area)
    box = select(func.ST_Expand(own.mercator, _reach(area))).where(own.id == area.id).scalar_subquery()
    near = Area.mercator.op("&&")(box)
    between = ORDER[ORDER.index(Level(area.level)) + 1 : ORDER.index(level)]
    inside = _below(area.id, between[-1], tolerance) if between else None
    beside = _columns(tolerance).where(near, Area.level == area.level, Area.id != area.id).order_by(Area.code)
    rows = list((await connection.execute(beside)).all())
    for upper in between if inside is not None else ():
        rows += (await connection.execute(_below(area.id, upper, tolerance).order_by("code"))).all()
    return tuple(_outline(row) for row in rows if row.shape)


def _reach(area: Row[*tuple[Any, ...]]) -> float:
    west, south, east, north = _shape(area.shape).bounds
    return float(max(east - west, north - south))


async def _locator(connection: AsyncConnection, installation: Installation, order: Order) -> tuple[Outline, ...]:
    """Return the city's counties as coarse as a small inset needs; none unless the reader sees more than one."""
    city = select(Area.mercator).where(Area.code == installation.city_code).scalar_subquery()
    extent = cast(func.coalesce(func.ST_XMax(city) - func.ST_XMin(city), literal(100_000.0)), Float)
    query = select(Area.code, Area.name, Area.level, _simple(extent / (max(size_of(order.size)) * 0.25)).label("shape"))
    query = query.where(Area.level == Level.COUNTY, Area.mercator.is_not(None)).order_by(Area.code)
    rows = (await connection.execute(query)).all()
    return tuple(_outline(row) for row in rows if row.shape) if len(rows) > 1 else ()


async def _spots(
    connection: AsyncConnection,
    layer: Layer,
    area: Row[*tuple[Any, ...]],
    vintage: Vintage,
    installation: Installation,
    now: datetime,
) -> tuple[Spot, ...]:
    """Return a layer's points in the frame: place, name, kind and state, and of what else it knows nothing."""
    view = View.of(now, installation.today(now), at=vintage.at)
    found = layer.statement(view).subquery("found")
    frame = select(Area.mercator).where(Area.id == area.id).scalar_subquery()
    columns = [
        (found.c[name] if name else null()).label(label)
        for label, name in (("label", layer.label), ("value", layer.value), ("sign", layer.sign))
    ]
    query = (
        select(func.ST_AsBinary(found.c.geom).label("shape"), *columns)
        .where(func.ST_Covers(frame, found.c.geom))
        .order_by(found.c.id)
        .limit(MOST_SPOTS)
    )
    rows = (await connection.execute(query)).all()
    return tuple(
        Spot(_shape(row.shape), mended(row.label or ""), str(row.value or ""), str(row.sign or "")) for row in rows
    )


def _outline(row: Row[*tuple[Any, ...]]) -> Outline:
    return Outline(row.code, mended(row.name), row.level, _shape(row.shape))


def _shape(content: bytes) -> BaseGeometry:
    return shapely.from_wkb(bytes(content))
