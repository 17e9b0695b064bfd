"""Hotline cases per area and day: each day is of itself, so that totals are sums."""

from datetime import UTC, datetime, timedelta
from typing import Any

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.test_delivery import refusals
from tests.places import EAST, GRIDS, WEST

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
TOWNSHIP = EAST + "001"


def row(days_ago: int = 1, minute: float = 0, area: str = TOWNSHIP, **more: Any) -> dict[str, Any]:
    day = (NOW - timedelta(days=days_ago)).date().isoformat()
    at = (NOW + timedelta(minutes=minute)).isoformat()
    return {"area": area, "day": day, "received": 40, "closed": 38, "reported_at": at, **more}


async def test_days_add_up_and_a_correction_moves_its_own_day(city: Database, east: Scope) -> None:
    """More may be closed on a day than came in on it."""
    total = "SELECT sum(received) || '/' || sum(closed) FROM hotline_day h JOIN area a ON a.id = h.area_id WHERE a.code = :code"
    sent = [row(3), row(2, received=0, closed=2), row(1)]
    assert await deliver(city, east, "hotline", sent, "tests") == Delivered(3, 0)
    assert one(city, total, code=TOWNSHIP) == "80/78"
    assert await deliver(city, east, "hotline", [row(3, 5, received=41), *sent], "tests") == Delivered(1, 3)
    assert one(city, total, code=TOWNSHIP) == "81/78"


async def test_what_does_not_fit_is_refused(city: Database, east: Scope) -> None:
    """A foreign area, and a case that is less than none; a grid of one's own is an area like others."""
    assert await refusals(city, east, "hotline", [row(), row(area=WEST)]) == [(2, "area", "unknown_area")]
    assert [r[:2] for r in await refusals(city, east, "hotline", row(closed=-1))] == [(1, "closed")]
    assert await deliver(city, east, "hotline", row(5, area=GRIDS[EAST][0]), "tests") == Delivered(1, 0)
