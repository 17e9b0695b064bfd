"""The registry of shops: its days and prices go with a shop."""

from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.registering import ABROAD, EXAMPLE_AREA, NEW, PLACE_ABROAD
from tests.geodata.feeds.test_delivery import refusals
from tests.geodata.feeds.test_registries import thing
from tests.geodata.feeds.test_shop_prices import told

NEEDS = (EXAMPLE_AREA,)
OF_THINGS = ("name", "telephone")


async def test_its_days_and_prices_move_with_a_shop(city: Database, east: Scope, everywhere: Scope) -> None:
    """The old county reaches nothing of it any more."""
    await deliver(city, east, "shops", thing("shops"), "tests")
    await deliver(city, east, "shop_prices", told(), "tests")
    assert await deliver(city, everywhere, "shops", thing("shops", area=ABROAD, **PLACE_ABROAD), "tests") == NEW
    for table, count in (("shop_day", 1), ("shop_price", 2)):
        assert one(city, f"SELECT count(*) FROM {table} d JOIN shop s ON s.id = d.shop_id AND s.path = d.path") == count
    assert await refusals(city, east, "shop_prices", told()) == [(1, "shop", "unknown_shop")]


async def test_a_kind_that_nobody_agreed_on_is_refused(city: Database, east: Scope) -> None:
    """With those that may be sent."""
    assert await refusals(city, east, "shops", thing("shops", kind="超市")) == [(1, "kind", "choice")]
