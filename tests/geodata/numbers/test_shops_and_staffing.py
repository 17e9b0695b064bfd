"""The numbers of shops and of staffing, as somebody would count them by hand, now and at a past moment, each in its area."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.model import Role
from geodata.numbers import NUMBERS, Line, for_reader
from geodata.scope import Scope
from geodata.wall.declaration import Moment
from tests.layers.looking import run, scope
from tests.places import CITY, EAST, GRIDS, WEST

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = datetime.now(ZONE).date()
NOON = datetime.combine(TODAY, time(12), ZONE).astimezone(UTC)
"""Everything is asked of noon, whatever the clock of the test says."""
FIRST, SECOND = GRIDS[EAST]
FOREIGN = GRIDS[WEST][0]


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    for table in ("shop_price", "shop_day", "shop", "checkpoint_staffing"):
        run(tiny_city, f"DELETE FROM {table}")
    run(tiny_city, "UPDATE checkpoint SET staffed_from = '06:00', staffed_to = '22:00'")
    yield tiny_city
    await tiny_city.close()


async def lines(
    city: Database, name: str, code: str = CITY, *, at: datetime = NOON, eyes: Scope | None = None
) -> list[Line]:
    async with city.scoped(eyes or scope(city)) as connection:
        return await NUMBERS[name].read(connection, code, Moment(now=at))


def shop(city: Database, grid: str, code: str, *days: tuple[int, bool, dict[str, float]]) -> None:
    """Insert a shop that said at nine o'clock so many days ago whether it is open, and what its goods cost."""
    run(
        city,
        "INSERT INTO shop (code, name, kind, address, telephone, hours, area_id, place) "
        "SELECT :code, '店', 'other', '', '', '', id, ST_PointOnSurface(place) FROM area WHERE code = :grid",
        code=code,
        grid=grid,
    )
    for ago, is_open, goods in days:
        told = {"code": code, "day": TODAY - timedelta(days=ago), "at": NOON - timedelta(days=ago, hours=3)}
        run(
            city,
            "INSERT INTO shop_day (shop_id, day, is_open, reported_at, area_id) "
            "SELECT id, :day, :is_open, :at, area_id FROM shop WHERE code = :code",
            is_open=is_open,
            **told,
        )
        for nth, (good, price) in enumerate(goods.items()):
            run(
                city,
                "INSERT INTO shop_price (shop_id, day, nth, good, unit, price, area_id) "
                "SELECT id, :day, :nth, :good, '斤', :price, area_id FROM shop WHERE code = :code",
                nth=nth,
                good=good,
                price=price,
                code=code,
                day=told["day"],
            )


def told(found: list[Line]) -> list[tuple[str, Any, Any, Any]]:
    return [(line.words.zh, line.value, line.of, line.before) for line in found]


@pytest.fixture
def shops(city: Database) -> Database:
    shop(city, FIRST, "A", (0, True, {"大米": 3.0, "鸡蛋": 5.0, "白菜": 1.0}), (1, True, {"大米": 2.0}))
    shop(city, FIRST, "B", (0, True, {"大米": 4.0, "鸡蛋": 4.0, "猪肉": 28.0}), (1, False, {}))
    shop(city, SECOND, "C", (0, False, {"大米": 9.0, "白菜": 2.0}), (1, True, {"大米": 2.5, "白菜": 1.5}))
    shop(city, SECOND, "D", (1, True, {"大米": 7.0}))
    shop(city, FOREIGN, "E")
    return city


async def test_shops_are_counted_and_the_goods_of_most_have_their_medians(shops: Database) -> None:
    found = await lines(shops, "shops")
    assert told(found) == [
        ("今日营业门店", 2, 5, 3),
        ("今日已上报门店", 3, 5, 4),
        ("大米", 4.0, None, 2.5),
        ("白菜", 1.5, None, 1.5),
        ("鸡蛋", 4.5, None, None),
    ]
    assert found[2].unit.zh == "元/斤"
    assert {line.data_time for line in found} == {NOON - timedelta(hours=3)}
    assert not any(line.late for line in found)


