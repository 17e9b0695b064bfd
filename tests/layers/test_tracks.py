from datetime import timedelta

import pytest
from sqlalchemy import text

from geodata.database import Database
from tests.layers import patrols
from tests.layers.looking import NOW, rows, scope, view
from tests.places import EAST, GRIDS


@pytest.fixture
def city(tiny_city: Database) -> Database:
    patrols.none(tiny_city)
    return tiny_city


def ends(database: Database, geom: object) -> tuple[float, float, int]:
    """Return where a line begins and ends in degrees of longitude, and how many points it has."""
    question = (
        "SELECT ST_XMin(w), ST_XMax(w), ST_NPoints(w) FROM (SELECT ST_Transform(CAST(:g AS geometry), 4326) AS w) l"
    )
    with database.owner() as connection:
        west, east, count = connection.execute(text(question), {"g": str(geom)}).one()
    return west, east, count


def test_a_flight_of_the_last_day_is_one_line_with_its_age(city: Database) -> None:
    patrols.flight(city, "F1", NOW - timedelta(hours=3, minutes=19), NOW - timedelta(hours=3))
    patrols.flight(city, "F2", NOW - timedelta(hours=30), NOW - timedelta(hours=29))
    (found,) = rows(city, "tracks", view())
    assert (found.code, found.age_hours, found.height_m) == ("F1", 3.0, 99)
    west, east, _ = ends(city, found.geom)
    assert (west, east) == pytest.approx((111.001, 111.0105))


def test_a_tile_that_a_line_only_crosses_has_it_whole(city: Database) -> None:
    patrols.flight(city, "F1", NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    between = (111.0031, 34.0025, 111.0034, 34.0035)
    (found,) = rows(city, "tracks", view(zoom=16, box=between))
    assert ends(city, found.geom)[:2] == pytest.approx((111.001, 111.0105))
    assert rows(city, "tracks", view(zoom=16, box=(111.5, 34.5, 111.6, 34.6))) == []


def test_a_reader_gets_the_part_over_their_own_area(city: Database) -> None:
    patrols.flight(city, "F1", NOW - timedelta(hours=2), NOW - timedelta(hours=1), points=30)
    own, neighbour = (scope(city, grid) for grid in GRIDS[EAST])
    (here,), (there,) = (rows(city, "tracks", view(), eyes) for eyes in (own, neighbour))
    assert ends(city, here.geom)[1] <= 111.01 <= ends(city, there.geom)[0]
    assert (here.code, there.code) == ("F1", None)
    assert here.area_id != there.area_id


def test_the_past_has_the_tracks_of_the_day_before_it(city: Database) -> None:
    patrols.flight(city, "F2", NOW - timedelta(hours=30), NOW - timedelta(hours=29))
    (found,) = rows(city, "tracks", view(at=NOW - timedelta(hours=28)))
    assert found.code == "F2"
    assert rows(city, "tracks", view(at=NOW - timedelta(hours=31))) == []


def test_from_afar_a_line_has_fewer_points(city: Database) -> None:
    patrols.flight(city, "F1", NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    (far,), (near,) = (rows(city, "tracks", view(zoom=zoom)) for zoom in (9, 16))
    assert ends(city, far.geom)[2] <= ends(city, near.geom)[2]
