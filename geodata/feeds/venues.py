"""Venues where people gather, with how many may be inside at once; how many are inside comes as `venue_counts`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Latitude, Longitude, Moment, Note
from geodata.feeds.floor.reported import Reported, put
from geodata.feeds.floor.tables import newest_word
from geodata.feeds.floor.things import demand_near, known_areas

_REGISTER = Reported(
    "venue",
    {"name": "text", "kind": "text", "capacity": "int", "reported_at": "timestamptz"},
    place="ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326)",
    moves=False,
)


class Venue(Row):
    """One place where people gather."""

    code: Code
    area: Code
    """The grid, or the village where the grid is not known."""
    title: Note
    """What the venue is called."""
    kind: Literal["mall", "market", "park", "station", "library", "cinema", "other"]
    lon: Longitude
    lat: Latitude
    capacity: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    """People who may be inside at once."""
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[Venue], _sender: str) -> Written:
    """Put the newest word of every venue in.

    Raises Refused: an unknown area, a place far from it, a code held elsewhere.
    """
    areas = await known_areas(connection, rows)
    await demand_near(connection, rows, [areas[row.area] for row in rows])
    kept = newest_word(rows, "code")
    columns = {name: [getattr(row, name) for row in kept] for name in ("code", "kind", "capacity", "reported_at")}
    columns |= {"lon": [row.lon for row in kept], "lat": [row.lat for row in kept]}
    columns |= {"name": [row.title for row in kept], "area": [areas[row.area] for row in kept]}
    changed, _ = await put(connection, _REGISTER, rows, columns)
    return Written(changed, len(rows) - changed)


FEED = Feed(
    kind="venues",
    title=Words("公共场所", "Venues"),
    row=Venue,
    key=("code",),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(days=90),
    write=write,
    example={
        "code": "V411202-017",
        "area": "411202001001",
        "title": "天鹅城广场商场",
        "kind": "mall",
        "lon": 111.0045,
        "lat": 34.0045,
        "capacity": 800,
        "reported_at": "2020-02-11T09:00:00+08:00",
    },
    paper=Paper(
        names={
            "code": ("编号", "场所编号"),
            "area": ("区域代码", "所在网格代码", "网格代码"),
            "title": ("名称", "场所名称"),
            "kind": ("类型", "场所类型"),
            "capacity": ("核定人数", "最大承载量", "限流人数"),
            "reported_at": ("上报时间", "填报时间"),
        },
        words={
            "kind": {
                "mall": ("商场", "购物中心", "百货"),
                "market": ("市场", "农贸市场", "菜市场"),
                "park": ("公园", "景区", "广场"),
                "station": ("车站", "火车站", "汽车站"),
                "library": ("图书馆",),
                "cinema": ("影院", "电影院"),
                "other": ("其他", "其它"),
            },
        },
        place="point",
        area="area",
    ),
)
