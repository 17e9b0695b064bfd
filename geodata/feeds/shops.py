"""The registry of approved shops: supermarkets, markets, pharmacies. Whether they are open today is `shop_prices`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.columns import Line, Telephone, Title
from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Latitude, Longitude
from geodata.feeds.floor.things import Register, keep

_REGISTER = Register("shop", {"name": "text", "kind": "text", "address": "text", "telephone": "text", "hours": "text"})


class Shop(Row):
    """One shop in which people may buy what they need."""

    code: Code
    area: Code
    name: Title
    kind: Literal["supermarket", "market", "pharmacy", "other"]
    lon: Longitude
    lat: Latitude
    address: Line = ""
    telephone: Telephone = ""
    """Of the house, never of a person."""
    hours: Line = ""
    """When it is open, as people write it."""


async def write(connection: AsyncConnection, rows: Sequence[Shop], _sender: str) -> Written:
    """Put shops into the registry. Raises Refused, see `keep`."""
    return await keep(connection, _REGISTER, rows)


FEED = Feed(
    kind="shops",
    title=Words("超市、商场名录", "Registry of approved shops"),
    row=Shop,
    key=("code",),
    privacy=Privacy.PUBLIC,
    late_after=timedelta(days=30),
    write=write,
    example={
        "code": "411202-S09",
        "area": "411202001001001",
        "name": "万家超市黄河路店",
        "kind": "supermarket",
        "lon": 111.2,
        "lat": 34.78,
        "address": "黄河路 30 号",
        "telephone": "0398-5550030",
        "hours": "08:00–20:00",
    },
    paper=Paper(
        names={
            "code": ("门店编号", "商户编号", "编号"),
            "area": ("区域代码", "网格代码", "网格编号", "所属网格", "所属村"),
            "name": ("门店名称", "商户名称", "超市名称", "名称"),
            "kind": ("类型", "类别", "业态"),
            "address": ("地址", "详细地址"),
            "telephone": ("电话", "联系电话", "门店电话"),
            "hours": ("营业时间",),
        },
        words={
            "kind": {
                "supermarket": ("超市", "商超"),
                "market": ("市场", "农贸市场", "菜市场"),
                "pharmacy": ("药店", "药房"),
                "other": ("其他门店", "其他", "其它"),
            },
        },
        place="point",
        area="area",
    ),
)
