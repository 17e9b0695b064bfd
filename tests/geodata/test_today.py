"""A grid's day, what is nearest to it, and what becomes due."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.errors import BadValue, UnknownArea
from geodata.model import Role
from geodata.scope import Scope
from geodata.today import care, forecast, today
from tests.places import CITY, EAST, GRIDS, WEST

NOW = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai"))
GRID = GRIDS[EAST][0]


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    """The tiny city in which, in one grid, somebody is due, overdue, not asked, and new."""
    record = text(
        "SELECT record_state(h.id, CAST(:state AS smallint), :moment, 'returned', 'test', 'test') FROM household h "
        "JOIN area a ON a.id = h.area_id WHERE a.code = :grid AND h.room = :room"
    )
    noon = NOW.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=12)
    cases = (("101", 1, 13), ("102", 2, 15), ("201", 4, 3), ("202", 3, -1))
    with tiny_city.owner() as connection:
        for room, state, days in cases:
            moment = NOW if days < 0 else noon - timedelta(days=days)
            connection.execute(record, {"state": state, "moment": moment, "grid": GRID, "room": room})
    yield tiny_city
    await tiny_city.close()


def scope(database: Database, code: str) -> Scope:
    """Return the scope of somebody with one area."""
    with database.owner() as connection:
        path = connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": code})
    return Scope(Role.GRID, (str(path),))


async def test_a_day_has_four_lists(city: Database) -> None:
    """Each household where it belongs, with what a change of it must have seen; the calm ones nowhere."""
    async with city.scoped(scope(city, GRID)) as connection:
        found = await today(connection, GRID, now=NOW)
        rooms = {name: [row["room"] for row in found[name]] for name in ("due", "overdue", "unsurveyed", "new")}
        with pytest.raises(UnknownArea):
            await today(connection, GRIDS[EAST][1], now=NOW)
    assert rooms == {"due": ["101"], "overdue": ["102"], "unsurveyed": ["201"], "new": ["202"]}
    assert (found["due"][0]["days_left"], found["overdue"][0]["days_left"]) == (0, -2)
    assert found["due"][0]["entry"] is not None
    assert found["data_time"] is not None
    async with city.scoped(scope(city, CITY)) as connection:
        with pytest.raises(BadValue):
            await today(connection, EAST, now=NOW)


async def test_the_nearest_care_may_be_somebody_elses(city: Database) -> None:
    """Nearest first, across every border, and nothing of it but what hangs on its door."""
    async with city.scoped(scope(city, GRID)) as connection:
        found = await care(connection, GRID)
        assert (await connection.execute(text("SELECT count(*) FROM clinic"))).scalar() == 1
        with pytest.raises(UnknownArea):
            await care(connection, WEST)
    names = [row["name"] for row in found["clinics"]]
    assert names == [f"grid {code} 门诊" for code in (*GRIDS[EAST], GRIDS[WEST][0])]
    far = [row["distance_m"] for row in found["hotels"]]
    assert far == sorted(far)
    assert 100 < far[0] < 1000 < far[2] < 3000
    assert set(found["hotels"][0]) == {"name", "address", "telephone", "rooms", "distance_m", "lon", "lat"}


async def test_a_forecast_counts_what_the_lists_will_show(city: Database) -> None:
    """Per grid and day from today on; what is late already stands by itself; calm grids are left out."""
    async with city.scoped(scope(city, CITY)) as connection:
        found = await forecast(connection, CITY, now=NOW)
        with pytest.raises(BadValue):
            await forecast(connection, CITY, now=NOW, days=61)
    assert found["days"][0] == NOW.date()
    assert [grid["code"] for grid in found["grids"]] == [GRID]
    assert found["due"] == [1, *[0] * 13]
    assert found["overdue"] == 1
    async with city.scoped(scope(city, CITY)) as connection:
        longer = await forecast(connection, GRID, now=NOW, days=15)
    assert longer["grids"][0]["due"] == [1, *[0] * 13, 1]
