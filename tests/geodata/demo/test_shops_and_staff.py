"""Shops with prices and staff at posts: plausible, the same on every machine, and taken by the door as they stand."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.demo import fill, live, load, shops
from geodata.demo.divisions import Divisions
from geodata.demo.plan import Plan
from geodata.demo.population import Size
from geodata.demo.rules.shops import TOTALS
from geodata.demo.rules.states import clock
from geodata.demo.tiling import Tiling
from tests.geodata.demo.counting import number

_MEDIANS = """SELECT good, percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS price, max(price) / min(price) AS spread
              FROM shop_price WHERE day = (SELECT max(day) FROM shop_price) GROUP BY good"""


@pytest.fixture(scope="module")
def small(divisions: Divisions, tiling: Tiling) -> Plan:
    return Plan(Size.SMALL, divisions, tiling)


def test_every_township_has_a_shop_inside_it(small: Plan) -> None:
    """And the city every kind; names and places are told apart."""
    own = small.shops
    assert len(set(own.code)) == len(set(map(tuple, own.lonlat.tolist()))) == TOTALS[small.size]
    assert len({small.above[small.sites[site].code][2] for site in own.site.tolist()}) == 81
    assert set(own.kind) == {"supermarket", "market", "pharmacy"}


def test_nearly_all_have_reported_today_and_what_they_ask_is_likely(database: Database) -> None:
    """Whatever the hour at which the city was loaded."""
    with database.owner() as city:
        newest = "FROM shop_day WHERE day = (SELECT max(day) FROM shop_day)"
        assert number(city, f"SELECT count(*) {newest}") > 85
        assert 80 < number(city, f"SELECT count(*) {newest} AND is_open") < 96
        assert number(city, "SELECT count(DISTINCT day) FROM shop_day") == shops.DAYS + 1
        prices = {row.good: row for row in city.execute(text(_MEDIANS))}
    assert {"大米", "鸡蛋", "医用口罩"} <= set(prices)
    assert 2 < prices["大米"].price < 4
    assert all(1 <= row.spread < 1.5 for row in prices.values())


def test_posts_have_staff(database: Database) -> None:
    """Nearly all whose shift has begun; a few say that nobody is there."""
    with database.owner() as city:
        assert number(city, "SELECT count(DISTINCT checkpoint_id) FROM checkpoint_staffing") > 1_900
        share = "SELECT avg((on_duty > 0)::int) FROM checkpoint_staffing"
        assert 0.9 < float(city.scalar(text(share))) < 1


async def test_what_is_said_later_goes_through_the_door(demo_city: Database) -> None:
    """The live demo goes on where the load ended, and what is filled in afterwards finds everything there."""
    city = live.begin(demo_city)
    now = datetime.now(UTC) + timedelta(minutes=9)  # as far as the door lets a sender's clock run ahead
    city.heard = int((now - timedelta(hours=26)).timestamp())
    told = live.daily(city, clock(now, city.zone))
    assert len(told["shop_prices"]) > 85
    assert len(told["staffing"]) > 1_000
    for kind in ("shop_prices", "staffing"):
        await city.tell(kind, told[kind])
    await demo_city.close()
    held = "SELECT sum(price)::float8 FROM shop_price"
    with demo_city.owner() as connection:
        before = connection.scalar(text(held))
        made = datetime.fromisoformat(fill.settings(connection)["demo_made_at"])
    load.ensure(demo_city, "small", max(made + timedelta(minutes=30), now))
    with demo_city.owner() as connection:
        assert connection.scalar(text(held)) >= before
