"""Tip-offs: a kind and a place in the tree; no word that could name somebody."""

from datetime import UTC, datetime, timedelta
from typing import Any

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.test_delivery import refusals
from tests.places import EAST, GRIDS, WEST

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


def row(minute: float = 0, code: str = "T1", area: str = GRIDS[EAST][0], **more: Any) -> dict[str, Any]:
    said = {"kind": "gathering", "at": NOW.isoformat(), "reported_at": (NOW + timedelta(minutes=minute)).isoformat()}
    return {"code": code, "area": area, **said, **more}


async def test_a_tip_off_is_open_until_somebody_follows_it_up(city: Database, east: Scope) -> None:
    """The newest word counts; a village will do where the grid is not known."""
    rows = [row(9, status="followed_up"), row(), row(3, code="T2", area=EAST + "001001", kind="price")]
    assert await deliver(city, east, "tip_offs", rows, "tests") == Delivered(2, 1)
    assert one(city, "SELECT status FROM tip_off WHERE code = 'T1'") == "followed_up"
    assert one(city, "SELECT answered_at FROM tip_off WHERE code = 'T1'") == NOW + timedelta(minutes=9)
    assert one(city, "SELECT answered_at FROM tip_off WHERE code = 'T2'") is None
    await deliver(city, east, "tip_offs", row(20, status="closed"), "tests")
    assert one(city, "SELECT answered_at FROM tip_off WHERE code = 'T1'") == NOW + timedelta(minutes=9)


async def test_what_does_not_fit_is_refused(city: Database, east: Scope) -> None:
    """A kind that nobody agreed on, a foreign area, and any text at all."""
    assert [r[:2] for r in await refusals(city, east, "tip_offs", row(kind="rumour"))] == [(1, "kind")]
    assert await refusals(city, east, "tip_offs", row(area=GRIDS[WEST][0])) == [(1, "area", "unknown_area")]
    assert await refusals(city, east, "tip_offs", row(words="隔壁聚会")) == [(1, "words", "extra")]
