"""Live trails, camera footprints, teams on foot and unseen cells: what their statements give."""

from datetime import datetime, timedelta
from math import radians, tan
from typing import Any

import pytest
from sqlalchemy import text

from geodata.database import Database
from tests.layers import patrols
from tests.layers.looking import NOW, rows, run, scope, view
from tests.places import CITY, EAST, GRIDS, WEST

MINUTE = timedelta(minutes=1)


@pytest.fixture
def city(tiny_city: Database) -> Database:
    patrols.none(tiny_city)
    run(tiny_city, "SELECT lay_patrol_cells(250)")
    return tiny_city


def walk(database: Database, code: str, begin: datetime, end: datetime | None, points: int = 20) -> int:
    """Walk east from 111.001° E in the first grid, a point a minute."""
    found = run(
        database,
        "INSERT INTO ground_patrol (code, team, started_at, ended_at, area_id) SELECT :code, '队 ' || :code, :begin, :end, id "
        "FROM area WHERE code = :grid RETURNING id",
        code=code,
        begin=begin,
        end=end,
        grid=GRIDS[EAST][0],
    )
    run(
        database,
        "INSERT INTO ground_point (patrol_id, at, area_id, place) SELECT :id, :begin + make_interval(mins => i), a.id, "
        "ST_SetSRID(ST_MakePoint(111.001 + i * 0.0001, 34.003), 4326) FROM generate_series(0, :points - 1) i, area a "
        "WHERE a.code = :grid",
        id=found,
        begin=begin,
        points=points,
        grid=GRIDS[EAST][0],
    )
    assert isinstance(found, int)
    return found


def vertices(database: Database, geom: Any) -> int:
    return int(run(database, "SELECT ST_NPoints(CAST(:g AS geometry))", g=str(geom)))


def test_a_trail_is_the_last_minutes_of_whoever_is_out(city: Database) -> None:
    patrols.flight(city, "F1", NOW - timedelta(minutes=30), None, points=28)
    patrols.flight(city, "F2", NOW - timedelta(minutes=30), NOW - 2 * MINUTE, points=28)
    walk(city, "G1", NOW - timedelta(minutes=12), None, points=10)
    walk(city, "G2", NOW - timedelta(minutes=12), NOW - MINUTE, points=10)
    found = {row.code: row for row in rows(city, "trails", view())}
    assert set(found) == {"F1", "G1"}
    assert len({row.id for row in found.values()}) == 2
    assert found["F1"].ages == [60 * minute for minute in range(16, -1, -1)]
    assert found["G1"].data_time == NOW - 3 * MINUTE
    for row in found.values():
        assert vertices(city, row.geom) == len(row.ages)


def test_a_drone_that_hovers_keeps_the_age_of_each_point(city: Database) -> None:
    number = patrols.flight(city, "F1", NOW - timedelta(minutes=10), None, points=9)
    run(
        city,
        "UPDATE track_point SET place = ST_SetSRID(ST_MakePoint(111.002, 34.003), 4326) WHERE flight_id = :n",
        n=number,
    )
    (found,) = rows(city, "trails", view())
    assert vertices(city, found.geom) == len(found.ages) == 9


def test_of_many_positions_one_in_ten_seconds_is_drawn(city: Database) -> None:
    number = patrols.flight(city, "F1", NOW - timedelta(minutes=5), None, points=1)
    run(
        city,
        "INSERT INTO track_point (flight_id, at, height_m, area_id, place) SELECT :n, "
        "CAST(:begin AS timestamptz) + make_interval(secs => i), 80, f.area_id, "
        "ST_SetSRID(ST_MakePoint(111.001 + i / 1e5, 34.003), 4326) FROM flight f, generate_series(1, 200) i WHERE f.id = :n",
        n=number,
        begin=NOW - timedelta(minutes=5),
    )
    (found,) = rows(city, "trails", view())
    assert 20 <= len(found.ages) <= 22
    assert found.ages == sorted(found.ages, reverse=True)
    assert (found.ages[-1], found.data_time) == (0, NOW - timedelta(seconds=100))


def test_the_past_has_the_trails_of_then_and_others_see_none(city: Database) -> None:
    patrols.flight(city, "F1", NOW - timedelta(hours=3), NOW - timedelta(hours=2, minutes=40))
    (found,) = rows(city, "trails", view(at=NOW - timedelta(hours=2, minutes=50)))
    assert found.ages[-1] == 0
    assert rows(city, "trails", view()) == []
    assert rows(city, "trails", view(at=NOW - timedelta(hours=2, minutes=50)), scope(city, WEST)) == []


