from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from geodata import packs
from geodata.database import Database
from geodata.errors import UnknownArea
from geodata.installation import current_scheme
from geodata.model import Role
from geodata.scope import Scope
from tests.places import CITY, EAST, GRIDS, WEST

OWN, NEIGHBOUR = GRIDS[EAST]


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    yield tiny_city
    await tiny_city.close()


async def scope_of(database: Database, code: str, role: Role = Role.GRID) -> Scope:
    with database.owner() as connection:
        path = connection.exec_driver_sql("SELECT path::text FROM area WHERE code = %s", (code,)).scalar_one()
    return Scope(role, (path,))


async def packed(database: Database, scope: Scope, code: str) -> dict:
    async with database.scoped(scope) as connection:
        scheme = await current_scheme(connection)
        return await packs.pack(connection, code, now=datetime.now(UTC), scheme=scheme)


async def test_a_pack_is_the_whole_grid_and_nothing_else(city: Database) -> None:
    found = await packed(city, await scope_of(city, OWN), OWN)
    assert found["grid"]["code"] == OWN
    assert found["grid"]["bbox"] == pytest.approx([111, 34, 111.01, 34.01])
    assert found["grid"]["outline"]["type"] == "MultiPolygon"
    assert len(found["households"]) == 6
    assert {door["state"] for door in found["households"]} == {"normal"}
    assert {door["entry"] for door in found["households"]} == {None}
    [building] = found["buildings"]
    assert {door["building_id"] for door in found["households"]} == {building["id"]}
    assert building["outline"]["type"] == "Polygon"
    assert [state["code"] for state in found["states"]][:2] == ["wuhan", "hubei"]


@pytest.mark.parametrize("code", [NEIGHBOUR, WEST, CITY, "nothing"])
async def test_there_is_no_pack_of_what_is_not_ones_own_grid(city: Database, code: str) -> None:
    with pytest.raises(UnknownArea):
        await packed(city, await scope_of(city, OWN), code)


async def test_what_is_no_grid_has_no_pack_for_those_who_see_it(city: Database) -> None:
    with pytest.raises(UnknownArea):
        await packed(city, await scope_of(city, CITY, Role.COMMAND), EAST)


async def test_the_own_grids_are_listed_and_the_list_ends(city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with city.scoped(await scope_of(city, OWN)) as connection:
        grids, more = await packs.own_grids(connection)
    assert ([grid["code"] for grid in grids], more) == ([OWN], False)
    monkeypatch.setattr(packs, "MOST_GRIDS", 3)
    async with city.scoped(await scope_of(city, CITY, Role.COMMAND)) as connection:
        grids, more = await packs.own_grids(connection)
    assert (len(grids), more) == (3, True)
