"""Buildings with their footprints, each found again by its address in its grid; one that stands already stays as it is."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal, NamedTuple

import shapely
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Line
from geodata.feeds.floor.shapes import SHAPES, Footprint
from geodata.feeds.floor.things import areas_of, demand_near

Size = Annotated[int, Field(strict=True, ge=1, le=32_000)]
_PUT = text(
    """INSERT INTO building (area_id, kind, name, address, units, floors, rooms_per_floor, place)
       SELECT area, kind, name, address, units, floors, rooms_per_floor, ST_GeomFromWKB(place, 4326)
       FROM unnest(CAST(:area AS int[]), CAST(:kind AS text[]), CAST(:name AS text[]), CAST(:address AS text[]),
                   CAST(:units AS int[]), CAST(:floors AS int[]), CAST(:rooms_per_floor AS int[]), CAST(:place AS bytea[]))
            AS r(area, kind, name, address, units, floors, rooms_per_floor, place)
       ORDER BY area, address ON CONFLICT (area_id, address) DO NOTHING"""
)
_COLUMNS = ("kind", "name", "address", "units", "floors", "rooms_per_floor")


class Building(Row):
    """A block of flats, or a village house (a building of one); its address is what households find it by."""

    model_config = SHAPES

    area: Code
    address: Line
    name: Annotated[str, Field(max_length=200)] = ""
    kind: Literal["slab", "tower", "house"] = "slab"
    units: Size = 1
    floors: Size = 1
    rooms_per_floor: Size = 1
    place: Footprint


class _Middle(NamedTuple):
    """A point of a footprint."""

    lon: float
    lat: float

    @classmethod
    def of(cls, row: Building) -> "_Middle":
        return cls(*row.place.representative_point().coords[0])


async def write(connection: AsyncConnection, rows: Sequence[Building], _sender: str) -> Written:
    """Add the buildings that are new. Raises Refused: an unknown area, a footprint far from it."""
    areas = await areas_of(connection, rows)
    await demand_near(connection, [_Middle.of(row) for row in rows], areas, column="place")
    columns = {name: [getattr(row, name) for row in rows] for name in _COLUMNS}
    columns |= {
        "area": areas,
        "place": shapely.to_wkb([row.place for row in rows]).tolist(),
    }
    put = await connection.execute(_PUT, columns)
    return Written(put.rowcount, len(rows) - put.rowcount)


FEED = Feed(
    kind="buildings",
    title=Words("楼栋", "Buildings"),
    row=Building,
    key=("area", "address"),
    privacy=Privacy.HOUSEHOLD,
    late_after=timedelta(days=365),
    write=write,
    example={
        "area": "411202001001001",
        "address": "2号楼",
        "units": 2,
        "floors": 6,
        "rooms_per_floor": 2,
        "place": {
            "type": "Polygon",
            "coordinates": [
                [
                    [111.0041, 34.0041],
                    [111.0046, 34.0041],
                    [111.0046, 34.0043],
                    [111.0041, 34.0043],
                    [111.0041, 34.0041],
                ]
            ],
        },
    },
    paper=Paper(
        names={
            "place": ("图形", "边界", "几何"),
            "area": ("area_code", "网格编码", "网格代码", "网格", "区划代码"),
            "address": ("地址", "楼栋地址", "楼号"),
            "name": ("名称", "楼栋名称", "楼名"),
            "kind": ("类型", "楼型"),
            "units": ("单元数",),
            "floors": ("层数", "楼层数"),
            "rooms_per_floor": ("每层户数", "每层房数"),
        },
        words={
            "kind": {
                "slab": ("板楼", "板式楼"),
                "tower": ("塔楼", "点式楼", "高层"),
                "house": ("平房", "独院", "自建房", "民房"),
            },
        },
        place="polygon",
        area="area",
    ),
    foundation=True,
)
