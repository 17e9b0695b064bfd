from datetime import timedelta

import pytest

from geodata.database import Database
from tests.layers import patrols
from tests.layers.looking import NOW, rows, scope, view
from tests.places import WEST


@pytest.fixture
def city(tiny_city: Database) -> Database:
    patrols.none(tiny_city)
    return tiny_city


def test_a_drone_in_the_air_is_where_it_was_last_heard_of(city: Database) -> None:
    patrols.flight(city, "F1", NOW - timedelta(minutes=10), None, points=5)
    (found,) = rows(city, "drones", view())
    assert (found.flight, found.height_m, found.camera_degrees) == ("F1", 84, 80)
    assert found.data_time == NOW - timedelta(minutes=6)


def test_one_that_landed_is_not_in_the_air_and_was_before(city: Database) -> None:
    patrols.flight(city, "F1", NOW - timedelta(hours=2), NOW - timedelta(hours=1, minutes=40))
    assert rows(city, "drones", view()) == []
    (found,) = rows(city, "drones", view(at=NOW - timedelta(hours=1, minutes=50)))
    assert found.data_time == NOW - timedelta(hours=1, minutes=50)


def test_a_flight_that_was_never_closed_does_not_fly_for_ever(city: Database) -> None:
    patrols.flight(city, "F1", NOW - timedelta(days=2), None)
    assert rows(city, "drones", view()) == []


def test_others_do_not_see_it_and_a_box_holds_what_is_in_it(city: Database) -> None:
    patrols.flight(city, "F1", NOW - timedelta(minutes=10), None, points=5)
    assert rows(city, "drones", view(), scope(city, WEST)) == []
    assert rows(city, "drones", view(box=(111.002, 34.002, 111.004, 34.004)))
    assert rows(city, "drones", view(box=(112, 34, 113, 35))) == []
