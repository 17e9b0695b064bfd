"""Health codes per area and day: the newest report counts, whatever order they come in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.test_delivery import refusals
from tests.places import EAST, WEST

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
DAY = (NOW - timedelta(days=3)).date().isoformat()


def row(minute: float = 0, area: str = EAST, **more: Any) -> dict[str, Any]:
    at = (NOW + timedelta(minutes=minute)).isoformat()
    counts = {"green": 2_000_000, "yellow": 9, "red": 1, "registered": 2_190_000, "population": 2_400_000}
    return {"area": area, "day": DAY, **counts, "reported_at": at, **more}


async def test_the_newest_report_of_a_day_counts(city: Database, east: Scope) -> None:
    """More than any village could have; corrected; out of order; sent twice; when it first came stays known."""
    assert await deliver(city, east, "health_codes", [row(5, red=4), row(1)], "tests") == Delivered(1, 1)
    assert await deliver(city, east, "health_codes", row(3, red=7), "tests") == Delivered(0, 1)
    assert await deliver(city, east, "health_codes", row(9, red=2), "tests") == Delivered(1, 0)
    with city.owner() as connection:
        kept = connection.execute(text("SELECT * FROM health_code_day WHERE day = :day"), {"day": DAY}).one()
    assert (kept.red, kept.registered) == (2, 2_190_000)
    assert (kept.first_reported_at, kept.reported_at) == (NOW + timedelta(minutes=5), NOW + timedelta(minutes=9))
    assert one(
        city, "SELECT path = (SELECT path FROM area WHERE id = area_id) FROM health_code_day WHERE day = :d", d=DAY
    )


async def test_what_does_not_fit_is_refused(city: Database, east: Scope) -> None:
    """Another county, a count below nothing, a figure with a comma: with its row and column, and nothing is written."""
    assert await refusals(city, east, "health_codes", [row(), row(area=WEST)]) == [(2, "area", "unknown_area")]
    assert [r[:2] for r in await refusals(city, east, "health_codes", row(red=-1))] == [(1, "red")]
    assert [r[:2] for r in await refusals(city, east, "health_codes", row(green="2,000"))] == [(1, "green")]
    assert one(city, "SELECT count(*) FROM health_code_day WHERE day = :day", day=DAY) == 0