async def test_yesterdays_report_put_right_today_is_still_yesterdays(shops: Database) -> None:
    """It was known at noon yesterday that the shop had reported; the change since then is not one of who reports."""
    then = NOON - timedelta(days=1)
    run(shops, "UPDATE shop_day SET reported_at = :at WHERE day = :day", at=NOON - timedelta(hours=1), day=then.date())
    assert [line.before for line in await lines(shops, "shops")] == [3, 4, 2.5, 1.5, None]
    past = await lines(shops, "shops", at=then)
    assert told(past)[:2] == [("今日营业门店", 3, 5, None), ("今日已上报门店", 4, 5, 0)]
    assert {line.data_time for line in past} == {then}


async def test_before_anybody_has_reported_nothing_is_said_to_be_open(shops: Database) -> None:
    """At eight in the morning; a number that nobody told is no zero."""
    found = await lines(shops, "shops", at=NOON - timedelta(hours=4))
    assert told(found) == [("今日营业门店", None, 5, None), ("今日已上报门店", 0, 5, 0)]
    assert {line.data_time for line in found} == {None}


async def test_a_county_is_told_of_its_own(shops: Database) -> None:
    """Whoever asks for more gets nothing; an area without a shop has no such number."""
    west = scope(shops, WEST)
    assert told(await lines(shops, "shops", WEST, eyes=west)) == [
        ("今日营业门店", None, 1, None),
        ("今日已上报门店", 0, 1, 0),
    ]
    assert await lines(shops, "shops", CITY, eyes=west) == []
    assert await lines(shops, "shops", GRIDS[WEST][1]) == []
    assert len(await lines(shops, "shops", eyes=scope(shops, role=Role.PRESS))) == 5


def staffed(city: Database, grid: str, begins: str, ends: str, on_duty: int, *, ago: int = 0, hours: float = 3) -> None:
    """Insert what a grid's post said of a shift, so many hours before noon."""
    run(
        city,
        "INSERT INTO checkpoint_staffing (checkpoint_id, day, shift_from, shift_to, on_duty, reported_at, area_id) "
        "SELECT id, :day, CAST(:begins AS time), CAST(:ends AS time), :on_duty, :at, area_id FROM checkpoint "
        "WHERE code = 'P' || CAST(:grid AS text)",
        day=TODAY - timedelta(days=ago),
        begins=begins,
        ends=ends,
        on_duty=on_duty,
        at=NOON - timedelta(days=ago, hours=hours),
        grid=grid,
    )


async def test_who_is_on_duty_now(city: Database) -> None:
    """Shifts that go on at noon, not the one that is over; a post that says nobody is there is not staffed."""
    staffed(city, FIRST, "06:00", "14:00", 3)
    staffed(city, FIRST, "08:00", "20:00", 2)
    staffed(city, SECOND, "06:00", "11:59", 5)
    staffed(city, SECOND, "10:00", "18:00", 0)
    staffed(city, FOREIGN, "20:00", "20:00", 4, ago=1)
    staffed(city, FIRST, "06:00", "14:00", 1, ago=1)
    staffed(city, SECOND, "22:00", "06:00", 9, ago=1)
    assert told(await lines(city, "staffing")) == [("有人在岗检测点", 2, 4, 1), ("在岗人数", 9, None, 1)]
    late = NOON - timedelta(hours=12)
    assert told(await lines(city, "staffing", at=late - timedelta(minutes=1)))[1][1] == 13
    (posts, _) = await lines(city, "staffing", EAST, eyes=scope(city, EAST))
    assert (posts.value, posts.of, posts.data_time) == (1, 2, NOON - timedelta(hours=3))


async def test_staff_is_nothing_for_the_press(city: Database) -> None:
    """Neither as a number nor as rows; where nobody has told, nothing is known."""
    press = scope(city, role=Role.PRESS)
    assert {number.id for number in for_reader(press)} & {"shops", "staffing"} == {"shops"}
    staffed(city, FIRST, "06:00", "14:00", 3)
    with city.owner_scoped(press) as connection:
        assert connection.scalar(text("SELECT count(*) FROM checkpoint_staffing")) == 0
    assert told(await lines(city, "staffing", WEST)) == [
        ("有人在岗检测点", None, 2, None),
        ("在岗人数", None, None, None),
    ]
