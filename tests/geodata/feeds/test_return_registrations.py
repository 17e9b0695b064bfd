"""Announced returns: known by their code, met once, and nothing of the person."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.test_delivery import refusals
from tests.places import EAST, GRIDS, WEST

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


def row(minute: float = 0, code: str = "R1", area: str = GRIDS[EAST][0], ahead: int = 2, **more: Any) -> dict[str, Any]:
    usual = {"origin": "420100", "arrives_on": (NOW + timedelta(days=ahead)).date().isoformat(), "at": NOW.isoformat()}
    return {"code": code, "area": area, **usual, "reported_at": (NOW + timedelta(minutes=minute)).isoformat(), **more}


async def test_one_return_is_met_once(city: Database, east: Scope) -> None:
    """When it was met stays, however often it is said again; an older word undoes nothing; what was a mistake is open again."""
    minutes = "coalesce(extract(epoch FROM answered_at - at)::int / 60, -1)"
    kept = f"SELECT status || ' ' || {minutes} FROM return_registration WHERE code = 'R1'"
    steps = (
        (0, "registered", "registered -1"),
        (9, "met", "met 9"),
        (5, "registered", "met 9"),
        (20, "closed", "closed 9"),
    )
    for minute, status, wanted in (*steps, (30, "registered", "registered -1")):
        await deliver(city, east, "return_registrations", row(minute, status=status), "tests")
        assert one(city, kept) == wanted
    assert one(city, "SELECT count(*) FROM return_registration WHERE code = 'R1'") == 1


@pytest.mark.parametrize(
    ("wrong", "column"), [({"origin": "42"}, "origin"), ({"ahead": 200}, "arrives_on"), ({"status": "gone"}, "status")]
)
async def test_what_does_not_fit_is_refused(city: Database, east: Scope, wrong: dict[str, Any], column: str) -> None:
    """Where from is a code; days lie as far ahead as somebody plans."""
    assert [r[:2] for r in await refusals(city, east, "return_registrations", row(**wrong))] == [(1, column)]


async def test_a_code_of_another_county_is_taken(city: Database, east: Scope, scope: Callable[..., Scope]) -> None:
    """Nothing is told of it but that, and it stays as it is."""
    assert await refusals(city, east, "return_registrations", row(area=GRIDS[WEST][0])) == [(1, "area", "unknown_area")]
    await deliver(city, scope(WEST), "return_registrations", row(area=GRIDS[WEST][0]), "tests")
    assert await refusals(city, east, "return_registrations", row()) == [(1, "code", "code_taken")]
    with city.owner() as connection:
        held = "SELECT a.code FROM return_registration r JOIN area a ON a.id = r.area_id WHERE r.code = 'R1'"
        assert connection.scalar(text(held)) == GRIDS[WEST][0]
