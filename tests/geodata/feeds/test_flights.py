"""Flights as somebody opens and closes them, beside their telemetry."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.registering import KNOWN, NEW
from tests.geodata.feeds.test_delivery import EAST_DRONE, HOUR, WEST_DRONE, refusals, seen_at


def flown(begins: int = 0, ends: int | None = None, code: str = "F1", drone: str = EAST_DRONE) -> dict[str, Any]:
    """Return a flight from and to so many seconds after the hour."""
    row: dict[str, Any] = {"code": code, "drone": drone, "started_at": HOUR + timedelta(seconds=begins)}
    return row if ends is None else row | {"ended_at": HOUR + timedelta(seconds=ends)}


def times(city: Database, code: str = "F1") -> tuple[float, float | None]:
    with city.owner() as connection:
        row = connection.execute(
            text("SELECT started_at, ended_at FROM flight WHERE code = :code"), {"code": code}
        ).one()
    began, ended = row
    return (began - HOUR).total_seconds(), None if ended is None else (ended - HOUR).total_seconds()


async def test_a_flight_is_opened_and_closed(city: Database, east: Scope) -> None:
    """Sent again, nothing; a later beginning or an earlier end narrows nothing."""
    assert await deliver(city, east, "flights", flown(60), "tests") == NEW
    assert await deliver(city, east, "flights", flown(60), "tests") == KNOWN
    assert times(city) == (60, None)
    assert await deliver(city, east, "flights", flown(60, 600), "tests") == NEW
    assert await deliver(city, east, "flights", flown(90, 300), "tests") == KNOWN
    assert await deliver(city, east, "flights", [flown(30, 400), flown(90, 700)], "tests") == Delivered(1, 1)
    assert times(city) == (30, 700)


async def test_it_goes_together_with_telemetry(city: Database, east: Scope) -> None:
    """Whichever comes first; positions do not take a landing back."""
    await deliver(city, east, "telemetry", [seen_at(second=50), seen_at(second=100)], "tests")
    assert await deliver(city, east, "flights", flown(40, 200), "tests") == NEW
    await deliver(city, east, "telemetry", [seen_at(second=20), seen_at(second=150)], "tests")
    assert times(city) == (20, 200)


async def test_what_does_not_fit_is_refused(city: Database, east: Scope, everywhere: Scope) -> None:
    """A foreign drone, a flight of another drone, an end before the beginning."""
    assert await refusals(city, east, "flights", flown(drone=WEST_DRONE)) == [(1, "drone", "unknown_drone")]
    assert await refusals(city, east, "flights", flown(50, 20)) == [(1, "ended_at", "ended_before")]
    both = [flown(), flown(drone=WEST_DRONE)]
    assert await refusals(city, everywhere, "flights", both) == [(2, "code", "other_drone")]
    await deliver(city, everywhere, "flights", flown(drone=WEST_DRONE), "tests")
    assert await refusals(city, east, "flights", flown()) == [(1, "code", "other_drone")]
    assert one(city, "SELECT count(*) FROM flight") == 1
