"""STAND-IN for helper picture's module of this name."""

from datetime import datetime

import shapely
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import current_code
from geodata.errors import BadValue
from geodata.installation import Installation
from geodata.press.figures import Vintage, measures, published
from geodata.press.order import Order
from geodata.press.sheet import Cell, Outline, Sheet

BELOW = {"city": "county", "county": "township", "township": "village"}
_AREA = text("SELECT code, name, level, ST_AsBinary(mercator) AS shape FROM area WHERE code = :code")
_PARTS = text(
    "SELECT b.code, b.name, b.level, ST_AsBinary(b.mercator) AS shape FROM area a JOIN area b ON b.path <@ a.path "
    "WHERE a.code = :code AND b.level = :level ORDER BY b.code"
)


async def gather(
    connection: AsyncConnection, order: Order, vintage: Vintage, *, installation: Installation, now: datetime
) -> Sheet:
    """Return the sheet of an order."""
    assert now.tzinfo
    if order.measure not in measures():
        raise BadValue(name="measure", value=order.measure, wanted=", ".join(measures()))
    area = (await connection.execute(_AREA, {"code": await current_code(connection, order.area)})).one()
    level = order.parts or BELOW.get(area.level)
    if level is None:
        raise BadValue(name="area", value=order.area, wanted="city, county, township")
    parts = (await connection.execute(_PARTS, {"code": area.code, "level": level})).all()
    figures = await published(connection, order.measure, vintage.at, [part.code for part in parts])

    def shape(row: object) -> shapely.Geometry | None:
        wkb = getattr(row, "shape")  # noqa: B009
        return None if wkb is None else shapely.from_wkb(bytes(wkb))

    cells = tuple(
        Cell(part.code, part.name, part.level, shape(part), figures[part.code].shown, figures[part.code].value)
        for part in parts
    )
    frame = Outline(area.code, area.name, area.level, shape(area) or shapely.union_all([c.geometry for c in cells]))
    return Sheet(
        order=order,
        area=frame,
        city=installation.city_name,
        cells=cells,
        data_time=vintage.data_time,
        vintage=vintage.at,
        zone=installation.time_zone,
        demo=installation.demo,
        spots=dict.fromkeys(order.layers, ()),
    )
