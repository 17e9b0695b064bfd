"""Duty programmes: those that ship are sound, what is wrong in a file is said, and each reader gets what lies in reach."""

import pytest
from sqlalchemy import text

from geodata import programmes
from geodata.database import Database
from geodata.errors import BadValue, UnknownArea, UnknownProgramme
from geodata.model import Role
from geodata.scope import Scope
from tests.places import CITY, EAST, GRIDS, WEST

TOUR = f"""
id = "night"
zh = "夜巡"
en = "Night"
[[stops]]
area = "{EAST}"
seconds = 20
from = "22:00"
to = "06:00"
[[stops]]
area = "{WEST}"
layers = ["areas", "checkpoints"]
measure = "overdue"
"""


def scope_of(database: Database, code: str) -> Scope:
    with database.owner() as connection:
        path = connection.execute(text("SELECT path::text FROM area WHERE code = :code"), {"code": code}).scalar_one()
    return Scope(Role.OFFICER, (path,))


def test_every_shipped_programme_is_read() -> None:
    found = programmes.shipped()
    assert {"duty_round", "night_watch"} <= set(found)
    assert all(programme.stops for programme in found.values())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (TOUR.replace("seconds = 20", "seconds = 1"), "seconds"),
        (TOUR.replace('to = "06:00"', ""), "belong together"),
        (TOUR.replace(f'"{EAST}"', '"worst:0"'), "area"),
        (TOUR.replace("[[stops]]", "[[stop]]"), "stops"),
        (TOUR + 'speed = "fast"', "speed"),
        ("id = ", "TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(wrong: str, says: str) -> None:
    with pytest.raises(BadValue) as refusal:
        programmes.parsed(wrong, "night.toml")
    assert says in str(refusal.value.facts)


async def test_a_reader_gets_the_stops_within_reach_and_nobody_elses_programmes(tiny_city: Database) -> None:
    with tiny_city.owner() as connection:
        programmes.keep(connection, programmes.parsed(TOUR, "night"), CITY)
        programmes.keep(connection, programmes.parsed(TOUR.replace('"night"', '"west"'), "west"), WEST)
        with pytest.raises(UnknownArea):
            programmes.keep(connection, programmes.parsed(TOUR.replace(EAST, "424242"), "lost"), CITY)
    east, grid = scope_of(tiny_city, EAST), scope_of(tiny_city, GRIDS[EAST][0])
    async with tiny_city.scoped(scope_of(tiny_city, CITY)) as connection:
        assert {found.id for found in await programmes.listed(connection)} == {"night", "west", *programmes.shipped()}
        assert len((await programmes.one(connection, "night")).stops) == 2
    async with tiny_city.scoped(east) as connection:
        assert [stop.area for stop in (await programmes.one(connection, "night")).stops] == [EAST]
        with pytest.raises(UnknownProgramme):
            await programmes.one(connection, "west")
    async with tiny_city.scoped(grid) as connection:
        assert [stop.area for stop in (await programmes.one(connection, "night")).stops] == [programmes.OWN]
    await tiny_city.close()
    with tiny_city.owner() as connection:
        programmes.drop(connection, "night")
        with pytest.raises(UnknownProgramme):
            programmes.drop(connection, "night")


async def test_a_citys_own_programme_takes_the_place_of_a_shipped_one(tiny_city: Database) -> None:
    with tiny_city.owner() as connection:
        programmes.keep(connection, programmes.parsed(TOUR.replace('"night"', '"duty_round"'), "own"), CITY)
    async with tiny_city.scoped(scope_of(tiny_city, CITY)) as connection:
        found = await programmes.one(connection, "duty_round")
    await tiny_city.close()
    assert found.zh == "夜巡"
    assert found.stops[0].from_ is not None
