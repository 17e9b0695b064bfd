"""The registry of designated hotels. How many of their rooms are taken is another feed, `occupancy`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.columns import Line, Telephone, Title
from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Latitude, Longitude
from geodata.feeds.floor.things import Register, keep

_REGISTER = Register("hotel", {"name": "text", "address": "text", "telephone": "text", "rooms": "int"})


class Hotel(Row):
    """One designated hotel."""

    code: Code
    area: Code
    name: Title
    address: Line = ""
    telephone: Telephone = ""
    """Of the house, never of a person."""
    rooms: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    lon: Longitude
    lat: Latitude


async def write(connection: AsyncConnection, rows: Sequence[Hotel], _sender: str) -> Written:
    """Put hotels into the registry. Raises Refused, see `keep`."""
    return await keep(connection, _REGISTER, rows)


FEED = Feed(
    kind="hotels",
    title=Words("定点宾馆名录", "Registry of designated hotels"),
    row=Hotel,
    key=("code",),
    privacy=Privacy.PUBLIC,
    late_after=timedelta(days=30),
    write=write,
    example={
        "code": "411202-H09",
        "area": "411202001001001",
        "name": "黄河宾馆",
        "address": "黄河路 12 号",
        "telephone": "0398-5550012",
        "rooms": 86,
        "lon": 111.2,
        "lat": 34.78,
    },
    paper=Paper(
        names={
            "code": ("宾馆编号", "酒店编号", "编号"),
            "area": ("区域代码", "网格代码", "网格编号", "所属网格", "所属村"),
            "name": ("宾馆名称", "酒店名称", "宾馆", "酒店", "名称"),
            "address": ("地址", "详细地址"),
            "telephone": ("电话", "联系电话", "前台电话", "总机"),
            "rooms": ("房间数", "客房数", "房间总数"),
        },
        place="point",
        area="area",
    ),
)
