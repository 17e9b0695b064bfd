"""What shops say each day: open or not, and what a few goods cost; the newest report of a day stands for it alone."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Day, Moment, Note, fault
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.tables import newer, newest_word

MOST_GOODS = 200
PRICES_AT_ONCE = 5_000
"""Of one statement: a delivery may hold a million, and a statement has its time."""
_SHOPS = text("SELECT code, id FROM shop WHERE code = ANY (CAST(:codes AS text[]))")
_HELD = """(SELECT coalesce(jsonb_agg(jsonb_build_array(good, unit, price) ORDER BY nth), '[]') FROM shop_price p
            WHERE p.shop_id = t.shop_id AND p.day = t.day)"""
_SAID = """(SELECT CAST(g.goods AS jsonb) FROM unnest(CAST(:shop AS int[]), CAST(:day AS date[]), CAST(:goods AS text[]))
            AS g(shop, day, goods) WHERE g.shop = t.shop_id AND g.day = t.day)"""
_PUT = text(
    f"""INSERT INTO shop_day AS t (shop_id, day, is_open, reported_at, area_id, path)
       SELECT s.id, r.day, r.is_open, r.reported_at, s.area_id, s.path
       FROM unnest(CAST(:shop AS int[]), CAST(:day AS date[]), CAST(:is_open AS bool[]),
                   CAST(:reported_at AS timestamptz[])) AS r(shop, day, is_open, reported_at)
       JOIN shop s ON s.id = r.shop ORDER BY s.id, r.day
       ON CONFLICT (shop_id, day) DO UPDATE SET is_open = excluded.is_open, reported_at = excluded.reported_at
       WHERE {newer("is_open", more={_HELD: _SAID})} RETURNING shop_id, day"""  # noqa: S608 -- names of our own model
)
_FORGET = text(
    """DELETE FROM shop_price p USING unnest(CAST(:shop AS int[]), CAST(:day AS date[])) AS r(shop, day)
       WHERE p.shop_id = r.shop AND p.day = r.day"""
)
_PRICE = text(
    """INSERT INTO shop_price (shop_id, day, nth, good, unit, price, area_id, path)
       SELECT s.id, r.day, r.nth, r.good, r.unit, r.price, s.area_id, s.path
       FROM unnest(CAST(:shop AS int[]), CAST(:day AS date[]), CAST(:nth AS int[]), CAST(:good AS text[]),
                   CAST(:unit AS text[]), CAST(:price AS numeric[])) AS r(shop, day, nth, good, unit, price)
       JOIN shop s ON s.id = r.shop ORDER BY s.id, r.day, r.nth"""
)
_ON_PAPER = re.compile(r"\s*(?P<good>\S.*?)\s*[:： ]?\s*(?P<price>\d+(?:\.\d+)?)\s*元?\s*[/／每]\s*(?P<unit>\S+)\s*")


class Good(Row):
    """What one good costs, in yuan a unit."""

    good: Annotated[Note, StringConstraints(max_length=40)]
    unit: Annotated[Note, StringConstraints(max_length=20)]
    price: Annotated[float, Field(strict=True, ge=0, le=100_000, allow_inf_nan=False)]


def _from_paper(value: Any) -> Any:
    """Read `大米 3.2元/斤；鸡蛋 5元/斤`, as one cell of a table holds it."""
    if isinstance(value, list | tuple):
        return value
    if not isinstance(value, str):
        raise fault("goods")
    found = [_ON_PAPER.fullmatch(part) for part in re.split(r"[;；,，、\n]", value) if part.strip()]
    if None in found:
        raise fault("goods")
    return [{"good": one["good"], "unit": one["unit"], "price": float(one["price"])} for one in found if one]


def _each_once(goods: list[Good]) -> list[Good]:
    if len(goods) > MOST_GOODS:
        raise fault("too_many_goods")
    if len({good.good for good in goods}) != len(goods):
        raise fault("good_twice")
    return goods


class ShopDay(Row):
    """One shop on one day."""

    shop: Code
    day: Day
    open: Annotated[bool, Field(strict=True)]
    goods: Annotated[
        list[Good],
        BeforeValidator(_from_paper),
        Field(default_factory=list),
        AfterValidator(_each_once),
    ]
    """The most important ones first: cards show the first few."""
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[ShopDay], _sender: str) -> Written:
    """Put the newest report of every day in its place, its prices instead of older ones. Raises Refused: an unknown shop."""
    found = await connection.execute(_SHOPS, {"codes": sorted({row.shop for row in rows})})
    shops = {shop.code: shop.id for shop in found}
    stop([Refusal(number, "shop", "unknown_shop") for number, row in enumerate(rows, 1) if row.shop not in shops])
    kept = {(shops[row.shop], row.day): row for row in newest_word(rows, "shop", "day")}
    told = {
        "shop": [shop for shop, _ in kept],
        "day": [day for _, day in kept],
        "is_open": [row.open for row in kept.values()],
        "reported_at": [row.reported_at for row in kept.values()],
        "goods": [json.dumps([_held(good) for good in row.goods], ensure_ascii=False) for row in kept.values()],
    }
    put = [(row.shop_id, row.day) for row in await connection.execute(_PUT, told)]
    await _price(connection, [(key, kept[key].goods) for key in sorted(put)])
    return Written(len(put), len(rows) - len(put))


def _held(good: Good) -> tuple[str, str, float]:
    """Return a good as the database holds it: its price to the hundredth of a yuan."""
    return good.good, good.unit, round(good.price, 2)


async def _price(connection: AsyncConnection, days: Sequence[tuple[tuple[int, Any], Sequence[Good]]]) -> None:
    """Let these days of shops have these prices and no others."""
    if not days:
        return
    await connection.execute(_FORGET, {"shop": [shop for (shop, _), _ in days], "day": [day for (_, day), _ in days]})
    lines = [(shop, day, nth, *_held(good)) for (shop, day), goods in days for nth, good in enumerate(goods)]
    names = ("shop", "day", "nth", "good", "unit", "price")
    for first in range(0, len(lines), PRICES_AT_ONCE):
        columns = map(list, zip(*lines[first : first + PRICES_AT_ONCE], strict=True))
        await connection.execute(_PRICE, dict(zip(names, columns, strict=True)))


FEED = Feed(
    kind="shop_prices",
    title=Words("超市、商场每日营业与物价", "Opening and prices of shops by the day"),
    row=ShopDay,
    key=("shop", "day"),
    privacy=Privacy.PUBLIC,
    late_after=timedelta(hours=36),
    write=write,
    example={
        "shop": "411202-S01",
        "day": "2020-02-11",
        "open": True,
        "goods": [{"good": "大米", "unit": "斤", "price": 2.8}, {"good": "鸡蛋", "unit": "斤", "price": 4.6}],
        "reported_at": "2020-02-11T08:20:00+08:00",
    },
    paper=Paper(
        names={
            "shop": ("门店编号", "商户编号", "编号"),
            "day": ("日期", "上报日期", "填报日期"),
            "open": ("是否营业", "营业"),
            "goods": ("商品价格", "物价", "价格"),
            "reported_at": ("上报时间", "填报时间"),
        },
        words={
            "open": {
                "true": ("营业", "正常营业", "开业", "开门"),
                "false": ("停业", "歇业", "关门", "暂停营业", "未营业"),
            },
        },
    ),
)
