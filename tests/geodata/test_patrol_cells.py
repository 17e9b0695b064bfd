"""What cameras see of the ground, the cells of populated land, and which of them nobody has seen for a day."""

from datetime import UTC, datetime, timedelta
from math import cos, pi, radians, tan
from typing import Any

import pytest
from sqlalchemy import text

from geodata import wall
from geodata.areas import SQL
from geodata.database import Database
from geodata.errors import BadValue
from geodata.model import Role
from geodata.patrols import lay_cells
from geodata.scope import Scope
from geodata.summaries import summary
from geodata.wall.shapes import plain
from tests import recounting_patrols
from tests.layers import patrols
from tests.layers.looking import run
from tests.layers.looking import scope as scope_of
from tests.places import CITY, EAST, GRIDS, WEST

NOW = datetime.now(UTC).replace(microsecond=0)

PRESENT, PAST = ((SQL / name).read_text(encoding="utf-8") for name in ("cells_now.sql", "cells_past.sql"))
SEEN_M = 80 * tan(radians(40))
"""How far the tiny city's drones see at eighty metres: their field of view is eighty degrees."""


def ask(database: Database, statement: str, eyes: Scope | None = None, **values: object) -> Any:
    with database.owner_scoped(eyes or scope_of(database)) as connection:
        return connection.execute(text(statement), values).one()


def fly_over(database: Database, at: datetime, lon: float, lat: float, height_m: float = 80) -> None:
    """Let a drone of the first grid stand over one point at one moment."""
    run(
        database,
        "INSERT INTO flight (code, drone_id, started_at, ended_at, area_id) SELECT :code, d.id, :at, :at, d.area_id "
        "FROM drone d JOIN area a ON a.id = d.area_id WHERE a.code = :grid",
        code=f"X{at.timestamp()}{lon}{height_m}",
        at=at,
        grid=GRIDS[EAST][0],
    )
    run(
        database,
        "INSERT INTO track_point (flight_id, at, height_m, area_id, place) SELECT max(f.id), :at, :height, max(f.area_id), "
        "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) FROM flight f",
        at=at,
        height=height_m,
        lon=lon,
        lat=lat,
    )


def middles(database: Database) -> list[tuple[float, float]]:
    """Return the centres of all cells in degrees, from west to east."""
    with database.owner() as connection:
        found = connection.execute(
            text(
                "SELECT ST_X(c), ST_Y(c) FROM (SELECT ST_Transform(centre, 4326) AS c FROM patrol_cell ORDER BY i, j) m"
            )
        )
        return [(lon, lat) for lon, lat in found]


@pytest.fixture
def city(tiny_city: Database) -> Database:
    """Return the tiny city with its cells, over which nobody has flown."""
    patrols.none(tiny_city)
    run(tiny_city, "SELECT lay_patrol_cells(250)")
    return tiny_city


@pytest.mark.parametrize(("height", "degrees"), [(50, 60), (80, 84), (120, 40), (500, 90)])
@pytest.mark.parametrize("lat", [0.0, 34.5, 52.0])
def test_a_footprint_is_what_trigonometry_says(height: float, degrees: float, lat: float, tiny_city: Database) -> None:
    """A circle of h·tan(a/2) on the ground, at any latitude."""
    wanted = height * tan(radians(degrees / 2))
    eye = "ST_Transform(ST_SetSRID(ST_MakePoint(111, :lat), 4326), 3857)"
    area, near, far, middle = ask(
        tiny_city,
        f"SELECT ST_Area(ST_Transform(f, 4326)::geography), "
        f"min(ST_Distance(ST_Transform(p.geom, 4326)::geography, ST_Transform({eye}, 4326)::geography)), "
        f"max(ST_Distance(ST_Transform(p.geom, 4326)::geography, ST_Transform({eye}, 4326)::geography)), "
        f"ST_Distance(ST_Centroid(f), {eye}) "
        f"FROM camera_footprint({eye}, :height, :degrees) f, ST_DumpPoints(f) p GROUP BY f",
        lat=lat,
        height=height,
        degrees=degrees,
    )
    assert near == pytest.approx(wanted, rel=0.008)
    assert far == pytest.approx(wanted, rel=0.008)
    assert area == pytest.approx(pi * wanted**2, rel=0.015)
    assert middle == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(("height", "degrees"), [(0, 80), (-5, 80), (500.1, 80), (80, 0)])
def test_a_camera_that_cannot_see_has_no_footprint(height: float, degrees: float, tiny_city: Database) -> None:
    """On the ground, too high to recognise anybody, or without a lens; a wrong height never marks half a city as seen."""
    (found,) = ask(
        tiny_city, "SELECT camera_footprint(ST_SetSRID(ST_MakePoint(0, 0), 3857), :h, :d)", h=height, d=degrees
    )
    assert found is None


