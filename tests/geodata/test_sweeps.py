"""Rounds of asking: what counts as asked, counts that equal a recount, pace, and who may see and open what."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from geodata import sweeps
from geodata.database import Database
from geodata.errors import BadValue, NotAllowed, RoundsOverlap, UnknownArea, UnknownFeature
from geodata.ledger import Change, record
from geodata.model import Role
from geodata.scope import Scope
from tests.layers.looking import run, scope
from tests.places import CITY, EAST, GRIDS, WEST

OWN = GRIDS[EAST][0]
NOW = datetime.now(UTC)
TODAY = date(2021, 1, 4)
RECOUNT = text(
    "SELECT count(*) FROM (SELECT sweep_id, area_id, count(*) AS asked FROM sweep_answer GROUP BY 1, 2) c "
    "FULL JOIN (SELECT * FROM grid_sweep WHERE asked <> 0) g USING (sweep_id, area_id) WHERE c.asked IS DISTINCT FROM g.asked"
)


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    yield tiny_city
    await tiny_city.close()
    with tiny_city.owner() as connection:
        assert connection.scalar(RECOUNT) == 0


async def progress(city: Database, code: str, eyes: Scope | None = None, **more: Any) -> dict[str, Any]:
    async with city.scoped(eyes or scope(city, code, Role.OFFICER)) as connection:
        return await sweeps.progress(connection, code, now=more.pop("now", NOW), **more)


async def ask(city: Database, number: int, *doors: int, eyes: Scope | None = None) -> list[str]:
    told = [(door, uuid4(), NOW) for door in doors]
    async with city.writing(eyes or scope(city, OWN, Role.GRID)) as connection:
        return [row["outcome"] for row in await sweeps.answer(connection, number, told, by="张", now=NOW)]


async def begin(
    city: Database, code: str, first: date, *, eyes: Scope | None = None, days: int = 7, **more: Any
) -> Any:
    given = {"name": "x", "target": 0.9, "by": "x", "client_id": uuid4(), "now": NOW} | more
    async with city.writing(eyes or scope(city, EAST, Role.OFFICER)) as connection:
        end = first + timedelta(days=days - 1)
        return await sweeps.open_round(connection, code, starts_on=first, ends_on=end, **given)


async def test_progress_of_each_area_below(city: Database) -> None:
    whole = await progress(city, CITY)
    assert (whole["asked"], whole["households"], whole["round"]["current"]) == (4, 24, True)
    assert [(part["code"], part["asked"], part["households"]) for part in whole["children"]] == [
        (EAST, 2, 12),
        (WEST, 2, 12),
    ]
    assert 0.9 * 3 / 7 <= whole["expected"] <= 0.9 * 4 / 7
    assert whole["behind"]
    assert await ask(city, 1, 2, 3, 4, 5) == ["recorded"] * 4
    village = await progress(city, f"{EAST}001001", scope(city))
    assert [(part["code"], part["asked"], part["behind"]) for part in village["children"]] == [
        (GRIDS[EAST][1], 1, True),
        (OWN, 5, False),
    ]


async def test_a_grid_leader_sees_the_round_of_the_city_and_own_numbers_alone(city: Database) -> None:
    eyes = scope(city, OWN, Role.GRID)
    async with city.scoped(eyes) as connection:
        listed = await sweeps.rounds(connection, now=NOW)
    assert [(row["name"], row["current"], row["area_code"]) for row in listed] == [
        (CITY, True, None),
        (EAST, False, None),
    ]
    assert (await progress(city, OWN, eyes))["asked"] == 1
    for code in (CITY, EAST, GRIDS[EAST][1]):
        with pytest.raises(UnknownArea):
            await progress(city, code, eyes)
    async with city.scoped(scope(city, role=Role.PRESS)) as connection:
        assert await sweeps.rounds(connection, now=NOW) == []


async def test_what_was_asked_before_or_lies_elsewhere_is_not_counted_again(city: Database) -> None:
    assert await ask(city, 1, 1, 2, 2, 7, 99) == ["known", "recorded", "known", "refused", "refused"]
    assert await ask(city, 3, 2, eyes=scope(city)) == ["refused"], "not in the area of that round"
    client, told = uuid4(), []
    for _ in range(2):
        async with city.writing(scope(city, OWN, Role.GRID)) as connection:
            told += await sweeps.answer(connection, 1, [(3, client, NOW)], by="张", now=NOW)
    assert [row["outcome"] for row in told] == ["recorded", "known"]
    for number in (0, 9, 3, 2**40):
        with pytest.raises(UnknownFeature):
            await ask(city, number, 2)


async def test_a_change_counts_as_asked_in_every_round_around_it(city: Database) -> None:
    await begin(city, EAST, NOW.date() - timedelta(days=1), days=4)
    async with city.writing(scope(city, OWN, Role.GRID)) as connection:
        for doors, days_ago, new in (([2], 0, 2), ([2], 0, 0), ([3], 60, 0), ([7], 0, 0)):
            moments = [NOW - timedelta(days=days_ago)]
            assert await sweeps.note_asked(connection, doors, moments, by="张") == new, (
                "a foreign household is not found"
            )
        change = Change(4, uuid4(), NOW, "survey", state=6, blindly=True)
        await record(connection, [change], scheme=1, source="test", sender="张")
        assert await sweeps.note_asked(connection, [4], [NOW], by="张") == 0, "a change is an answer"
    run(city, "DELETE FROM household WHERE id = 2")


async def test_who_was_not_asked_yet(city: Database) -> None:
    async with city.scoped(scope(city, OWN, Role.GRID)) as connection:
        found = await sweeps.not_asked(connection, OWN, now=NOW, today=NOW.date())
        assert [row["id"] for row in found] == [2, 3, 4, 5, 6]
        with pytest.raises(UnknownFeature):
            await sweeps.not_asked(connection, OWN, now=NOW, today=NOW.date(), number=3)


async def test_a_round_is_opened_inside_ones_own_area_and_never_twice_on_one_day(city: Database) -> None:
    client = uuid4()
    first = await begin(city, EAST, TODAY, client_id=client)
    assert (first["number"], first["days"], first["area_code"]) == (3, 7, EAST)
    assert (await begin(city, EAST, TODAY, client_id=client))["id"] == first["id"]
    assert (await begin(city, f"{EAST}001", TODAY))["number"] == 1, "another area has its own"
    with pytest.raises(RoundsOverlap):
        await begin(city, EAST, TODAY + timedelta(days=6))
    for foreign in (CITY, WEST):
        with pytest.raises(UnknownArea):
            await begin(city, foreign, TODAY)
    for days in (0, 94):
        with pytest.raises(BadValue):
            await begin(city, EAST, TODAY, days=days)
    for role in Role:
        if role not in sweeps.OPENERS:
            with pytest.raises(NotAllowed):
                sweeps.demand_opener(Scope(role, ("1",)))


@pytest.mark.parametrize(("hours", "share"), [(-5, 0.0), (0, 0.0), (84, 0.45), (168, 0.9), (1000, 0.9)])
def test_the_pace_is_the_same_every_hour(hours: int, share: float) -> None:
    begins = datetime(2021, 1, 4, tzinfo=UTC)
    found = {"target": 0.9, "begins_at": begins, "ends_at": begins + timedelta(days=7)}
    assert sweeps.expected(found, begins + timedelta(hours=hours)) == pytest.approx(share)


def test_behind_is_a_whole_household_and_nothing_is_said_of_nobody() -> None:
    area = {"code": "1", "name": "x", "level": "grid"}
    assert sweeps.paced(area | {"households": 6, "asked": 2}, 0.5)["behind"] is True
    assert sweeps.paced(area | {"households": 7, "asked": 3}, 0.5)["behind"] is False
    assert sweeps.paced(area | {"households": 0, "asked": 0}, 0.5)["behind"] is None
