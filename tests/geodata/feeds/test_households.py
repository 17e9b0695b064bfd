"""Households of a register: found again by building, unit, floor and room."""

from typing import Any

import pytest

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.feeds.floor.refusal import Refused
from geodata.model import Role
from geodata.scope import Scope
from tests.geodata.counting import recount
from tests.geodata.feeds.counting import one
from tests.places import EAST, GRIDS

GRID = GRIDS[EAST][0]
NEEDS = (
    "UPDATE building SET address = '1号楼' WHERE area_id = (SELECT id FROM area WHERE code = '411202001001001')",
    "UPDATE household SET room = 'x' || id, floor = 9",
)


def assert_recounted(database: Database) -> None:
    with database.owner() as connection:
        assert recount(connection) == []


@pytest.fixture
def admin(everywhere: Scope) -> Scope:
    return Scope(Role.ADMIN, everywhere.paths)


@pytest.fixture
def address(city: Database) -> str:
    return str(one(city, f"SELECT b.address FROM building b JOIN area a ON a.id = b.area_id WHERE a.code = '{GRID}'"))


def door(address: str, room: str, **more: Any) -> dict[str, Any]:
    return {"area": GRID, "address": address, "floor": 20, "room": room, **more}


async def test_new_doors_come_in_and_known_ones_stay(city: Database, admin: Scope, address: str) -> None:
    """Beside those that are there, and into an empty table: counted alike."""
    rows = [door(address, f"20{n:02}") for n in range(1, 6)]
    assert await deliver(city, admin, "households", rows[:3], "tests") == Delivered(3, 0)
    assert await deliver(city, admin, "households", rows, "tests") == Delivered(2, 3)
    assert one(city, "SELECT count(*) FROM household_finding WHERE source = 'import'") == 5
    assert_recounted(city)


async def test_the_first_load_of_an_empty_table(city: Database, admin: Scope, address: str) -> None:
    """Its indexes rest meanwhile, and are there afterwards."""
    with city.owner() as connection:
        connection.exec_driver_sql("TRUNCATE household, grid_tally, grid_due, grid_begun CASCADE")
    before = one(city, "SELECT count(*) FROM pg_indexes WHERE tablename LIKE 'household%'")
    rows = [door(address, str(n), state="hubei", since="2026-11-20T08:00:00+08:00") for n in range(40)]
    assert await deliver(city, admin, "households", rows, "tests") == Delivered(40, 0)
    assert one(city, "SELECT count(*) FROM pg_indexes WHERE tablename LIKE 'household%'") == before
    assert one(city, "SELECT count(*) FROM household WHERE due_on = '2026-12-04'") == 40
    assert_recounted(city)


@pytest.mark.parametrize("empty", [True, False])
async def test_a_door_that_is_named_twice(city: Database, admin: Scope, address: str, empty: bool) -> None:
    """Which of the two is meant nobody can say."""
    if empty:
        with city.owner() as connection:
            connection.exec_driver_sql("TRUNCATE household, grid_tally, grid_due, grid_begun CASCADE")
    before = one(city, "SELECT count(*) FROM household")
    with pytest.raises(Refused) as refusal:
        await deliver(city, admin, "households", [door(address, "1"), door(address, "2"), door(address, "1")], "tests")
    assert [(r.row, r.why, r.facts["first"]) for r in refusal.value.refusals] == [(3, "named_twice", 1)]
    assert one(city, "SELECT count(*) FROM household") == before


async def test_what_does_not_fit(city: Database, admin: Scope, address: str) -> None:
    """Each with its column; in part the right ones come in."""
    rows = [
        door("nowhere", "1"),
        door(address, "1") | {"area": "nowhere"},
        door(address, "1", state="purple"),
        door(address, "1"),
        door(address, "2", floor=999),
    ]
    answer = await deliver(city, admin, "households", rows, "tests", partial=True)
    assert [(r.row, r.column, r.why) for r in answer.refused] == [
        (1, "address", "unknown_building"),
        (2, "area", "unknown_area"),
        (3, "state", "unknown_state"),
        (5, "floor", "too_large"),
    ]
    assert answer.accepted == 1
    assert_recounted(city)