def test_cells_lie_where_people_live(city: Database) -> None:
    """One square of a quarter kilometre for each of the four buildings, in the building's area, and none elsewhere."""
    sides = ask(
        city,
        "SELECT count(*), count(DISTINCT area_id), min(sqrt(ST_Area(place::geography))), "
        "max(sqrt(ST_Area(place::geography))), (SELECT count(*) FROM building b WHERE EXISTS (SELECT FROM patrol_cell c "
        "WHERE c.area_id = b.area_id AND ST_Covers(c.mercator, ST_Centroid(b.mercator)))) FROM patrol_cell",
    )
    assert (sides[0], sides[1], sides[4]) == (4, 4, 4)
    assert sides[2] == pytest.approx(250, rel=0.005)
    assert sides[3] == pytest.approx(250, rel=0.005)


def test_a_new_building_makes_its_cell_once(city: Database) -> None:
    """Two buildings beside each other, far from the others, are one cell more; it was never seen."""
    build = (
        "INSERT INTO building (area_id, kind, name, address, units, floors, rooms_per_floor, place) SELECT id, 'house', "
        "'x', CAST(:w AS text), 1, 1, 1, ST_MakeEnvelope(:w, 34.0021, :w + 0.0001, 34.0022, 4326) FROM area WHERE code = :grid"
    )
    for west in (111.0005, 111.00055):
        run(city, build, w=west, grid=GRIDS[EAST][0])
    assert ask(city, "SELECT sum(cells), sum(unseen) FROM unseen_cells") == (5, 5)
    assert run(city, "SELECT lay_patrol_cells(500)") <= 5
    assert run(city, "SELECT value FROM setting WHERE name = 'patrol_cell_m'") == "500"


def test_a_cell_is_seen_when_its_middle_is(city: Database) -> None:
    """Just inside the footprint, and just outside."""
    lon, lat = middles(city)[0]
    metre = 1 / (111_320 * cos(radians(lat)))
    fly_over(city, NOW - timedelta(hours=1), lon + (SEEN_M + 2) * metre, lat)
    assert ask(city, "SELECT sum(unseen) FROM unseen_cells") == (4,)
    fly_over(city, NOW - timedelta(hours=1, minutes=1), lon + (SEEN_M - 2) * metre, lat)
    assert ask(city, "SELECT sum(unseen) FROM unseen_cells") == (3,)
    assert run(city, "SELECT last_seen_by FROM patrol_cell WHERE last_seen_at IS NOT NULL") == "drone"


def test_what_was_seen_a_day_ago_is_unseen(city: Database) -> None:
    """By the clock alone; an old position that comes late does not undo a newer one."""
    (lon, lat), other = middles(city)[:2]
    fly_over(city, NOW - timedelta(hours=1), lon, lat)
    fly_over(city, NOW - timedelta(hours=30), lon, lat)
    fly_over(city, NOW - timedelta(hours=25), *other)
    assert ask(city, "SELECT sum(cells), sum(unseen), max(data_time) FROM unseen_cells") == (
        4,
        3,
        NOW - timedelta(hours=1),
    )


@pytest.mark.parametrize("hours", [0.5, 1, 2, 23, 24.5, 25, 26, 27, 48, 50, 72])
def test_a_past_moment_is_a_recount(hours: float, city: Database) -> None:
    """Cells unseen then, out of the kept hours, against every position that had been told until then."""
    places = middles(city)
    for nth, back in enumerate((1, 1.2, 2, 24.9, 25.3, 26, 47, 49, 70)):
        fly_over(city, NOW - timedelta(hours=back), *places[nth % len(places)])
    at = NOW - timedelta(hours=hours)
    recount = (
        "SELECT count(*), count(*) FILTER (WHERE s.at IS NULL), max(s.at) FROM patrol_cell c LEFT JOIN LATERAL ("
        "SELECT max(p.at) AS at FROM track_point p WHERE p.at <= :at AND p.at >= CAST(:at AS timestamptz) - interval '24 hours' "
        "AND ST_Covers(camera_footprint(p.mercator, p.height_m, 80), c.centre)) s ON true"
    )
    assert tuple(ask(city, PAST, at=at, code=CITY)) == tuple(ask(city, recount, at=at))