def test_a_footprint_lies_under_its_drone(city: Database) -> None:
    patrols.flight(city, "F1", NOW - timedelta(minutes=10), None, points=5)
    (found,) = rows(city, "footprints", view())
    assert found.radius_m == pytest.approx(84 * tan(radians(40)))
    apart = (
        "SELECT ST_Distance(ST_Transform(ST_Centroid(CAST(:g AS geometry)), 4326), "
        "ST_SetSRID(ST_MakePoint(111.003, 34.003), 4326))"
    )
    assert run(city, apart, g=str(found.geom)) < 1e-6
    run(city, "UPDATE track_point SET height_m = 0")
    assert rows(city, "footprints", view()) == []


def test_a_team_is_where_it_was_last_heard_of_until_it_is_back(city: Database) -> None:
    walk(city, "G1", NOW - timedelta(minutes=30), None)
    walk(city, "G2", NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    walk(city, "G3", NOW - timedelta(hours=20), None)
    (found,) = rows(city, "ground_patrols", view())
    assert (found.code, found.team, found.data_time) == ("G1", "队 G1", NOW - 11 * MINUTE)
    then = rows(city, "ground_patrols", view(at=NOW - timedelta(hours=1, minutes=50)))
    assert [row.code for row in then] == ["G2"]
    assert rows(city, "ground_patrols", view(), scope(city, WEST)) == []


def look(database: Database, code: str, at: datetime) -> None:
    """Let a flight see the cell of one grid's building at a moment."""
    run(
        database,
        "WITH c AS (SELECT c.* FROM patrol_cell c JOIN area a ON a.id = c.area_id WHERE a.code = :grid), "
        "f AS (INSERT INTO flight (code, drone_id, started_at, ended_at, area_id) SELECT 'L' || CAST(:at AS text), d.id, :at, "
        ":at, d.area_id FROM drone d, c WHERE d.area_id = c.area_id RETURNING id, area_id) "
        "INSERT INTO track_point (flight_id, at, height_m, area_id, place) SELECT f.id, :at, 80, f.area_id, "
        "ST_Transform(c.centre, 4326) FROM f, c",
        grid=code,
        at=at,
    )


def test_unseen_cells_say_for_how_long(city: Database) -> None:
    for code, hours in zip((*GRIDS[EAST], GRIDS[WEST][0]), (2, 30, 24 * 9), strict=True):
        look(city, code, NOW - timedelta(hours=hours))
    found = {row.area_id: row for row in rows(city, "unseen", view())}
    codes = {run(city, "SELECT code FROM area WHERE id = :id", id=number): row for number, row in found.items()}
    assert {code: row.since for code, row in codes.items()} == {
        GRIDS[EAST][1]: "lapsed",
        GRIDS[WEST][0]: "long",
        GRIDS[WEST][1]: "long",
    }
    assert codes[GRIDS[EAST][1]].last_seen_at == NOW - timedelta(hours=30)
    assert codes[GRIDS[WEST][1]].last_seen_at is None


def test_unseen_cells_of_a_past_moment(city: Database) -> None:
    for hours in (2, 30):
        look(city, GRIDS[EAST][0], NOW - timedelta(hours=hours))
    own = int(run(city, "SELECT id FROM area WHERE code = :code", code=GRIDS[EAST][0]))

    def since(hours: float) -> str | None:
        found = {row.area_id: row.since for row in rows(city, "unseen", view(at=NOW - timedelta(hours=hours)))}
        return found.get(own)

    assert [since(hours) for hours in (0, 1, 2, 2.1, 5.9, 6.1, 29, 30, 30.1)] == [
        None, None, None, "lapsed", "lapsed", None, None, None, "long",
    ]  # fmt: skip


def test_from_afar_squares_of_many_cells(city: Database) -> None:
    run(city, "SELECT lay_patrol_cells(100)")
    for zoom in (8, 9, 10, 11, 12):
        found = rows(city, "unseen", view(zoom=zoom))
        assert sum(row.unseen for row in found) == sum(row.cells for row in found) == 4
    assert len(rows(city, "unseen", view(zoom=8))) < 4
    with city.owner() as connection:
        side = connection.scalar(text("SELECT value::float FROM setting WHERE name = 'patrol_cell_side'"))
    assert side


def test_everybody_sees_their_own_unseen_cells(city: Database) -> None:
    assert [len(rows(city, "unseen", view(), scope(city, code))) for code in (CITY, EAST, GRIDS[WEST][0])] == [4, 2, 1]
