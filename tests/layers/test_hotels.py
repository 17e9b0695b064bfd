from datetime import timedelta

import pytest

from geodata.database import Database
from geodata.model import Role
from tests.layers.looking import NOW, rows, run, scope, view
from tests.layers.test_areas import TODAY, hotel, without_care
from tests.places import EAST, GRIDS

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def city(tiny_city: Database) -> Database:
    without_care(tiny_city)
    return tiny_city


@pytest.mark.parametrize(
    ("occupied", "state", "free"),
    [(0, "free", 50), (44, "free", 6), (45, "nearly_full", 5), (50, "full", 0), (53, "full", 0)],
)
def test_a_hotel_is_as_full_as_its_newest_report_says(city: Database, occupied: int, state: str, free: int) -> None:
    hotel(city, GRIDS[EAST][0], 50, {YESTERDAY: 3, TODAY: occupied})
    (found,) = rows(city, "hotels", view())
    assert (found.state, found.free, found.percent) == (state, free, 2.0 * occupied)


def test_one_that_does_not_report_says_so(city: Database) -> None:
    hotel(city, GRIDS[EAST][0], 50, {TODAY - timedelta(days=3): 50})
    hotel(city, GRIDS[EAST][1], 50, {})
    found = rows(city, "hotels", view())
    assert {row.state for row in found} == {"stale"}
    assert {row.occupied for row in found} == {50, None}
    then = rows(city, "hotels", view(at=NOW - timedelta(days=2, hours=20)))
    assert {row.state for row in then} <= {"full", "stale"}


def test_a_report_that_came_later_was_not_known(city: Database) -> None:
    hotel(city, GRIDS[EAST][0], 50, {TODAY - timedelta(days=2): 5, YESTERDAY: 50})
    run(city, "UPDATE hotel_day SET reported_at = :at WHERE day = :day", at=NOW - timedelta(hours=1), day=YESTERDAY)
    (found,) = rows(city, "hotels", view(at=NOW - timedelta(hours=2)))
    assert found.occupied == 5


def test_to_the_press_a_hotel_is_a_place(city: Database) -> None:
    """Nothing of who sleeps there: neither a number nor whether it is full, now or then."""
    hotel(city, GRIDS[EAST][0], 50, {YESTERDAY: 3, TODAY: 50})
    press = scope(city, role=Role.PRESS)
    for at in (None, NOW - timedelta(hours=30)):
        (found,) = rows(city, "hotels", view(at=at), press)
        assert (found.state, found.rooms) == ("place", 50)
        assert {found.occupied, found.free, found.percent, found.day, found.data_time} == {None}
