"""A building's face: every door once, at any moment, for its own readers alone; a village house with its street."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.errors import UnknownFeature
from geodata.faces import face, faces_of
from geodata.model import Role
from geodata.scope import Scope
from tests.places import BEGAN, CITY, EAST, GRIDS, WEST

OWN, NEIGHBOUR = GRIDS[EAST]


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    own = Database(tiny_city.url)
    yield own
    await own.close()


def scope(database: Database, code: str, role: Role = Role.OFFICER) -> Scope:
    with database.owner() as connection:
        path = connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": code})
    return Scope(role, (str(path),))


def run(database: Database, statement: str, **binds: Any) -> Any:
    with database.owner() as connection:
        return connection.execute(text(statement), binds).scalar()


async def seen(database: Database, building: int, code: str = CITY, **more: Any) -> dict[str, Any]:
    role = more.pop("role", Role.OFFICER)
    async with database.scoped(scope(database, code, role)) as connection:
        return await face(connection, building, now=more.pop("now", datetime.now(UTC)), **more)


def building_of(database: Database, grid: str) -> int:
    query = "SELECT b.id FROM building b JOIN area a ON a.id = b.area_id WHERE a.code = :grid"
    return int(run(database, query, grid=grid))


def houses(database: Database, grid: str, *named: tuple[str, str]) -> list[int]:
    """Build houses; each is (street, name) and has one door."""
    made = []
    for street, name in named:
        house = run(
            database,
            "INSERT INTO building (area_id, kind, name, address, units, floors, rooms_per_floor, place) "
            "SELECT id, 'house', :name, :street || :name, 1, 1, 1, ST_Expand(ST_Centroid(place), 0.0001) "
            "FROM area WHERE code = :grid RETURNING id",
            grid=grid,
            street=street,
            name=name,
        )
        run(
            database,
            "INSERT INTO household (building_id, area_id, unit, floor, room, state_id, since, place) "
            "SELECT id, area_id, 1, 1, '101', 4, :began, ST_Centroid(place) FROM building WHERE id = :house RETURNING id",
            house=house,
            began=BEGAN,
        )
        made.append(int(house))
    return made


async def test_every_door_stands_with_its_state(city: Database) -> None:
    found = await seen(city, building_of(city, OWN), OWN)
    assert (found["name"], found["area_code"], found["units"], found["floors"]) == ("1号楼", OWN, 1, 3)
    assert [door["room"] for door in found["doors"]] == ["101", "102", "201", "202", "301", "302"]
    assert {door["state"] for door in found["doors"]} == {"normal"}
    assert found["data_time"] == BEGAN
    assert found["street"] is None
    assert "path" not in found


async def test_at_a_past_moment_doors_are_as_they_were(city: Database) -> None:
    building, now = building_of(city, OWN), datetime.now(UTC)
    door = int(run(city, "SELECT min(id) FROM household WHERE building_id = :b", b=building))
    for state, days in (("wuhan", 16), ("normal", 2)):
        run(
            city,
            "SELECT record_state(:door, id, :at, 'survey', 'test', 'test') FROM scheme_state WHERE code = :state",
            door=door,
            state=state,
            at=now - timedelta(days=days),
        )
    states = {}
    for days in (21, 17, 15, 3, 1):
        found = await seen(city, building, now=now, at=now - timedelta(days=days))
        states[days] = next(((d["state"], d["days_left"]) for d in found["doors"] if d["id"] == door), None)
    assert states == {21: None, 17: ("normal", None), 15: ("wuhan", 13), 3: ("wuhan", 1), 1: ("normal", None)}
    assert (await seen(city, building, now=now, at=now - timedelta(days=21)))["data_time"] is None


async def test_a_coming_moment_counts_against_its_own_day(city: Database) -> None:
    building, now = building_of(city, OWN), datetime.now(UTC)
    run(
        city,
        "UPDATE household SET state_id = 1, due_on = local_day(:at) WHERE building_id = :b RETURNING 1",
        at=now,
        b=building,
    )
    left = [
        (await seen(city, building, now=now, at=at))["doors"][0]["days_left"] for at in (None, now + timedelta(days=2))
    ]
    assert left == [0, -2]


@pytest.mark.parametrize("building", [0, -1, 999_999, 2**70])
async def test_what_is_not_there_and_what_is_foreign_look_the_same(city: Database, building: int) -> None:
    for asked in (building, building_of(city, GRIDS[WEST][0])):
        with pytest.raises(UnknownFeature):
            await seen(city, asked, EAST)
    with pytest.raises(UnknownFeature):
        await seen(city, building_of(city, OWN), OWN, role=Role.PRESS)


async def test_a_house_stands_in_its_street_as_one_walks(city: Database) -> None:
    third = houses(city, OWN, ("上街", "10号"), ("上街", "9号"), ("上街", "1号"), ("上街外", "2号"), ("下街", "2号"))[2]
    houses(city, NEIGHBOUR, ("上街", "3号"))
    found = await seen(city, third, OWN)
    assert [house["name"] for house in found["street"]] == ["1号", "9号", "10号"]
    assert [len(house["doors"]) for house in found["street"]] == [1, 1, 1]
    assert [door["state"] for door in found["doors"]] == ["unsurveyed"]
    run(city, "DELETE FROM household WHERE building_id = :b RETURNING 1", b=third)
    assert [len(house["doors"]) for house in (await seen(city, third, OWN))["street"]] == [0, 1, 1]


async def test_a_house_without_a_street_stands_with_all_houses_of_its_grid(city: Database) -> None:
    lone, _ = houses(city, OWN, ("", "村委会"), ("上街", "2号"))
    assert [house["name"] for house in (await seen(city, lone, OWN))["street"]] == ["2号", "村委会"]


async def test_a_grid_lists_blocks_one_by_one_and_houses_by_street(city: Database) -> None:
    first, *_ = houses(city, OWN, ("上街", "10号"), ("上街", "9号"), ("下街", "1号"))
    async with city.scoped(scope(city, OWN)) as connection:
        found = await faces_of(connection, OWN)
        assert await faces_of(connection, NEIGHBOUR) == []
    assert [(row["kind"], row["title"], row["buildings"]) for row in found] == [
        ("slab", f"grid {OWN} 1号楼", 1),
        ("house", "上街", 2),
        ("house", "下街", 1),
    ]
    assert found[1]["id"] == first
