"""Enterprises, as they report how far work has resumed."""

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

NOON = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) - timedelta(days=3)
"""Noon in the city, three days ago."""


def firm(back: int = 10, hours: int = 0, **more: Any) -> dict[str, Any]:
    row = {
        "code": "E1",
        "area": GRIDS[EAST][0],
        "title": "轴承厂",
        "industry": "制造业",
        "lon": 111.0045,
        "lat": 34.0045,
    }
    said = {"staff": 100, "staff_back": back, "whitelisted": back > 0, "reported_at": NOON + timedelta(hours=hours)}
    return row | said | more


async def test_each_day_keeps_its_newest_report(city: Database, east: Scope) -> None:
    rows = [firm(40, 24), firm(10, 0), firm(20, 5), firm(30, 25, resumed_on="2020-02-10")]
    assert await deliver(city, east, "enterprises", rows, "t") == Delivered(2, 2)
    assert await deliver(city, east, "enterprises", rows, "t") == Delivered(0, 4)
    assert await deliver(city, east, "enterprises", firm(99, -2), "t") == KNOWN
    assert await deliver(city, east, "enterprises", firm(33, 30), "t") == NEW
    with city.owner() as connection:
        kept = connection.execute(text("SELECT staff_back, resumed_on FROM enterprise_day ORDER BY day")).all()
    assert [tuple(row) for row in kept] == [(20, None), (33, None)]


async def test_what_does_not_fit_is_refused(city: Database, east: Scope, scope: Callable[..., Scope]) -> None:
    assert await refusals(city, east, "enterprises", firm(area=GRIDS[WEST][0])) == [(1, "area", "unknown_area")]
    assert await refusals(city, east, "enterprises", firm(101)) == [(1, "staff_back", "more_than_staff")]
    assert await refusals(city, east, "enterprises", [firm(), firm(code="E2", lon=110.0)]) == [
        (2, "lon", "far_from_area")
    ]
    await deliver(city, scope(WEST), "enterprises", firm(area=GRIDS[WEST][0], lon=111.0245), "t")
    assert await refusals(city, east, "enterprises", firm(hours=9)) == [(1, "code", "code_taken")]
    assert await refusals(city, scope(CITY), "enterprises", firm(hours=9)) == [(1, "area", "other_area")]
    assert one(city, "SELECT count(*) FROM enterprise_day") == 1
    async with city.scoped(east) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM enterprise")) == 0
        assert await connection.scalar(text("SELECT count(*) FROM enterprise_day")) == 0
