"""Who opens and closes gates, who draws closures, what is kept of it; two at once, twice the same, and across a border."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import ProgrammingError

from geodata import closures, gates
from geodata.database import Database
from geodata.errors import BadValue, ChangedMeanwhile, NotAllowed, OutsideArea, UnknownArea, UnknownFeature
from geodata.model import Role
from geodata.scope import Scope
from tests.layers.looking import rows, run, scope, view
from tests.places import CITY, EAST, GRIDS, WEST

OWN = GRIDS[EAST][0]
STREET = [[111.002, 34.002], [111.004, 34.003]]


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    yield tiny_city
    await tiny_city.close()


def gate_of(city: Database, grid: str) -> int:
    number = run(city, "SELECT id FROM gate WHERE code = :code", code=f"G{grid}")
    assert isinstance(number, int)
    return number


async def turn(city: Database, state: str = "open", *, grid: str = OWN, eyes: Scope | None = None, **more: Any) -> Any:
    given = {"reason": "lifted", "by": "张", "client_id": uuid4(), "now": datetime.now(UTC)} | more
    async with city.writing(eyes or scope(city, OWN, Role.GRID)) as connection:
        return await gates.set_state(connection, gate_of(city, grid), state, **given)


async def block(city: Database, line: Any = STREET, *, eyes: Scope | None = None, **more: Any) -> dict[str, Any]:
    kind = "Polygon" if isinstance(line[0][0], list) else "LineString"
    given = {"area_code": None, "reason": "control", "by": "张", "client_id": uuid4(), "now": datetime.now(UTC)} | more
    async with city.writing(eyes or scope(city, OWN, Role.GRID)) as connection:
        geometry = {"type": kind, "coordinates": line}
        return await closures.draw(connection, "blocked_street", geometry, **given)


async def test_a_gate_opens_and_its_past_is_kept(city: Database) -> None:
    before = datetime.now(UTC)
    found = await turn(city)
    assert (found["state"], found["by"], found["reason"], found["area_code"]) == ("open", "张", "lifted", OWN)
    async with city.scoped(scope(city, OWN, Role.GRID)) as connection:
        history = (await gates.gate(connection, found["id"]))["history"]
    assert [(step["state"], step["until"]) for step in history] == [("open", None), ("closed", found["since"])]
    now, then = (rows(city, "gates", view(now=datetime.now(UTC), at=at)) for at in (None, before))
    assert {row.id: row.state for row in now}[found["id"]] == "open"
    assert {row.id: row.state for row in then}[found["id"]] == "closed"
    assert {row.id: row.entered_by for row in then}[found["id"]] == f"G{OWN}"
    quick = rows(city, "gates", view(zoom=15))
    assert {(row.id, row.state) for row in quick} == {(row.id, row.state) for row in now}


async def test_the_same_client_id_changes_nothing_twice(city: Database) -> None:
    client = uuid4()
    first = await turn(city, client_id=client)
    assert await turn(city, "closed", client_id=client) == first
    assert run(city, "SELECT count(*) FROM gate_state WHERE gate_id = :id", id=first["id"]) == 2
    with pytest.raises(BadValue):
        await turn(city, grid=GRIDS[EAST][1], client_id=client, eyes=scope(city, EAST, Role.OFFICER))
    again = await asyncio.gather(*(turn(city, "closed", client_id=UUID(int=7)) for _ in range(3)))
    assert len({row["since"] for row in again}) == 1


async def test_of_two_people_at_once_the_second_sees_both_versions(city: Database) -> None:
    seen = run(city, "SELECT since FROM gate WHERE code = :code", code=f"G{OWN}")
    tries = [turn(city, state, by=who, seen=seen) for state, who in (("open", "甲"), ("single_entrance", "乙"))]
    done = await asyncio.gather(*tries, return_exceptions=True)
    (refused,) = [one for one in done if isinstance(one, ChangedMeanwhile)]
    (kept,) = [one for one in done if isinstance(one, dict)]
    assert refused.now["since"] == kept["since"]
    assert {refused.now["by"], refused.yours["by"]} == {"甲", "乙"}
    assert refused.facts["who"] == kept["by"]
    decided = await turn(city, str(refused.yours["state"]), seen=kept["since"])
    assert decided["state"] == refused.yours["state"]
    assert run(city, "SELECT count(*) FROM gate_state WHERE gate_id = :id", id=kept["id"]) == 3


async def test_a_foreign_gate_and_an_unknown_one_are_the_same(city: Database) -> None:
    for grid in (GRIDS[EAST][1], GRIDS[WEST][0]):
        with pytest.raises(UnknownFeature):
            await turn(city, grid=grid)
    assert run(city, "SELECT count(*) FROM gate_state") == 4
    for number in (0, -1, 2**31, 10**30):
        async with city.scoped(scope(city)) as connection:
            with pytest.raises(UnknownFeature):
                await gates.gate(connection, number)


def test_only_who_answers_for_an_area_writes() -> None:
    for role in Role:
        eyes = Scope(role, ("1",))
        assert gates.may_write(eyes) is (role in {Role.GRID, Role.OFFICER, Role.COMMAND})
        if not gates.may_write(eyes):
            with pytest.raises(NotAllowed):
                gates.demand_writer(eyes)


async def test_a_closure_belongs_to_the_deepest_area_around_it_and_ends_for_good(city: Database) -> None:
    begun = datetime.now(UTC)
    found = await block(city, now=begun - timedelta(hours=2), eyes=scope(city))
    assert (found["area_code"], found["until"], found["by"]) == (OWN, None, "张")
    client = uuid4()
    for _ in range(2):
        async with city.writing(scope(city, OWN, Role.GRID)) as connection:
            ended = await closures.end(connection, found["id"], reason="lifted", by="李", client_id=client, now=begun)
    assert (ended["until"], ended["ended_by"], ended["end_reason"]) == (begun, "李", "lifted")
    async with city.writing(scope(city, OWN, Role.GRID)) as connection:
        with pytest.raises(ChangedMeanwhile) as late:
            await closures.end(connection, found["id"], reason="x", by="王", client_id=uuid4(), now=begun)
    assert (late.value.now["ended_by"], late.value.yours["by"]) == ("李", "王")
    shown = {at: {row.id for row in rows(city, "closures", view(at=at))} for at in (None, begun - timedelta(hours=1))}
    assert [found["id"] in ids for ids in shown.values()] == [False, True]


async def test_a_closure_drawn_twice_is_there_once(city: Database) -> None:
    client = uuid4()
    first = await block(city, client_id=client)
    assert await block(city, [[111.003, 34.001], [111.003, 34.002]], client_id=client) == first
    assert run(city, "SELECT count(*) FROM closure") == 5


@pytest.mark.parametrize(
    ("line", "eyes", "area"),
    [
        (STREET, OWN, OWN),
        ([[111.008, 34.002], [111.01004, 34.002]], OWN, OWN),  # four metres over the border
        ([[111.008, 34.002], [111.012, 34.002]], EAST, f"{EAST}001001"),
        ([[111.018, 34.002], [111.022, 34.002]], CITY, CITY),
        ([[[111.002, 34.002], [111.004, 34.002], [111.004, 34.004], [111.002, 34.002]]], OWN, OWN),
    ],
)
async def test_where_a_closure_lies_decides_whose_it_is(city: Database, line: Any, eyes: str, area: str) -> None:
    assert (await block(city, line, eyes=scope(city, eyes, Role.OFFICER)))["area_code"] == area


@pytest.mark.parametrize(
    "line",
    [
        [[111.008, 34.002], [111.0102, 34.002]],
        [[111.012, 34.002], [111.014, 34.002]],
        [[110.99, 34.002], [111.004, 34.002]],
        [[10.0, 34.002], [10.001, 34.002]],
    ],
)
async def test_what_reaches_beyond_ones_own_area_is_refused(city: Database, line: Any) -> None:
    with pytest.raises(OutsideArea):
        await block(city, line)
    for foreign in (GRIDS[EAST][1], EAST, CITY):
        with pytest.raises(UnknownArea):
            await block(city, area_code=foreign)
    with pytest.raises(OutsideArea):
        await block(city, area_code=GRIDS[EAST][1], eyes=scope(city, EAST, Role.OFFICER))


async def test_two_own_grids_side_by_side_are_one_ground(city: Database) -> None:
    both = Scope(Role.GRID, tuple(path for grid in GRIDS[EAST] for path in scope(city, grid).paths))
    found = await block(city, [[111.007, 34.002], [111.011, 34.002]], eyes=both)
    assert found["area_code"] == OWN, "most of it lies there"


@pytest.mark.parametrize("statement", ["DELETE FROM closure", "UPDATE gate_state SET reason = 'x'", "DELETE FROM gate"])
async def test_what_was_is_never_rewritten(city: Database, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with city.writing(scope(city)) as connection:
            await connection.exec_driver_sql(statement)
