"""What shops say each day: the newest report of a day stands for it alone, its goods with it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from geodata.arrival.door import Delivered, deliver
from geodata.arrival.payload import parse
from geodata.database import Database
from geodata.feeds.floor import registry
from geodata.feeds.floor.refusal import Refused
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.registering import ABROAD, KNOWN, NEW, PLACE_ABROAD
from tests.geodata.feeds.test_delivery import refusals
from tests.places import WEST

NEEDS = (
    "INSERT INTO shop (code, name, kind, address, telephone, hours, place, area_id) "
    "SELECT '411202-S01', '超市', 'supermarket', '', '', '', ST_PointOnSurface(place), id "
    "FROM area WHERE code = '411202001001001'",
)
_SHOP = (
    "INSERT INTO shop (code, name, kind, address, telephone, hours, place, area_id) "
    "SELECT 'X1', '超市', 'market', '', '', '', ST_PointOnSurface(place), id FROM area WHERE code = '990100001001001'"
)
NOON = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
RICE, EGGS = {"good": "大米", "unit": "斤", "price": 2.8}, {"good": "鸡蛋", "unit": "斤", "price": 4.6}


def told(minute: int = 0, *goods: dict[str, Any], shop: str = "X1", **more: Any) -> dict[str, Any]:
    """Return a day of a shop as reported `minute` minutes after noon."""
    at = NOON + timedelta(minutes=minute)
    row = {
        "shop": shop,
        "day": f"{NOON:%Y-%m-%d}",
        "open": True,
        "goods": list(goods or (RICE, EGGS)),
        "reported_at": at,
    }
    return row | more


@pytest.fixture
def shop(city: Database) -> Database:
    with city.owner() as connection:
        connection.execute(text(_SHOP))
    return city


def prices(city: Database) -> list[tuple[str, str, float]]:
    with city.owner() as connection:
        rows = connection.execute(text("SELECT good, unit, price FROM shop_price ORDER BY shop_id, day, nth"))
        return [(row.good, row.unit, float(row.price)) for row in rows]


async def test_the_newest_report_of_a_day_stands_alone(shop: Database, east: Scope) -> None:
    """Sent twice, out of order, with other goods, without any, closed after all."""
    assert await deliver(shop, east, "shop_prices", told(), "tests") == NEW
    assert await deliver(shop, east, "shop_prices", told(), "tests") == KNOWN
    assert prices(shop) == [("大米", "斤", 2.8), ("鸡蛋", "斤", 4.6)]
    assert await deliver(shop, east, "shop_prices", told(-5, RICE | {"price": 9.0}), "tests") == KNOWN
    both = [told(9, EGGS | {"price": 5.126}), told(3, RICE)]
    assert await deliver(shop, east, "shop_prices", both, "tests") == Delivered(1, 1)
    assert prices(shop) == [("鸡蛋", "斤", 5.13)]
    assert await deliver(shop, east, "shop_prices", told(20, open=False, goods=[]), "tests") == NEW
    assert prices(shop) == []
    assert one(shop, "SELECT is_open FROM shop_day") is False


async def test_another_county_reaches_nothing(shop: Database, east: Scope, scope: Callable[..., Scope]) -> None:
    """Neither the shop, nor by a shop of its own what this one has said."""
    await deliver(shop, east, "shop_prices", told(), "tests")
    assert await refusals(shop, scope(WEST), "shop_prices", told(30)) == [(1, "shop", "unknown_shop")]
    example = dict(registry.get("shops").example) | {"code": "Y1", "area": ABROAD} | PLACE_ABROAD
    await deliver(shop, scope(WEST), "shops", example, "tests")
    assert await deliver(shop, scope(WEST), "shop_prices", told(30, RICE, shop="Y1"), "tests") == NEW
    assert len(prices(shop)) == 3
    with shop.owner_scoped(scope(WEST)) as connection:
        for table, seen in (("shop", 1), ("shop_day", 1), ("shop_price", 1)):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == seen
        assert connection.execute(text("DELETE FROM shop_price")).rowcount == 1
    assert one(shop, "SELECT count(*) FROM shop_price") == 2


@pytest.mark.parametrize(
    ("change", "column", "why"),
    [
        ({"open": "是"}, "open", "yes_no"),
        ({"day": "2020-2-1"}, "day", "day"),
        ({"goods": [RICE, RICE | {"price": 3.0}]}, "goods", "good_twice"),
        ({"goods": [RICE | {"price": -1.0}]}, "goods[1].price", "too_small"),
        ({"goods": [RICE, EGGS | {"price": float("nan")}]}, "goods[2].price", "number"),
        ({"goods": [RICE | {"name": "张三"}]}, "goods[1].name", "extra"),
        ({"goods": [{"good": "米", "price": 1.0}]}, "goods[1].unit", "missing"),
        ({"goods": [RICE | {"good": "米 13912345678"}]}, "goods[1].good", "personal"),
        ({"goods": "大米 便宜"}, "goods", "goods"),
        ({"goods": 3}, "goods", "goods"),
        ({"goods": [{"good": f"第{n}种", "unit": "斤", "price": 1.0} for n in range(201)]}, "goods", "too_many_goods"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(change: dict[str, Any], column: str, why: str) -> None:
    """Down to the good and its column, with both sentences."""
    with pytest.raises(Refused) as refusal:
        parse(registry.get("shop_prices"), told(**change))
    assert [(r.column, r.why) for r in refusal.value.refusals] == [(column, why)]
    assert refusal.value.rows[0]["suggestion"]


_NAMES = st.text("米面油菜肉蛋奶abc", min_size=1, max_size=6)
_GOODS = st.dictionaries(_NAMES, st.tuples(st.sampled_from("斤袋桶只"), st.integers(0, 99_999)), max_size=8)


@given(
    _GOODS,
    st.sampled_from(["；", ";", "，", "、"]),
    st.sampled_from(["{g} {p}元/{u}", "{g}{p}/{u}", "{g}：{p}元／{u} "]),
)
def test_a_cell_of_a_table_is_read_as_the_list_is(goods: dict[str, tuple[str, int]], between: str, form: str) -> None:
    """However departments write it."""
    cell = between.join(form.format(g=good, p=cents / 100, u=unit) for good, (unit, cents) in goods.items())
    (row,) = parse(registry.get("shop_prices"), told(goods=cell))
    assert [(g.good, g.unit, g.price) for g in row.goods] == [(g, u, cents / 100) for g, (u, cents) in goods.items()]


async def test_a_price_alone_corrected_at_the_same_moment_stands(shop: Database, everywhere: Scope) -> None:
    """And what comes again as it was, also with its price written otherwise, is a repetition."""
    dearer = RICE | {"price": 3.1}
    sent = [told(), told(0, dearer, EGGS), told(0, dearer, EGGS | {"price": 4.601}), told(0, EGGS, dearer)]
    done = [await deliver(shop, everywhere, "shop_prices", row, "tests") for row in sent]
    assert [(one.accepted, one.repeated) for one in done] == [(1, 0), (1, 0), (0, 1), (1, 0)]
    assert prices(shop) == [("鸡蛋", "斤", 4.6), ("大米", "斤", 3.1)]
