"""The registry of hotels: what was reported of a hotel goes with it."""

from collections.abc import Callable

from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.registering import ABROAD, EXAMPLE_AREA, NEW, PLACE_ABROAD
from tests.geodata.feeds.test_delivery import refusals
from tests.geodata.feeds.test_registries import thing
from tests.places import EAST, WEST

NEEDS = (EXAMPLE_AREA,)
OF_THINGS = ("name", "telephone")
_DAY = {"hotel": "X1", "day": "2020-02-11", "occupied": 9, "reported_at": "2020-02-11T20:00:00+08:00"}


async def test_its_days_move_with_a_hotel(
    city: Database, east: Scope, everywhere: Scope, scope: Callable[..., Scope]
) -> None:
    """Whoever answers for it now sees and corrects its past; who did before reaches nothing of it."""
    await deliver(city, east, "hotels", thing("hotels"), "tests")
    await deliver(city, east, "occupancy", _DAY, "tests")
    moved = thing("hotels", area=ABROAD, **PLACE_ABROAD)
    assert await refusals(city, east, "hotels", moved) == [(1, "area", "unknown_area")]
    assert await deliver(city, everywhere, "hotels", moved, "tests") == NEW
    assert one(city, "SELECT count(*) FROM hotel_day d JOIN hotel h ON h.id = d.hotel_id AND h.path = d.path") == 1
    later = _DAY | {"occupied": 10, "reported_at": "2020-02-11T21:00:00+08:00"}
    assert await deliver(city, scope(WEST), "occupancy", later, "tests") == NEW
    assert await refusals(city, scope(EAST), "occupancy", later) == [(1, "hotel", "unknown_hotel")]
