"""The consultation network, as it comes in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.model.people import Role
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.test_delivery import KNOWN, NEW, refusals
from tests.places import CITY, EAST, GRIDS, WEST

NEEDS = (
    "UPDATE clinic SET code = '411202-C02' WHERE id = (SELECT max(id) FROM clinic)",
    "UPDATE clinic SET code = '411202-C01' WHERE id = (SELECT min(id) FROM clinic)",
)
ONE, TWO = (f"{grid}-C" for grid in GRIDS[EAST])
FAR = f"{GRIDS[WEST][0]}-C"
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = NOW.date() - timedelta(days=1)


def asked(cases: int = 3, minute: int = 0, asks: str = ONE, answers: str = TWO, **more: Any) -> dict[str, Any]:
    row = {"asks": asks, "answers": answers, "kind": "video", "since": "2020-02-03", "day": DAY, "cases": cases}
    return row | {"reported_at": NOW - timedelta(hours=2) + timedelta(minutes=minute)} | more


async def test_the_newest_report_of_a_day_counts(city: Database, east: Scope) -> None:
    rows = [asked(3, 5), asked(2), asked(1, 9, day=DAY - timedelta(days=1), kind="telephone")]
    assert await deliver(city, east, "consultations", rows, "t") == Delivered(2, 1)
    assert await deliver(city, east, "consultations", rows, "t") == Delivered(0, 3)
    assert await deliver(city, east, "consultations", asked(9, 1), "t") == KNOWN
    assert await deliver(city, east, "consultations", asked(4, 8), "t") == NEW
    assert one(city, "SELECT kind FROM consultation") == "telephone"
    assert one(city, "SELECT array_agg(cases ORDER BY day) FROM consultation_day") == [1, 4]


async def test_a_link_lies_in_the_deepest_area_of_both_ends(city: Database, scope: Callable[..., Scope]) -> None:
    """Whoever sees only one end does not see the link."""
    await deliver(city, scope(CITY), "consultations", [asked(), asked(5, asks=ONE, answers=FAR)], "t")
    with city.owner() as connection:
        levels = connection.scalars(
            text("SELECT a.level FROM consultation c JOIN area a ON a.id = c.area_id AND a.path = c.path ORDER BY c.id")
        ).all()
    assert sorted(levels) == ["city", "village"]
    for readers, links in ((scope(CITY), 2), (scope(EAST), 1), (scope(WEST), 0), (scope(CITY, role=Role.PRESS), 0)):
        async with city.scoped(readers) as connection:
            assert await connection.scalar(text("SELECT count(*) FROM consultation")) == links
            assert await connection.scalar(text("SELECT count(*) FROM consultation_day")) == links


async def test_what_does_not_fit_is_refused(city: Database, east: Scope) -> None:
    assert await refusals(city, east, "consultations", asked(answers=FAR)) == [(1, "answers", "unknown_clinic")]
    assert await refusals(city, east, "consultations", asked(answers=ONE)) == [(1, "answers", "same_hospital")]
    assert await refusals(city, east, "consultations", [asked(), asked(kind="letter")]) == [(2, "kind", "choice")]
    assert one(city, "SELECT count(*) FROM consultation") == 0
