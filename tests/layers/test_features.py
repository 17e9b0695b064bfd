import json

import pytest

from geodata.database import Database
from geodata.errors import BadValue, UnknownFeature
from geodata.model import Role
from layers.render.features import feature, features
from tests.layers.looking import layer, scope, view
from tests.places import EAST, GRIDS, WEST


async def test_places_in_degrees_and_values_in_json(tiny_city: Database) -> None:
    async with tiny_city.scoped(scope(tiny_city)) as connection:
        found = await features(connection, layer("households"), view(box=(111, 34, 111.01, 34.01)))
    assert len(found["features"]) == 6
    assert not found["more"]
    one = json.loads(json.dumps(found))["features"][0]
    assert one["geometry"]["type"] == "Point"
    assert one["geometry"]["coordinates"] == pytest.approx([111.004, 34.0045])
    assert one["properties"]["area_code"] == GRIDS[EAST][0]
    assert one["properties"]["data_time"].endswith("+00:00")
    await tiny_city.close()


async def test_a_limit_cuts_and_says_so(tiny_city: Database) -> None:
    async with tiny_city.scoped(scope(tiny_city)) as connection:
        some = await features(connection, layer("households"), view(), 5)
        every = await features(connection, layer("households"), view(), 24)
        for wrong in (0, -1, 5001):
            with pytest.raises(BadValue):
                await features(connection, layer("households"), view(), wrong)
    assert (len(some["features"]), some["more"]) == (5, True)
    assert (len(every["features"]), every["more"]) == (24, False)
    assert every["features"][:5] == some["features"]
    await tiny_city.close()


async def test_a_foreign_thing_and_an_unknown_one_are_the_same(tiny_city: Database) -> None:
    async with tiny_city.scoped(scope(tiny_city, EAST, Role.OFFICER)) as connection:
        own = await features(connection, layer("households"), view())
    async with tiny_city.scoped(scope(tiny_city, WEST, Role.OFFICER)) as connection:
        for number in (own["features"][0]["id"], 10**9, -1, 2**63, 10**30):
            with pytest.raises(UnknownFeature) as missing:
                await feature(connection, layer("households"), number, view())
            assert missing.value.facts == {"layer": "households", "id": str(number)}
    await tiny_city.close()


async def test_any_area_of_any_level_can_be_asked_for(tiny_city: Database) -> None:
    async with tiny_city.scoped(scope(tiny_city)) as connection:
        found = await features(connection, layer("areas"), view(measure="total"))
        assert {one["properties"]["level"] for one in found["features"]} == {"county", "township", "village"}
        for one in found["features"]:
            again = await feature(connection, layer("areas"), one["id"], view(measure="total"))
            assert again["properties"]["code"] == one["properties"]["area_code"]
            assert again["properties"]["value"] == 12
    await tiny_city.close()
