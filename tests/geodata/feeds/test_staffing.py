"""Staff on duty, by shift: the newest report counts, and nobody's name comes in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.conftest import FOREIGN_POST, OTHER_POST, POST
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.registering import KNOWN, NEW
from tests.geodata.feeds.test_delivery import refusals

NOW = datetime.now(UTC).replace(microsecond=0)


def shift(on_duty: int = 3, minute: int = 0, post: str = POST, begins: str = "06:00", **more: Any) -> dict[str, Any]:
    row = {"checkpoint": post, "day": f"{NOW:%Y-%m-%d}", "shift_from": begins, "shift_to": "14:00", "on_duty": on_duty}
    return row | {"reported_at": NOW - timedelta(hours=1) + timedelta(minutes=minute)} | more


async def test_the_newest_report_of_a_shift_counts(city: Database, east: Scope) -> None:
    """Each shift by itself, in any order."""
    assert await deliver(city, east, "staffing", shift(), "tests") == NEW
    assert await deliver(city, east, "staffing", shift(9, -5), "tests") == KNOWN
    rows = [shift(5, 8), shift(4, 2), shift(2, begins="14:00", shift_to="22:00"), shift(1, post=OTHER_POST)]
    assert await deliver(city, east, "staffing", rows, "tests") == Delivered(3, 1)
    with city.owner() as connection:
        found = connection.execute(
            text("SELECT on_duty FROM checkpoint_staffing ORDER BY checkpoint_id, shift_from")
        ).scalars()
        assert found.all() == [5, 2, 1]


async def test_a_foreign_post_is_unknown(city: Database, east: Scope) -> None:
    """And nothing of the delivery is written."""
    rows = [shift(), shift(post=FOREIGN_POST), shift(post="P?")]
    assert await refusals(city, east, "staffing", rows) == [
        (2, "checkpoint", "unknown_checkpoint"),
        (3, "checkpoint", "unknown_checkpoint"),
    ]
    assert one(city, "SELECT count(*) FROM checkpoint_staffing") == 0


@pytest.mark.parametrize(
    ("change", "column", "why"),
    [
        ({"on_duty": -1}, "on_duty", "too_small"),
        ({"on_duty": 1001}, "on_duty", "too_large"),
        ({"on_duty": 2.5}, "on_duty", "whole_number"),
        ({"shift_to": "26:00"}, "shift_to", "clock"),
        ({"staff": "张三"}, "staff", "extra"),
    ],
)
async def test_wrong_values(city: Database, east: Scope, change: dict[str, Any], column: str, why: str) -> None:
    assert await refusals(city, east, "staffing", shift(**change)) == [(1, column, why)]
