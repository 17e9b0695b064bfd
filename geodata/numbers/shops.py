"""Approved shops: how many are open and have reported today, and what the goods that most of them report cost."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.floor.declaration import Words
from geodata.feeds.shop_prices import FEED
from geodata.numbers.declaration import Line, Number
from geodata.wall.declaration import Moment
from geodata.words import LANGUAGES, say

GOODS = 3
"""How many prices are shown."""
OPEN = Words("今日营业门店", "Shops open today")
REPORTED = Words("今日已上报门店", "Shops reported today")
SHOPS = Words("家", "shops")
A_DAY = timedelta(days=1)


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return an area's lines; those of yesterday are as they were known at the same time of day."""
    now = (await connection.execute(statement("shops"), {"code": code, "at": moment.known})).one()
    if not now.shops:
        return []
    before = (await connection.execute(statement("shops"), {"code": code, "at": moment.known - A_DAY})).one()
    goods = await connection.execute(statement("shop_goods"), {"code": code, "at": moment.known, "goods": GOODS})
    return [
        _count(OPEN, now, now.open, before.open if before.reported else None, moment),
        _count(REPORTED, now, now.reported, before.reported, moment),
        *(_price(good, moment) for good in goods),
    ]


def _count(words: Words, now: Any, count: int, before: int | None, moment: Moment) -> Line:
    value = count if now.reported or words is REPORTED else None
    return Line(words, value, SHOPS, now.data_time, of=now.shops, before=before, late=_late(now.data_time, moment))


def _price(good: Any, moment: Moment) -> Line:
    name = Words(good.good, good.good)
    unit = Words(*(say("shops_number.price_of", language, unit=good.unit) for language in LANGUAGES))
    return Line(name, good.price, unit, good.data_time, before=good.before, late=_late(good.data_time, moment))


def _late(data_time: Any, moment: Moment) -> bool:
    return data_time is not None and moment.known - data_time > FEED.late_after


NUMBER = Number(
    id="shops",
    title=Words("超市、商场与物价", "Shops and prices"),
    order=60,
    tables=frozenset({"shop", "shop_day"}),
    homes=False,
    read=read,
)
