"""Gates as departments deliver them: what they are, and a past that is appended to and never rewritten."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from geodata import gates
from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.feeds.floor import registry
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.registering import ABROAD, EXAMPLE_AREA, HOME, KNOWN, NEW, NEXT, PLACE, PLACE_ABROAD, area_of
from tests.geodata.feeds.test_delivery import refusals
from tests.places import WEST

NEEDS = (EXAMPLE_AREA,)
OF_THINGS = ("name",)
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)


def gate(state: str = "closed", hour: float = 0, code: str = "X1", area: str = HOME, **more: Any) -> dict[str, Any]:
    """Return a gate in a state since so many hours after the beginning."""
    row = {"code": code, "area": area, "name": "南门", "kind": "gate", "state": state, **PLACE}
    return row | {"since": BEGAN + timedelta(hours=hour)} | more


def history(city: Database, code: str = "X1") -> list[tuple[str, float, float | None, str]]:
    """Return (state, from, to, reason) of a gate, oldest first, in hours after the beginning; it hangs together."""
    with city.owner() as connection:
        rows = connection.execute(
            text(
                "SELECT s.state, lower(s.valid) AS since, upper(s.valid) AS until, s.reason, g.state AS now, g.since AS held, "
                "(s.area_id, s.path) = (g.area_id, g.path) AS along FROM gate g JOIN gate_state s ON s.gate_id = g.id "
                "WHERE g.code = :code ORDER BY lower(s.valid)"
            ),
            {"code": code},
        ).all()
    assert (rows[-1].state, rows[-1].since, rows[-1].until) == (rows[-1].now, rows[-1].held, None)
    assert all(row.along for row in rows)
    assert [row.until for row in rows[:-1]] == [row.since for row in rows[1:]]

    def hours(moment: datetime | None) -> float | None:
        return None if moment is None else (moment - BEGAN) / timedelta(hours=1)

    return [(row.state, hours(row.since) or 0.0, hours(row.until), row.reason) for row in rows]


async def test_states_are_appended(city: Database, east: Scope) -> None:
    """Equal ones and late ones change nothing; the reason is the plan's own where none is given."""
    assert await deliver(city, east, "gates", gate(), "tests") == NEW
    assert await deliver(city, east, "gates", gate(), "tests") == KNOWN
    assert await deliver(city, east, "gates", gate("open", 5, reason="解封"), "tests") == NEW
    assert await deliver(city, east, "gates", gate("single_entrance", 3), "tests") == KNOWN
    assert await deliver(city, east, "gates", gate("open", 7), "tests") == KNOWN
    assert history(city) == [("closed", 0, 5, "control"), ("open", 5, None, "解封")]


async def test_a_delivery_may_hold_a_history(city: Database, east: Scope) -> None:
    """In any order, of several gates; each state that changed something was accepted."""
    rows = [gate("open", 4), gate("closed", 2), gate("open", 0), gate("closed", 1, code="X2"), gate("closed", 3)]
    assert await deliver(city, east, "gates", rows, "tests") == Delivered(4, 1)
    assert await deliver(city, east, "gates", rows, "tests") == Delivered(0, 5)
    assert [(state, since) for state, since, *_ in history(city)] == [("open", 0), ("closed", 2), ("open", 4)]
    assert [(state, since) for state, since, *_ in history(city, "X2")] == [("closed", 1)]


async def test_what_it_is_says_the_newest_row(city: Database, east: Scope) -> None:
    """Another name and another grid are news too; the past goes along, and can be gone on with there."""
    await deliver(city, east, "gates", [gate("open", -1), gate()], "tests")
    moved = gate(name="北门", area=NEXT)
    assert await deliver(city, east, "gates", moved, "tests") == NEW
    assert await deliver(city, east, "gates", moved, "tests") == KNOWN
    assert (one(city, "SELECT name FROM gate WHERE code = 'X1'"), area_of(city, "gate", "X1")) == ("北门", NEXT)
    assert len(history(city)) == 2


async def test_a_late_row_takes_no_name_back(city: Database, east: Scope) -> None:
    """What was said of an earlier moment is neither its name nor its place any more."""
    await deliver(city, east, "gates", gate("open", 5, name="北门"), "tests")
    assert await deliver(city, east, "gates", gate("closed", 2, name="南门", area=NEXT), "tests") == KNOWN
    assert (one(city, "SELECT name FROM gate WHERE code = 'X1'"), area_of(city, "gate", "X1")) == ("北门", HOME)


async def test_who_stands_there_and_who_delivers_write_one_history(
    city: Database, east: Scope, scope: Callable[..., Scope]
) -> None:
    """A gate that was moved is opened by the officer of its new grid; the feed goes on after that."""
    await deliver(city, east, "gates", gate(), "tests")
    await deliver(city, east, "gates", gate(area=NEXT), "tests")
    number, now = one(city, "SELECT id FROM gate WHERE code = 'X1'"), BEGAN + timedelta(hours=6)
    async with city.writing(scope(NEXT)) as connection:
        await gates.set_state(connection, number, "open", reason="lifted", by="张", client_id=uuid4(), now=now)
    assert await deliver(city, east, "gates", gate("closed", 5, area=NEXT), "tests") == KNOWN
    assert await deliver(city, east, "gates", gate("closed", 8, area=NEXT), "tests") == NEW
    assert [state for state, *_ in history(city)] == ["closed", "open", "closed"]


async def test_what_does_not_fit_is_refused(city: Database, east: Scope, scope: Callable[..., Scope]) -> None:
    """Somebody else's area, a place far away, a code of another county's gate, a state that none has."""
    assert await refusals(city, east, "gates", [gate(), gate(area=ABROAD)]) == [(2, "area", "unknown_area")]
    assert await refusals(city, east, "gates", gate(lon=112.0)) == [(1, "lon", "far_from_area")]
    assert await refusals(city, east, "gates", gate("ajar")) == [(1, "state", "choice")]
    await deliver(city, scope(WEST), "gates", gate(area=ABROAD, **PLACE_ABROAD), "tests")
    late = [gate(code="X0"), gate("open", 9), gate("open", 10)]
    assert await refusals(city, east, "gates", late) == [(2, "code", "code_taken"), (3, "code", "code_taken")]
    assert one(city, "SELECT count(*) FROM gate WHERE code = 'X0'") == 0
    assert [state for state, *_ in history(city)] == ["closed"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(gates.STATES), st.integers(0, 40)), min_size=1, max_size=8),
    st.integers(1, 8),
)
async def test_a_history_is_whole_however_it_comes(
    city: Database, everywhere: Scope, said: list[tuple[str, int]], at_once: int
) -> None:
    """Intervals follow each other, never overlap, and none equals the one before it."""
    with city.owner() as connection:
        for table in ("gate_state", "gate"):
            connection.execute(text(f"DELETE FROM {table}"))
    accepted = 0
    for first in range(0, len(said), at_once):
        rows = [gate(state, hour) for state, hour in said[first : first + at_once]]
        accepted += (await deliver(city, everywhere, "gates", rows, "tests")).accepted
    held = history(city)
    assert len(held) == accepted
    assert all(one[0] != other[0] for one, other in itertools.pairwise(held))
    assert {(state, since) for state, since, *_ in held} <= set(said)


def test_the_example_is_of_the_plan() -> None:
    """Its reason is one that the plan has words for."""
    assert registry.get("gates").example["reason"] == "control"
