"""The numbers of counts and citizens' reports equal a recount of their rows, in the reader's own areas alone."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from geodata import numbers, wall
from geodata.database import Database
from geodata.model import Role
from geodata.moment import Moment
from geodata.numbers import NUMBERS, for_reader, reading
from geodata.scope import Scope
from tests.places import CITY, EAST, GRIDS, WEST

OURS = ("four_groups", "report_coverage", "health_codes", "citizens_reports", "hotline")
NOW = datetime.now(UTC).replace(microsecond=0)
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = NOW.astimezone(ZONE).date()
TABLES = ("village_report", "health_code_day", "hotline_day", "fever_report", "tip_off", "return_registration")


@pytest.fixture
async def full(tiny_city: Database) -> AsyncIterator[Database]:
    """Return the tiny city as it is; its connections are closed afterwards."""
    yield tiny_city
    await tiny_city.close()


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    """Return the tiny city without any report."""
    with tiny_city.owner() as connection:
        for table in TABLES:
            connection.execute(text(f"DELETE FROM {table}"))
    yield tiny_city
    await tiny_city.close()


def put(database: Database, table: str, area: str, **values: Any) -> None:
    """Insert one row of an area."""
    names = ", ".join(values)
    binds = ", ".join(f":{name}" for name in values)
    with database.owner() as connection:
        connection.execute(
            text(f"INSERT INTO {table} (area_id, {names}) SELECT id, {binds} FROM area WHERE code = :area"),
            {"area": area, **values},
        )


def village(database: Database, area: str, days_ago: int, counts: tuple[int, int, int, int], at: datetime) -> None:
    groups = ("returned_outside", "returned_wuhan", "close_contact", "fever_unexplained")
    day = TODAY - timedelta(days=days_ago)
    put(
        database,
        "village_report",
        area,
        day=day,
        first_reported_at=at,
        reported_at=at,
        **dict(zip(groups, counts, strict=True)),
    )


def scope_of(database: Database, *codes: str, role: Role = Role.OFFICER) -> Scope:
    with database.owner() as connection:
        found = connection.scalars(text("SELECT path::text FROM area WHERE code = ANY (:c)"), {"c": list(codes)}).all()
    return Scope(role, tuple(found))


async def lines(
    database: Database,
    name: str,
    code: str = CITY,
    at: datetime | None = None,
    scope: Scope | None = None,
    now: datetime = NOW,
) -> dict[str, dict[str, Any]]:
    """Return the lines of one number by their English words."""
    async with database.scoped(scope or scope_of(database, CITY, role=Role.COMMAND)) as connection:
        found = await reading.read(connection, code, Moment(now, at), [NUMBERS[name]])
    assert not any("error" in one for one in found)
    return {line["words"]["en"]: line for one in found for line in one["lines"]}


def shown(line: dict[str, Any]) -> tuple[Any, ...]:
    return line["value"], line["of"], line["before"]


async def test_the_four_groups_move_by_what_the_same_villages_said(city: Database) -> None:
    """A village that did not report yesterday changes the sum, and not the change."""
    hour = NOW - timedelta(minutes=30)
    east, west = EAST + "001001", WEST + "001001"
    assert (await lines(city, "four_groups"))["All four groups"]["value"] is None
    village(city, east, 0, (5, 2, 0, 1), hour)
    village(city, west, 0, (10, 0, 0, 0), hour)
    village(city, east, 1, (4, 0, 3, 1), hour - timedelta(days=1))
    found = await lines(city, "four_groups")
    assert {words: (line["value"], line["before"]) for words, line in found.items()} == {
        "All four groups": (18, 18),
        "Returned from outside": (15, 14),
        "Returned from Wuhan": (2, 0),
        "Close contacts": (0, 3),
        "Fever without contact": (1, 1),
    }
    assert found["Fever without contact"]["severe"]
    assert found["All four groups"]["data_time"] == hour
    assert (await lines(city, "four_groups", east))["All four groups"]["value"] == 8
    then = await lines(city, "four_groups", at=NOW - timedelta(days=1))
    assert (then["All four groups"]["value"], then["Returned from outside"]["before"]) == (8, None)


async def test_yesterdays_report_that_comes_later_is_not_known_before(city: Database) -> None:
    east = EAST + "001001"
    village(city, east, 0, (5, 0, 0, 0), NOW - timedelta(minutes=30))
    village(city, east, 1, (4, 0, 0, 0), NOW - timedelta(minutes=5))
    assert shown((await lines(city, "four_groups"))["All four groups"]) == (5, None, 4)
    then = await lines(city, "four_groups", at=NOW - timedelta(minutes=10))
    assert shown(then["All four groups"]) == (5, None, None)


async def test_villages_that_have_not_reported_are_counted(city: Database) -> None:
    """Today, two whole days ago, never; a grid has no village, and so no such number."""
    assert (await lines(city, "report_coverage"))["Reported today"]["value"] is None
    village(city, EAST + "001001", 2, (0, 0, 0, 0), NOW - timedelta(days=2))
    found = await lines(city, "report_coverage")
    assert (shown(found["Reported today"]), found["Silent for two days"]["value"]) == ((0, 2, 0), 2)
    village(city, EAST + "001001", 0, (0, 0, 0, 0), NOW - timedelta(minutes=1))
    found = await lines(city, "report_coverage")
    assert (shown(found["Reported today"]), found["Silent for two days"]["value"]) == ((1, 2, 0), 1)
    assert found["Silent for two days"]["severe"]
    assert await lines(city, "report_coverage", GRIDS[EAST][0]) == {}


def codes(database: Database, area: str, days_ago: int, red: int, registered: int, hours_ago: float = 0.5) -> None:
    at = NOW - timedelta(hours=hours_ago)
    counts = {"green": 90, "yellow": 5, "red": red, "registered": registered, "population": 120}
    day = TODAY - timedelta(days=days_ago)
    put(database, "health_code_day", area, day=day, first_reported_at=at, reported_at=at, **counts)


async def test_nobody_is_counted_twice_where_a_county_and_its_townships_report(city: Database) -> None:
    """The topmost row below an area counts for it; yesterday's where today's has not come; older ones are none."""
    assert (await lines(city, "health_codes"))["Registered"]["value"] is None
    codes(city, EAST, 0, 3, 100)
    codes(city, EAST + "001", 0, 2, 99)
    codes(city, WEST + "001", 1, 4, 98, 25)
    codes(city, GRIDS[WEST][0], 0, 50, 97)
    whole = await lines(city, "health_codes")
    assert shown(whole["Registered"]) == (198, 240, 98)
    assert shown(whole["Red codes"]) == (7, 197, 4)
    assert shown((await lines(city, "health_codes", EAST + "001"))["Registered"]) == (99, 120, None)
    assert shown((await lines(city, "health_codes", GRIDS[WEST][0]))["Red codes"])[0] == 50
    assert (await lines(city, "health_codes", GRIDS[EAST][0]))["Green codes"]["value"] is None
    later = NOW + timedelta(days=1)
    async with city.scoped(scope_of(city, CITY)) as connection:
        (old,) = await reading.read(connection, WEST, Moment(later), [NUMBERS["health_codes"]])
    assert not old["lines"][0]["late"], "the grid's report of yesterday"


async def test_what_nobody_ever_reported_has_no_time(city: Database) -> None:
    put(city, "tip_off", GRIDS[EAST][0], code="T", kind="other", status="open", at=NOW, reported_at=NOW)
    times = {words: line["data_time"] for words, line in (await lines(city, "citizens_reports")).items()}
    assert times == {"Fevers to follow up": None, "Tip-offs to follow up": NOW, "Returns to meet": None}


async def test_what_citizens_report_is_open_until_somebody_answers(city: Database) -> None:
    """Now and at a past moment; a kind that nobody ever reported has no figure."""
    grid = GRIDS[EAST][0]
    hours = [timedelta(hours=n) for n in range(60)]
    chance = random.Random(6)
    rows = [
        (NOW - chance.choice(hours), chance.choice((None, timedelta(hours=chance.randint(1, 20))))) for _ in range(30)
    ]
    for nth, (at, took) in enumerate(rows):
        answered = at + took if took is not None and at + took < NOW else None
        put(
            city,
            "tip_off",
            grid,
            code=f"T{nth}",
            kind="other",
            status="closed" if answered else "open",
            at=at,
            answered_at=answered,
            reported_at=answered or at,
        )
    for moment in (NOW, NOW - timedelta(hours=7), NOW - timedelta(hours=24), NOW - timedelta(hours=31)):
        known = [(at, at + took if took is not None and at + took < NOW else None) for at, took in rows if at <= moment]
        counted = sum(1 for _, answered in known if answered is None or answered > moment)
        found = await lines(city, "citizens_reports", at=None if moment == NOW else moment)
        assert found["Tip-offs to follow up"]["value"] == counted
        assert found["Fevers to follow up"]["value"] is None
    assert (await lines(city, "citizens_reports"))["Tip-offs to follow up"]["before"] == sum(
        1
        for at, took in rows
        if at <= NOW - timedelta(days=1) and (took is None or at + took > NOW - timedelta(days=1))
    )
    assert (await lines(city, "citizens_reports", WEST))["Tip-offs to follow up"]["value"] is None


async def test_the_hotline_of_the_sources(city: Database) -> None:
    """6,775 received and 6,673 closed are 98.5 %; late reports are told as such."""
    at = NOW - timedelta(days=3)
    for area, received, closed in ((EAST, 6000, 5900), (GRIDS[EAST][0], 700, 700), (WEST + "001", 75, 73)):
        put(
            city,
            "hotline_day",
            area,
            day=TODAY - timedelta(days=3),
            received=received,
            closed=closed,
            first_reported_at=at,
            reported_at=at,
        )
    found = await lines(city, "hotline")
    assert [line["value"] for line in found.values()] == [6775, 6673, 102]
    assert found["Closed"]["of"] == 6775
    assert all(line["late"] for line in found.values())
    assert (await lines(city, "hotline", EAST))["Received"]["value"] == 6700
    assert (await lines(city, "hotline", at=NOW - timedelta(days=9)))["Received"]["value"] is None


def later() -> datetime:
    """Return a moment after the tiny city was made."""
    return datetime.now(UTC) + timedelta(seconds=1)


async def test_a_reader_counts_the_own_areas_and_the_press_nothing(full: Database) -> None:
    """Whatever area is asked about, rows outside the own ones are not there; the route does not even know the area."""
    assert {NUMBERS[name].homes for name in OURS} == {True}
    assert not {number.id for number in for_reader(scope_of(full, CITY, role=Role.PRESS))} & set(OURS)
    grid = scope_of(full, GRIDS[EAST][0], role=Role.GRID)
    assert {number.id for number in for_reader(grid)} >= set(OURS)
    assert (await lines(full, "hotline", scope=scope_of(full, CITY), now=later()))["Received"]["value"] == 80
    assert (await lines(full, "hotline", GRIDS[EAST][0], scope=grid, now=later()))["Received"]["value"] == 20
    for foreign in (CITY, GRIDS[EAST][1]):
        assert (await lines(full, "hotline", foreign, scope=grid, now=later()))["Received"]["value"] is None
    async with full.scoped(scope_of(full, CITY, role=Role.PRESS)) as connection:
        found = await reading.read(connection, CITY, Moment(later()), [NUMBERS[name] for name in OURS])
    assert {line["value"] for one in found for line in one["lines"]} == {None}


async def test_one_that_fails_takes_no_other_with_it(full: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the desk and on the wall: it says why, and what stands beside it is there."""

    async def broken(connection: Any, _code: str, _moment: Moment) -> list[Any]:
        await connection.execute(text("SELECT 1 / 0"))
        return []

    kept = dict(NUMBERS) | {"hotline": replace(NUMBERS["hotline"], read=broken)}
    monkeypatch.setattr(numbers, "NUMBERS", kept)
    async with full.scoped(scope_of(full, CITY)) as connection:
        block = (await wall.read(connection, CITY, Moment(later()), ["numbers", "reports"]))["numbers"]
    found = {one["id"]: one for one in block["numbers"]}
    assert found["hotline"]["error"]
    assert found["health_codes"]["lines"][0]["value"] == 4 * 95
    assert block["data_time"]


def test_news_of_any_table_makes_the_walls_block_old() -> None:
    """The wall and the desk hear of what numbers are read from."""
    tables = wall.BLOCKS["numbers"].tables
    assert all(table in tables for name in OURS for table in NUMBERS[name].tables)
    assert "household" not in tables
