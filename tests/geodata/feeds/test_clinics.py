"""The registry of clinics: a new one is neither open nor closed until it says so, and the registry never says it."""

from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.registering import EXAMPLE_AREA, KNOWN, NEW
from tests.geodata.feeds.test_registries import thing
from tests.layers.looking import rows, view

NEEDS = (EXAMPLE_AREA,)
OF_THINGS = ("name", "telephone")


async def test_the_registry_does_not_speak_for_the_clinic(city: Database, east: Scope) -> None:
    """Unknown on the map; what it has reported stays when its registry entry comes again."""
    await deliver(city, east, "clinics", thing("clinics"), "tests")
    assert {row.status for row in rows(city, "clinics", view(), east) if row.code == "X1"} == {"unknown"}
    status = {"clinic": "X1", "status": "full", "reported_at": "2020-02-11T10:30:00+08:00"}
    assert await deliver(city, east, "clinic_status", status, "tests") == NEW
    assert await deliver(city, east, "clinics", thing("clinics"), "tests") == KNOWN
    assert await deliver(city, east, "clinics", thing("clinics", hours="08:00–20:00"), "tests") == NEW
    assert one(city, "SELECT status || ' ' || hours FROM clinic WHERE code = 'X1'") == "full 08:00–20:00"


async def test_a_status_put_right_at_the_same_moment_stands(city: Database, east: Scope) -> None:
    await deliver(city, east, "clinics", thing("clinics"), "tests")
    for status in ("full", "closed"):
        said = {"clinic": "X1", "status": status, "reported_at": "2020-02-11T10:30:00+08:00"}
        assert await deliver(city, east, "clinic_status", said, "tests") == NEW
        assert await deliver(city, east, "clinic_status", said, "tests") == KNOWN
    assert one(city, "SELECT status FROM clinic WHERE code = 'X1'") == "closed"
