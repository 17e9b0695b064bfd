"""The registry of drones: a new one can fly at once."""

from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.registering import NEW
from tests.geodata.feeds.test_delivery import refusals, seen_at
from tests.geodata.feeds.test_registries import thing

OF_THINGS = ("name",)


async def test_a_drone_that_was_registered_flies(city: Database, east: Scope) -> None:
    """Before it was, its telemetry is refused."""
    position = seen_at("F9", drone="X1")
    assert await refusals(city, east, "telemetry", position) == [(1, "drone", "unknown_drone")]
    await deliver(city, east, "drones", thing("drones"), "tests")
    assert await deliver(city, east, "telemetry", position, "tests") == NEW


async def test_a_camera_sees_between_one_and_179_degrees(city: Database, east: Scope) -> None:
    """And its angle is a finite number."""
    for angle, why in ((0.5, "too_small"), (180.0, "too_large"), (float("inf"), "number"), ("78", "number")):
        row = thing("drones", camera_degrees=angle)
        assert await refusals(city, east, "drones", row) == [(1, "camera_degrees", why)]
