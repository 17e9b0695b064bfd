"""Teams on foot, as their positions come in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.test_delivery import refusals
from tests.places import EAST, GRIDS, WEST

TOWNSHIP, OTHER = EAST + "001", WEST + "001"
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def step(
    minute: float = 0, patrol: str = "G1", area: str = TOWNSHIP, lon: float = 111.0045, **more: Any
) -> dict[str, Any]:
    at = (BEGAN + timedelta(minutes=minute)).isoformat()
    return {"patrol": patrol, "team": "一队", "area": area, "at": at, "lon": lon, "lat": 34.0045, **more}


async def test_positions_open_widen_and_end_a_patrol(city: Database, east: Scope) -> None:
    """In any order, sent twice, each position in the grid it lies in."""
    rows = [step(5), step(3, lon=111.0145), step(9, ended=True), step(1)]
    assert await deliver(city, east, "ground_patrol", rows[:2], "tests") == Delivered(2, 0)
    assert await deliver(city, east, "ground_patrol", rows, "tests") == Delivered(2, 2)
    assert await deliver(city, east, "ground_patrol", rows, "tests") == Delivered(0, 4)
    with city.owner() as connection:
        patrol = connection.execute(
            text(
                "SELECT g.code, g.team, g.started_at, g.ended_at, a.code AS area FROM ground_patrol g "
                "JOIN area a ON a.id = g.area_id"
            )
        ).one()
        grids = connection.scalars(
            text("SELECT a.code FROM ground_point p JOIN area a ON a.id = p.area_id ORDER BY p.at")
        ).all()
    assert tuple(patrol) == ("G1", "一队", BEGAN + timedelta(minutes=1), BEGAN + timedelta(minutes=9), TOWNSHIP)
    assert grids == [GRIDS[EAST][0], GRIDS[EAST][1], GRIDS[EAST][0], GRIDS[EAST][0]]
    assert one(city, "SELECT count(*) FROM ground_point_other") == 0


async def test_what_does_not_fit_is_refused(city: Database, east: Scope, scope: Callable[..., Scope]) -> None:
    """A foreign or unknown area, another patrol's code, a place far away."""
    assert await refusals(city, east, "ground_patrol", step(area=OTHER)) == [(1, "area", "unknown_area")]
    assert await refusals(city, east, "ground_patrol", [step(), step(1, lon=113.0)]) == [(2, "lon", "outside")]
    both = scope(EAST, WEST)
    assert await refusals(city, both, "ground_patrol", [step(), step(1, area=OTHER)]) == [(2, "patrol", "other_patrol")]
    assert await deliver(city, east, "ground_patrol", step(), "tests") == Delivered(1, 0)
    taken = step(2, area=OTHER, lon=111.025)
    assert await refusals(city, scope(WEST), "ground_patrol", taken) == [(1, "patrol", "other_patrol")]
    assert one(city, "SELECT count(*) FROM ground_point") == 1


async def test_who_walks_past_has_seen_the_cell(city: Database, east: Scope) -> None:
    """Within sixty metres of its middle, and not from a hundred."""
    with city.owner() as connection:
        lon, lat = connection.execute(
            text(
                "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Transform(centre, 4326) AS p FROM patrol_cell ORDER BY i LIMIT 1) c"
            )
        ).one()
    seen = "SELECT count(*) FROM patrol_cell WHERE last_seen_by = 'ground'"
    for north_m, cells in ((100, 0), (58, 1)):
        row = step(north_m / 10, lon=lon) | {"lat": lat + north_m / 111_000}
        await deliver(city, east, "ground_patrol", row, "tests")
        assert one(city, seen) == cells
