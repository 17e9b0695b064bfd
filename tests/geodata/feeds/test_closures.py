"""Closures as departments deliver them: drawn once, ended once, never redrawn, inside the sender's areas."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.event import listen

from geodata import closures
from geodata.arrival.door import Delivered, deliver
from geodata.arrival.payload import parse
from geodata.database import Database
from geodata.feeds import closures as closures_feed
from geodata.feeds.floor import registry
from geodata.feeds.floor.refusal import Refused
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.registering import ABROAD, EXAMPLE_AREA, HOME, KNOWN, NEW
from tests.geodata.feeds.test_delivery import refusals
from tests.places import WEST

NEEDS = (EXAMPLE_AREA,)
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
SQUARE = [[111.002, 34.002], [111.003, 34.002], [111.003, 34.003], [111.002, 34.003], [111.002, 34.002]]


def line(west: float = 111.002, east: float = 111.004) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [[west, 34.002], [east, 34.002]]}


def closed(hours: float | None = None, code: str = "X1", area: str = HOME, **more: Any) -> dict[str, Any]:
    """Return a blocked street, ended after so many hours."""
    row = {"code": code, "area": area, "kind": "blocked_street", "place": line(), "since": BEGAN} | more
    return row if hours is None else row | {"until": BEGAN + timedelta(hours=hours)}


def found(city: Database) -> list[tuple[datetime, datetime | None, str, str | None]]:
    with city.owner() as connection:
        rows = connection.execute(
            text(
                "SELECT lower(valid), upper(valid), entered_by, ended_by FROM closure "
                "WHERE client_id IS NOT NULL ORDER BY id"
            )
        )
        return [tuple(row) for row in rows]


async def test_one_is_drawn_and_ended(city: Database, east: Scope) -> None:
    """Sent again, nothing; once ended, its end stays."""
    assert await deliver(city, east, "closures", closed(), "交警") == NEW
    assert await deliver(city, east, "closures", closed(), "交警") == KNOWN
    assert await deliver(city, east, "closures", closed(5), "交警") == NEW
    assert await deliver(city, east, "closures", closed(5), "交警") == KNOWN
    assert await deliver(city, east, "closures", closed(9), "交警") == KNOWN
    assert found(city) == [(BEGAN, BEGAN + timedelta(hours=5), "交警", "交警")]


async def test_what_is_over_comes_in_one_row(city: Database, east: Scope) -> None:
    """An area too; and a later redrawing is not taken, for the past of the plan is never rewritten."""
    assert await deliver(
        city, east, "closures", [closed(code="X9"), closed(2, code="X9"), closed(code="X9")], "tests"
    ) == Delivered(2, 1)
    area = closed(3, place={"type": "Polygon", "coordinates": [SQUARE]}, kind="controlled_exit")
    assert await deliver(city, east, "closures", [area, closed(code="X2")], "tests") == Delivered(2, 0)
    assert await deliver(city, east, "closures", closed(code="X2", place=line(111.005, 111.006)), "tests") == KNOWN
    drawn = "SELECT count(*) FROM closure WHERE ST_XMin(place) = 111.002 AND client_id IS NOT NULL"
    assert one(city, drawn) == 3


async def test_somebody_else_may_have_ended_it(city: Database, east: Scope) -> None:
    """On the map; what the feed says later changes nothing."""
    await deliver(city, east, "closures", closed(), "tests")
    number, now = one(city, "SELECT max(id) FROM closure"), BEGAN + timedelta(hours=1)
    async with city.writing(east) as connection:
        await closures.end(connection, number, reason="lifted", by="张", client_id=uuid4(), now=now)
    assert await deliver(city, east, "closures", closed(5), "tests") == KNOWN
    assert found(city) == [(BEGAN, now, "tests", "张")]


async def test_what_does_not_fit_is_refused(city: Database, east: Scope, scope: Callable[..., Scope]) -> None:
    """Somebody else's area, a street that leaves one's own, a code of another county's; nothing of the delivery is written."""
    assert await refusals(city, east, "closures", closed(area=ABROAD)) == [(1, "area", "unknown_area")]
    rows = [closed(), closed(code="X2", place=line(111.015, 111.025)), closed(code="X3", place=line(111.022, 111.024))]
    assert await refusals(city, east, "closures", rows) == [(2, "place", "outside_area"), (3, "place", "outside_area")]
    assert found(city) == []
    abroad = closed(area=ABROAD, place=line(111.022, 111.024))
    assert await deliver(city, scope(WEST), "closures", abroad, "tests") == NEW
    assert await refusals(city, east, "closures", closed()) == [(1, "code", "code_taken")]


async def test_what_is_refused_of_many_is_what_is_refused_of_one(
    city: Database, east: Scope, scope: Callable[..., Scope]
) -> None:
    """A code may come several times: until one of its rows lies where it may, each is refused; then it is drawn, and ended."""
    away = line(111.022, 111.024)
    await deliver(city, scope(WEST), "closures", closed(code="W1", area=ABROAD, place=away), "tests")
    rows = [
        closed(),
        closed(code="X2", place=away),
        closed(code="X2"),
        closed(3, code="X2", place=away),
        closed(code="W1"),
        closed(code="W1", place=away),
        closed(5),
        closed(7),
    ]
    wrong = [(2, "place", "outside_area"), (5, "code", "code_taken"), (6, "place", "outside_area")]
    assert await refusals(city, east, "closures", rows) == wrong
    assert len(found(city)) == 1, "nothing of it was written"
    right = [row for n, row in enumerate(rows, 1) if n not in {number for number, _, _ in wrong}]
    assert await deliver(city, east, "closures", right, "tests") == Delivered(4, 1)
    hours = {3: "X2", 5: "X1"}
    assert sorted((ended - began).seconds // 3600 for began, ended, _, _ in found(city) if ended) == list(hours)


async def test_thousands_cost_as_many_statements_as_one(city: Database, east: Scope) -> None:
    """Drawn and ended; what crosses the border of two grids is looked at with what lies around it."""
    counted = []
    for count in (1, 300):
        rows = [closed(n % 2 or None, code=f"{count}-{n}", place=line(111.008, 111.012)) for n in range(count)]
        checked = parse(closures_feed.FEED, rows)
        statements: list[str] = []
        async with city.writing(east) as connection:
            listen(connection.sync_connection, "before_cursor_execute", lambda *said: statements.append(said[2]))  # noqa: B023
            written = await closures_feed.write(connection, checked, "tests")
        assert written.accepted == count
        counted.append(len(statements))
    assert counted[1] <= counted[0] + 1, "one row had no end"


@pytest.mark.parametrize(
    "place",
    [
        None,
        [],
        {},
        {"type": "Point", "coordinates": [111.0, 34.0]},
        line(111.002, 111.002),
        line(111.0, 113.0),
        line(float("nan")),
        {"type": "LineString", "coordinates": "x"},
        {"type": "Polygon", "coordinates": [[SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]]},
        {"type": "LineString", "coordinates": [[111.002 + n * 1e-5, 34.0] for n in range(501)]},
    ],
)
def test_what_cannot_be_drawn_is_refused(place: Any) -> None:
    """With what a shape must be."""
    with pytest.raises(Refused) as refusal:
        parse(registry.get("closures"), closed(place=place))
    assert [(r.column, r.why) for r in refusal.value.refusals] == [("place", "bad_shape")]


def test_an_end_before_the_beginning_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        parse(registry.get("closures"), closed(-1))
    assert [(r.column, r.why) for r in refusal.value.refusals] == [("until", "ended_before")]
