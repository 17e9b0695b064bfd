from datetime import timedelta

import pytest

from geodata.database import Database
from tests.layers.looking import NOW, ZONE, rows, view
from tests.layers.test_areas import ill
from tests.places import EAST, GRIDS


def test_doors_from_zoom_16_and_buildings_before(tiny_city: Database) -> None:
    ill(tiny_city, GRIDS[EAST][0], 2, 3, state=3)
    ill(tiny_city, GRIDS[EAST][0], 1, 2, state=1)
    doors = rows(tiny_city, "households", view(zoom=16))
    assert len(doors) == 24
    assert {row.households for row in doors} == {1}
    buildings = rows(tiny_city, "households", view(zoom=15))
    assert sorted(row.state for row in buildings) == ["normal", "normal", "normal", "wuhan"]
    assert {row.households for row in buildings} == {6}


def test_days_are_counted_from_the_day_that_is_shown(tiny_city: Database) -> None:
    ill(tiny_city, GRIDS[EAST][0], 1, 10)
    followed = next(row for row in rows(tiny_city, "households", view()) if row.state == "wuhan")
    assert followed.days_left == 4
    assert followed.door == "1号楼 1-101"
    earlier = rows(tiny_city, "households", view(at=NOW - timedelta(days=7)))
    assert next(row for row in earlier if row.state == "wuhan").days_left == 11
    assert followed.due_on == (NOW - timedelta(days=10)).astimezone(ZONE).date() + timedelta(days=14)


@pytest.mark.parametrize("days", [0.2, 1.5, 4, 19])
def test_every_door_is_there_once_at_any_moment(tiny_city: Database, days: float) -> None:
    ill(tiny_city, GRIDS[EAST][0], 3, 18)
    ill(tiny_city, GRIDS[EAST][0], 2, 3, state=6)
    ill(tiny_city, GRIDS[EAST][0], 1, 1, state=2)
    found = rows(tiny_city, "households", view(at=NOW - timedelta(days=days)))
    assert len(found) == len({row.id for row in found}) == 24
    wanted = {0.2: ["hubei", "wuhan"], 1.5: ["wuhan"], 4: ["wuhan"] * 3, 19: []}[days]
    assert sorted(row.state for row in found if row.state != "normal") == wanted


def test_before_anybody_asked_no_door_has_a_state(tiny_city: Database) -> None:
    assert rows(tiny_city, "households", view(at=NOW - timedelta(days=50))) == []
