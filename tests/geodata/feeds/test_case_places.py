"""Places of confirmed cases, as they come in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.test_delivery import refusals
from tests.places import CITY, EAST, GRIDS, WEST

AT = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


def stay(code: str = "CP1", minute: int = 0, **more: Any) -> dict[str, Any]:
    """Return a stay in the first eastern grid, as it was reported so many minutes after it ended."""
    row = {
        "code": code,
        "area": GRIDS[EAST][0],
        "kind": "venue",
        "lon": 111.0045,
        "lat": 34.0045,
        "began": AT - timedelta(hours=1),
        "ended": AT,
        "reported_at": AT + timedelta(minutes=minute),
    }
    return row | more


async def test_the_newest_report_counts_in_any_order(city: Database, east: Scope) -> None:
    assert await deliver(city, east, "case_places", [stay(minute=9, published=True)], "t") == Delivered(1, 0)
    assert await deliver(city, east, "case_places", [stay(minute=2), stay(minute=9, published=True)], "t") == Delivered(
        0, 2
    )
    assert one(city, "SELECT published FROM case_place") is True
    later = stay(minute=20, kind="work", area=GRIDS[EAST][1], lon=111.0145)
    assert await deliver(city, east, "case_places", later, "t") == Delivered(1, 0)
    assert one(city, "SELECT kind || ' ' || a.code FROM case_place c JOIN area a ON a.id = c.area_id") == (
        f"work {GRIDS[EAST][1]}"
    )
    assert one(city, "SELECT first_reported_at FROM case_place") == AT + timedelta(minutes=9)


async def test_a_home_is_its_village_or_compound(city: Database, east: Scope) -> None:
    """Coordinates that come along are written nowhere: the point is the area's, with or without them."""
    rows = [stay("H1", kind="home_area", lon=111.00123), stay("H2", kind="home_area", lon=None, lat=None)]
    assert await deliver(city, east, "case_places", rows, "t") == Delivered(2, 0)
    inside = (
        "SELECT count(*) FROM case_place c JOIN area a ON a.id = c.area_id WHERE c.place = ST_PointOnSurface(a.place)"
    )
    assert one(city, inside) == 2


async def test_what_does_not_fit_is_refused(city: Database, east: Scope, scope: Callable[..., Scope]) -> None:
    """A foreign area, a place far away, no place, an end before its beginning, a code held elsewhere."""
    foreign = stay(area=GRIDS[WEST][0])
    assert await refusals(city, east, "case_places", foreign) == [(1, "area", "unknown_area")]
    assert await refusals(city, east, "case_places", [stay(), stay("CP2", lon=112.0)]) == [(2, "lon", "far_from_area")]
    assert await refusals(city, east, "case_places", stay(lat=None)) == [(1, "lat", "no_point")]
    early = stay(ended=AT - timedelta(hours=2))
    assert await refusals(city, east, "case_places", early) == [(1, "ended", "before_began")]
    assert await refusals(city, east, "case_places", stay(kind="bedroom")) == [(1, "kind", "choice")]
    await deliver(city, scope(WEST), "case_places", stay(area=GRIDS[WEST][0], lon=111.0245), "t")
    assert await refusals(city, east, "case_places", [stay("CP3"), stay(minute=30)]) == [(2, "code", "code_taken")]
    assert one(city, "SELECT count(*) FROM case_place") == 1
    with city.owner() as connection:
        connection.execute(text("UPDATE area SET place = NULL WHERE code = :code"), {"code": GRIDS[EAST][1]})
    shapeless = stay("CP4", kind="home_area", area=GRIDS[EAST][1])
    assert await refusals(city, east, "case_places", shapeless) == [(1, "area", "area_without_shape")]


async def test_each_county_sees_its_own(city: Database, scope: Callable[..., Scope]) -> None:
    rows = [stay(), stay("CP2", area=GRIDS[WEST][0], lon=111.0245)]
    await deliver(city, scope(CITY), "case_places", rows, "t")
    for code, seen in ((EAST, ["CP1"]), (WEST, ["CP2"]), (CITY, ["CP1", "CP2"])):
        async with city.scoped(scope(code)) as connection:
            assert list(await connection.scalars(text("SELECT code FROM case_place ORDER BY code"))) == seen
