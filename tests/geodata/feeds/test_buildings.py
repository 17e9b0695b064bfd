"""Buildings, by their address in a grid."""

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.feeds.buildings import FEED
from geodata.model import Role
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.places import EAST, GRIDS

GRID = GRIDS[EAST][0]
OF_THINGS = ("name",)
NEEDS = (
    "UPDATE area SET place = ST_Multi(ST_MakeEnvelope(111, 34, 111.01, 34.01, 4326)) WHERE code = '411202001001001'",
)


async def test_a_building_that_stands_stays_as_it_is(city: Database, everywhere: Scope) -> None:
    """Whoever comes again with another footprint changes nothing; with another address there are two."""
    admin = Scope(Role.ADMIN, everywhere.paths)
    first = dict(FEED.example) | {"area": GRID}
    assert await deliver(city, admin, "buildings", first, "tests") == Delivered(1, 0)
    assert await deliver(city, admin, "buildings", first | {"floors": 9}, "tests") == Delivered(0, 1)
    assert one(city, "SELECT floors FROM building WHERE address = '2号楼'") == 6
    assert await deliver(city, admin, "buildings", first | {"address": "3号楼"}, "tests") == Delivered(1, 0)


async def test_a_footprint_is_mended_or_refused(city: Database, everywhere: Scope) -> None:
    """One that crosses itself keeps its largest part; a line is no footprint."""
    admin = Scope(Role.ADMIN, everywhere.paths)
    bow = [[[111, 34], [111.001, 34.001], [111.001, 34], [111, 34.002], [111, 34]]]
    crossed = dict(FEED.example) | {"area": GRID, "place": {"type": "Polygon", "coordinates": bow}}
    assert await deliver(city, admin, "buildings", crossed, "tests") == Delivered(1, 0)
    assert one(city, "SELECT ST_IsValid(place) FROM building WHERE address = '2号楼'")
    for place in (
        {"type": "LineString", "coordinates": [[111, 34], [111.01, 34.01]]},
        {"type": "Polygon"},
        5,
        {"coordinates": []},
    ):
        answer = await deliver(city, admin, "buildings", [crossed | {"place": place}], "tests", partial=True)
        assert [(r.column, r.why in ("no_polygon", "no_shape")) for r in answer.refused] == [("place", True)]