def test_everybody_counts_their_own(city: Database) -> None:
    """A county sees its own two cells, now and then; nobody without an area sees any."""
    lon, lat = middles(city)[0]
    fly_over(city, NOW - timedelta(hours=1), lon, lat)
    for code, unseen in ((EAST, 1), (WEST, 2), (CITY, 3)):
        eyes = scope_of(city, code, Role.OFFICER)
        cells = 4 if code == CITY else 2
        assert ask(city, "SELECT sum(cells), sum(unseen) FROM unseen_cells", eyes) == (cells, unseen)
        for kept in (PRESENT, PAST):
            assert ask(city, kept, eyes, code=code, at=NOW)[:2] == (cells, unseen)
    assert ask(city, "SELECT count(*) FROM unseen_cells", Scope(Role.OFFICER, ())) == (0,)


def test_cells_laid_anew_know_what_was_flown(city: Database) -> None:
    """With another side, out of the positions that are there."""
    lon, lat = middles(city)[0]
    fly_over(city, NOW - timedelta(hours=3), lon, lat)
    before = ask(city, "SELECT sum(cells), sum(unseen) FROM unseen_cells")
    run(city, "SELECT lay_patrol_cells(250)")
    assert ask(city, "SELECT sum(cells), sum(unseen) FROM unseen_cells") == before == (4, 3)


def test_totals_follow_the_tree_and_buildings(city: Database) -> None:
    """Cells of every area, kept, against a recount: after a move in the tree, new cells, and cells taken away."""
    recount = (
        "SELECT coalesce(json_agg(a.code ORDER BY a.code) FILTER (WHERE coalesce(t.cells, 0) <> r.cells OR t.path <> a.path), "
        "'[]') FROM area a LEFT JOIN area_cells t ON t.area_id = a.id CROSS JOIN LATERAL "
        "(SELECT count(*) AS cells FROM patrol_cell c WHERE c.path <@ a.path) r"
    )
    grid, west = GRIDS[EAST][1], WEST + "001001"
    for change in (
        "SELECT 1",
        f"UPDATE area SET parent_id = (SELECT id FROM area WHERE code = '{west}') WHERE code = '{grid}'",
        f"UPDATE area SET parent_id = (SELECT id FROM area WHERE code = '{EAST}') WHERE code = '{west}'",
        "SELECT lay_patrol_cells(100)",
        f"DELETE FROM patrol_cell WHERE area_id = (SELECT id FROM area WHERE code = '{grid}')",
    ):
        run(city, change)
        assert run(city, recount) == [], change


@pytest.mark.parametrize("side", [0, 49, 2001])
def test_a_side_that_makes_no_sense_is_refused(side: int, city: Database) -> None:
    with city.owner() as connection, pytest.raises(BadValue):
        lay_cells(connection, side)


def test_the_side_is_a_setting(city: Database) -> None:
    with city.owner() as connection:
        assert lay_cells(connection, 100) == 4
        width = connection.scalar(text("SELECT max(sqrt(ST_Area(place::geography))) FROM patrol_cell"))
    assert width == pytest.approx(100, rel=0.005)


async def test_the_summary_and_the_wall_count_the_same(city: Database) -> None:
    """Now, and at past moments, of the city and of a county; `cells` and `unseen` are a recount."""
    lon, lat = middles(city)[0]
    for hours in (1, 30):
        fly_over(city, NOW - timedelta(hours=hours), lon, lat)
    for code, cells in ((CITY, 4), (EAST, 2)):
        eyes = scope_of(city, code, Role.OFFICER)
        for back, seen in ((0, 1), (2, 0), (5, 0), (7, 1), (31, 0)):
            at = NOW - timedelta(hours=back) if back else None
            async with city.scoped(eyes) as connection:
                figures = (await summary(connection, code, now=NOW, at=at))["patrols"]
                block = (await wall.read(connection, code, wall.Moment(NOW, at), ["patrols"]))["patrols"]
            assert (figures["cells"], figures["unseen"]) == (cells, cells - seen)
            assert block == plain(figures)
    await city.close()


@pytest.mark.parametrize("hours", [0, 0.2, 5, 26, 60])
async def test_the_demo_citys_numbers_are_a_recount(hours: float, database: Database) -> None:
    """City, a county, a township: what is kept as positions come in against everything that was delivered."""
    now = datetime.now(UTC)
    at = now - timedelta(hours=hours)
    for code in ("411200", "411202", "411202002"):
        with database.owner() as connection:
            counted = recounting_patrols.patrols(connection, code, at)
        async with database.scoped(scope_of(database, code, Role.OFFICER)) as connection:
            figures = (await summary(connection, code, now=now, at=at if hours else None))["patrols"]
        said = {name: number for name, number in figures.items() if name != "data_time" and number is not None}
        # The footprint's polygon is a hair smaller than the circle that a look is measured by.
        assert abs(said.pop("unseen") - counted.pop("unseen")) <= 2, code
        assert said == counted, code
    assert counted["cells"] > 10
    await database.close()
