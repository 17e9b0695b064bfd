"""Venues and how many are inside."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.test_delivery import KNOWN, NEW, refusals
from tests.places import CITY, EAST, GRIDS, WEST

HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)


def venue(code: str = "V1", hours: int = 0, **more: Any) -> dict[str, Any]:
    row = {"code": code, "area": GRIDS[EAST][0], "title": "商场", "kind": "mall", "lon": 111.0045, "lat": 34.0045}
    return row | {"capacity": 100, "reported_at": HOUR - timedelta(days=2) + timedelta(hours=hours)} | more


def count(headcount: int = 50, minute: int = 0, code: str = "V1") -> dict[str, Any]:
    return {"venue": code, "at": HOUR + timedelta(minutes=minute), "headcount": headcount}


async def test_the_newest_word_of_a_venue_counts(city: Database, east: Scope) -> None:
    assert await deliver(city, east, "venues", venue(hours=5, capacity=80), "t") == NEW
    assert await deliver(city, east, "venues", [venue(), venue(hours=5, capacity=80)], "t") == Delivered(0, 2)
    assert one(city, "SELECT capacity FROM venue") == 80
    assert await deliver(city, east, "venues", venue(hours=6, title="大商场"), "t") == NEW
    assert one(city, "SELECT name || capacity FROM venue") == "大商场100"


async def test_a_venue_that_does_not_fit_is_refused(city: Database, east: Scope, scope: Callable[..., Scope]) -> None:
    assert await refusals(city, east, "venues", venue(area=GRIDS[WEST][0])) == [(1, "area", "unknown_area")]
    assert await refusals(city, east, "venues", venue(lat=35.0)) == [(1, "lon", "far_from_area")]
    assert await refusals(city, east, "venues", venue(capacity=0)) == [(1, "capacity", "too_small")]
    assert await refusals(city, east, "venues", venue(title="找13912345678")) == [(1, "title", "personal")]
    await deliver(city, scope(WEST), "venues", venue(area=GRIDS[WEST][0], lon=111.0245), "t")
    assert await refusals(city, east, "venues", venue(hours=9)) == [(1, "code", "code_taken")]
    moved = venue(hours=9, area=GRIDS[EAST][0])
    assert await refusals(city, scope(CITY), "venues", moved) == [(1, "area", "other_area")]
    assert one(city, "SELECT kind FROM venue") == "mall"


async def test_the_last_count_of_every_hour_is_kept(city: Database, east: Scope) -> None:
    await deliver(city, east, "venues", venue(), "t")
    rows = [count(40, 10), count(55, 50), count(60, 70)]
    assert await deliver(city, east, "venue_counts", rows, "t") == Delivered(2, 1)
    assert await deliver(city, east, "venue_counts", rows, "t") == Delivered(0, 3)
    assert await deliver(city, east, "venue_counts", count(99, 20), "t") == KNOWN
    assert await deliver(city, east, "venue_counts", count(58, 55), "t") == NEW
    with city.owner() as connection:
        kept = connection.execute(text("SELECT hour, headcount FROM venue_hour ORDER BY hour")).all()
    assert [tuple(row) for row in kept] == [(HOUR, 58), (HOUR + timedelta(hours=1), 60)]


async def test_a_count_of_a_foreign_venue_is_refused(city: Database, scope: Callable[..., Scope]) -> None:
    await deliver(city, scope(WEST), "venues", venue(area=GRIDS[WEST][0], lon=111.0245), "t")
    await deliver(city, scope(WEST), "venue_counts", count(), "t")
    assert await refusals(city, scope(EAST), "venue_counts", count()) == [(1, "venue", "unknown_venue")]
    assert await refusals(city, scope(WEST), "venue_counts", count(-1)) == [(1, "headcount", "too_small")]
    for code, seen in ((EAST, 0), (WEST, 1)):
        async with city.scoped(scope(code)) as connection:
            assert await connection.scalar(text("SELECT count(*) FROM venue")) == seen
            assert await connection.scalar(text("SELECT count(*) FROM venue_hour")) == seen
