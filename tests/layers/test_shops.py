from datetime import timedelta
from typing import Any

import pytest

from geodata.database import Database
from geodata.model import Role
from tests.layers.looking import NOW, rows, run, scope, view
from tests.layers.test_areas import TODAY
from tests.places import EAST, GRIDS

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def city(tiny_city: Database) -> Database:
    for table in ("shop_price", "shop_day", "shop"):
        run(tiny_city, f"DELETE FROM {table}")
    return tiny_city


def shop(city: Database, days: dict[Any, bool], *, minutes: int = 5, grid: str = GRIDS[EAST][0]) -> int:
    """Insert a shop with what it said of some days, today's so many minutes ago; return its id."""
    number = run(
        city,
        "INSERT INTO shop (code, name, kind, address, telephone, hours, area_id, place) SELECT 'S' || code, '超市', "
        "'market', '', '', '', id, ST_PointOnSurface(place) FROM area WHERE code = :grid RETURNING id",
        grid=grid,
    )
    for day, is_open in days.items():
        run(
            city,
            "INSERT INTO shop_day (shop_id, day, is_open, reported_at, area_id) "
            "SELECT id, :day, :is_open, CAST(:at AS timestamptz), area_id FROM shop WHERE id = :id",
            id=number,
            day=day,
            is_open=is_open,
            at=NOW - timedelta(minutes=minutes) - (TODAY - day),
        )
    return int(number)


def price(city: Database, number: int, day: Any, nth: int, good: str, cost: float, unit: str = "斤") -> None:
    run(
        city,
        "INSERT INTO shop_price (shop_id, day, nth, good, unit, price, area_id) "
        "SELECT id, :day, :nth, :good, :unit, :cost, area_id FROM shop WHERE id = :id",
        id=number,
        day=day,
        nth=nth,
        good=good,
        unit=unit,
        cost=cost,
    )


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ({TODAY: True}, "open"),
        ({TODAY: False, YESTERDAY: True}, "closed"),
        ({YESTERDAY: True}, "not_reported"),
        ({}, "not_reported"),
    ],
)
def test_a_shop_is_what_it_says_of_today(city: Database, days: dict[Any, bool], state: str) -> None:
    """What it was yesterday opens nothing today."""
    shop(city, days)
    for zoom in (12, 22):
        (found,) = rows(city, "shops", view(zoom=zoom))
        assert (found.state, found.kind) == (state, "market")
        assert (found.data_time is None) == (not days)


def test_it_is_shown_as_it_was_known(city: Database) -> None:
    """A report that came later was not known; at yesterday's hour yesterday's stands."""
    shop(city, {TODAY: True, YESTERDAY: False})
    (then,) = rows(city, "shops", view(at=NOW - timedelta(minutes=6)))
    assert then.state == "not_reported"
    (before,) = rows(city, "shops", view(at=NOW - timedelta(days=1)))
    assert before.state == "closed"


def test_the_card_tells_the_first_prices_and_what_changed(city: Database) -> None:
    """In the order of the shop, six of them; in another unit nothing can be compared."""
    number = shop(city, {TODAY: True, YESTERDAY: True})
    goods = [("大米", 2.8, 2.8), ("鸡蛋", 4.6, 4.2), ("猪肉", 27.5, 28.0), ("口罩", 3.0, None)]
    for nth, (good, now, was) in enumerate(goods):
        price(city, number, TODAY, nth, good, now)
        if was is not None:
            price(city, number, YESTERDAY, 9 - nth, good, was)
    price(city, number, TODAY, 4, "白菜", 1.5)
    price(city, number, YESTERDAY, 4, "白菜", 3.0, "公斤")
    for nth in range(5, 9):
        price(city, number, TODAY, nth, f"杂货{nth}", 1)
    (found,) = rows(city, "shops", view())
    assert found.prices == (
        "大米 2.80/斤 = · 鸡蛋 4.60/斤 ▲0.40 · 猪肉 27.50/斤 ▼0.50 · 口罩 3.00/斤 · 白菜 1.50/斤 · 杂货5 1.00/斤"
    )


def test_prices_of_yesterday_are_not_told_as_todays(city: Database) -> None:
    number = shop(city, {YESTERDAY: True})
    price(city, number, YESTERDAY, 0, "大米", 2.8)
    (found,) = rows(city, "shops", view())
    assert (found.state, found.prices) == ("not_reported", None)


def test_the_press_sees_shops_as_everybody_does(city: Database) -> None:
    """Nobody is counted in them."""
    shop(city, {TODAY: True})
    (found,) = rows(city, "shops", view(), scope(city, role=Role.PRESS))
    assert found.state == "open"
