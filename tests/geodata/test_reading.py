from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from geodata import summaries
from geodata.areas import area, roots
from geodata.database import Database
from geodata.errors import BadValue, UnknownArea, UnknownFeature
from geodata.households import household, household_list
from geodata.installation import current_scheme, read_installation
from geodata.model import Role
from geodata.scope import Scope
from geodata.search import search
from geodata.summaries import MEASURES, children, summary
from tests.places import CITY, EAST, GRIDS, STATES, WEST

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime.now(UTC)


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    """The tiny city with its homes alone: each test puts there what it counts."""
    with tiny_city.owner() as connection:
        for table in ("patrol_event", "track_point", "flight", "drone", "clinic", "hotel_day", "hotel"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("DELETE FROM checkpoint_hour"))
        connection.execute(text("DELETE FROM checkpoint"))
    yield tiny_city
    await tiny_city.close()


def scope(database: Database, *codes: str, role: Role = Role.COMMAND) -> Scope:
    with database.owner() as connection:
        rows = connection.execute(text("SELECT path::text FROM area WHERE code = ANY (:codes)"), {"codes": list(codes)})
        return Scope(role, tuple(rows.scalars()))


def change(database: Database, household: int, state: str, when: datetime) -> None:
    with database.owner() as connection:
        connection.execute(
            text("SELECT record_state(:h, :s, :at, 'test', 'test', 'test')"),
            {"h": household, "s": STATES.index(state) + 1, "at": when},
        )


def doors(database: Database, grid: str) -> list[int]:
    with database.owner() as connection:
        rows = connection.execute(
            text("SELECT h.id FROM household h JOIN area a ON a.id = h.area_id WHERE a.code = :grid ORDER BY 1"),
            {"grid": grid},
        )
        return list(rows.scalars())


def post(database: Database, grid: str, code: str, shift: tuple[str, str], **columns: object) -> None:
    binds: dict[str, object] = {"grid": grid, "code": code, "a": shift[0], "b": shift[1], "due": None, **columns}
    with database.owner() as connection:
        connection.execute(
            text(
                "INSERT INTO checkpoint (code, name, kind, staffed_from, staffed_to, expected_by, place, area_id) "
                "SELECT :code, '东门' || :code, 'gate', CAST(:a AS time), CAST(:b AS time), :due, "
                "ST_SetSRID(ST_Point(111, 34), 4326), id FROM area WHERE code = :grid"
            ),
            binds,
        )


def report(database: Database, code: str, hour: datetime, passed: int) -> None:
    with database.owner() as connection:
        connection.execute(
            text(
                "INSERT INTO checkpoint_hour (checkpoint_id, hour, passed, home_quarantine, central_quarantine, "
                "turned_back, seconds, reported_at, area_id) SELECT id, :hour, :passed, 1, 2, 3, 20 * (:passed + 6), "
                "CAST(:hour AS timestamptz) + interval '65 minutes', area_id FROM checkpoint WHERE code = :code"
            ),
            {"code": code, "hour": hour, "passed": passed},
        )


async def numbers(database: Database, who: Scope, code: str, at: datetime | None = None) -> dict[str, Any]:
    async with database.scoped(who) as connection:
        return await summary(connection, code, now=NOW, at=at)


async def test_a_card_says_what_is_above_and_below(city: Database) -> None:
    async with city.scoped(scope(city, CITY)) as connection:
        card = await area(connection, EAST + "001")
    assert [step.code for step in card.trail] == [CITY, EAST, EAST + "001"]
    assert (card.parent, [child.code for child in card.children]) == (EAST, [EAST + "001001"])
    assert card.bbox == pytest.approx((111, 34, 111.02, 34.01))


async def test_the_way_down_begins_where_the_reader_does(city: Database) -> None:
    who = scope(city, EAST + "001", GRIDS[EAST][0], GRIDS[WEST][1], role=Role.OFFICER)
    async with city.scoped(who) as connection:
        assert [root.code for root in await roots(connection)] == [EAST + "001", GRIDS[WEST][1]]
        card = await area(connection, EAST + "001")
        assert card.parent is None
        assert [step.code for step in card.trail] == [EAST + "001"]
        for code in (CITY, EAST, WEST, "nowhere", "' OR true --"):
            with pytest.raises(UnknownArea):
                await area(connection, code)


async def test_an_area_without_a_polygon_lies_where_its_children_do(city: Database) -> None:
    with city.owner() as connection:
        connection.execute(text("UPDATE area SET place = NULL WHERE code = :code"), {"code": EAST})
        connection.execute(text("UPDATE area SET place = NULL WHERE code = ANY (:codes)"), {"codes": list(GRIDS[WEST])})
    async with city.scoped(scope(city, CITY)) as reader:
        assert (await area(reader, EAST)).bbox == pytest.approx((111, 34, 111.02, 34.01))
        assert (await area(reader, GRIDS[WEST][0])).bbox is None


async def test_an_older_code_still_finds_its_area(city: Database) -> None:
    with city.owner() as connection:
        connection.execute(
            text("INSERT INTO area_alias SELECT '411222', id, 'code' FROM area WHERE code = :code"), {"code": EAST}
        )
    async with city.scoped(scope(city, CITY)) as reader:
        assert (await area(reader, "411222")).code == EAST
        assert (await summary(reader, "411222", now=NOW))["area"] == EAST
    async with city.scoped(scope(city, WEST)) as reader:
        with pytest.raises(UnknownArea):
            await summary(reader, "411222", now=NOW)


async def test_leaders_are_not_told_to_the_press(city: Database) -> None:
    with city.owner() as connection:
        connection.execute(text("UPDATE area SET leader = '张三', telephone = '1380000' WHERE code = :c"), {"c": EAST})
    for role, leader in ((Role.COMMAND, "张三"), (Role.PRESS, None)):
        async with city.scoped(scope(city, CITY, role=role)) as reader:
            assert (await area(reader, EAST)).leader == leader


async def test_the_numbers_now_are_those_of_the_households(city: Database) -> None:
    today = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    first, second, third, *_ = doors(city, GRIDS[EAST][0])
    change(city, first, "wuhan", today - timedelta(days=14) + timedelta(hours=1))
    change(city, second, "hubei", today - timedelta(days=16))
    change(city, third, "other_city", NOW - timedelta(seconds=1))
    everybody = await numbers(city, scope(city, CITY), CITY)
    assert everybody["households"] == {"wuhan": 1, "hubei": 1, "other_city": 1, "normal": 21}
    assert everybody["total"] == 24
    began_today = (NOW - timedelta(seconds=1)).astimezone(ZONE).date() == datetime.now(ZONE).date()
    assert (everybody["due_today"], everybody["overdue"], everybody["new_today"]) == (1, 1, int(began_today))
    assert everybody["data_time"] is not None
    grid = await numbers(city, scope(city, GRIDS[EAST][0], role=Role.GRID), GRIDS[EAST][0])
    assert (grid["total"], grid["due_today"], grid["overdue"]) == (6, 1, 1)
    assert (await numbers(city, scope(city, CITY), WEST))["households"] == {"normal": 12}
    with pytest.raises(UnknownArea):
        await numbers(city, scope(city, EAST), CITY)


async def test_where_nothing_was_reported_nothing_looks_safe(city: Database) -> None:
    with city.owner() as connection:
        connection.execute(
            text(
                "INSERT INTO area (code, name, level, parent_id, pinyin) "
                "SELECT 'empty', 'empty', 'county', id, '' FROM area WHERE code = :city"
            ),
            {"city": CITY},
        )
    found = await numbers(city, scope(city, CITY), "empty")
    assert (found["households"], found["total"], found["data_time"]) == ({}, 0, None)
    for block in ("checkpoints", "hotels", "clinics", "patrols"):
        assert found[block]["data_time"] is None
    assert found["checkpoints"]["passed"] is None
    assert found["hotels"]["occupied"] is None
    assert found["patrols"]["in_air"] is None
    async with city.scoped(scope(city, CITY)) as reader:
        rows = await children(reader, CITY, now=NOW)
    assert [row["value"] for row in rows if row["code"] == "empty"] == [None]


async def test_the_press_gets_no_key_about_homes(city: Database) -> None:
    found = await numbers(city, scope(city, CITY, role=Role.PRESS), CITY)
    then = await numbers(city, scope(city, CITY, role=Role.PRESS), CITY, NOW - timedelta(days=1))
    for answer in (found, then):
        counted = {"households", "total", "due_today", "overdue", "new_today", "checkpoints", "patrols"}
        assert not counted & set(answer)
        assert answer["hotels"]["occupied"] is None
    async with city.scoped(scope(city, CITY, role=Role.PRESS)) as reader:
        rows = await children(reader, CITY, now=NOW)
        assert {row["value"] for row in rows} == {None}
        assert await household_list(reader, GRIDS[EAST][0], today=NOW.date()) == []


@pytest.mark.parametrize("code", [CITY, EAST, GRIDS[EAST][0]])
async def test_the_present_in_one_query_is_what_each_block_says_by_itself(tiny_city: Database, code: str) -> None:
    async with tiny_city.scoped(scope(tiny_city, CITY)) as reader:
        whole = await summary(reader, code, now=NOW)
        for name, block in summaries.BLOCKS.items():
            assert whole[name] == await block(reader, code, now=NOW), name
        figures = await summaries.homes(reader, code, now=NOW)
    await tiny_city.close()
    assert figures == {name: whole[name] for name in figures} != {}
    assert set(whole) == {"area", "at", "data_time", *figures, *summaries.BLOCKS}


async def test_posts_are_staffed_silent_and_counted(city: Database) -> None:
    grid = GRIDS[EAST][0]
    hour = NOW.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    local = NOW.astimezone(ZONE)
    off = ((local + timedelta(hours=2)).strftime("%H:00"), (local + timedelta(hours=3)).strftime("%H:00"))
    post(city, grid, "P1", ("00:00", "00:00"), due=NOW + timedelta(hours=1))
    post(city, grid, "P2", ("00:00", "00:00"), due=NOW - timedelta(minutes=1))
    post(city, GRIDS[WEST][0], "P3", off)
    report(city, "P1", hour, 10)
    for code, expected in ((CITY, (3, 2, 1)), (grid, (2, 2, 1)), (WEST, (1, 0, 0))):
        posts = (await numbers(city, scope(city, CITY), code))["checkpoints"]
        assert (posts["total"], posts["staffed"], posts["silent"]) == expected
    posts = (await numbers(city, scope(city, CITY), CITY))["checkpoints"]
    if hour.astimezone(ZONE).date() == local.date():
        assert (posts["passed"], posts["turned_back"], posts["seconds_per_pass"]) == (10, 3, 20.0)
    assert posts["data_time"] == hour + timedelta(minutes=65)


async def test_posts_of_a_past_moment_are_those_reported_until_then(city: Database) -> None:
    midnight = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    post(city, GRIDS[EAST][0], "P1", ("00:00", "00:00"), due=NOW)
    report(city, "P1", midnight + timedelta(hours=3), 5)
    report(city, "P1", midnight + timedelta(hours=4), 7)
    who = scope(city, CITY)
    for hours, passed, silent in ((3.5, None, 0), (4.5, 5, 0), (5.5, 12, 0), (6.4, 12, 0), (7, 12, 1)):
        posts = (await numbers(city, who, CITY, midnight + timedelta(hours=hours)))["checkpoints"]
        assert (posts["passed"], posts["silent"]) == (passed, silent), hours


async def test_past_numbers_equal_a_recount(city: Database) -> None:
    everyone = [door for grids in GRIDS.values() for grid in grids for door in doors(city, grid)]
    for nth, door in enumerate(everyone):
        for step, days in enumerate((18 - nth % 5, 10 - nth % 7, nth % 3)):
            change(city, door, STATES[(nth + step * 2) % 6], NOW - timedelta(days=days, minutes=nth + 1))
    who = scope(city, CITY)
    for code in (CITY, EAST, GRIDS[WEST][1]):
        for hours in (1, 30, 24 * 5, 24 * 11, 24 * 17, 24 * 30):
            at = NOW - timedelta(hours=hours)
            found = await numbers(city, who, code, at)
            assert (found["households"], found["due_today"], found["overdue"]) == recount(city, code, at), (code, hours)


def recount(database: Database, code: str, at: datetime) -> tuple[dict[str, int], int, int]:
    with database.owner() as connection:
        rows = connection.execute(
            text(
                "SELECT s.code, local_day(lower(h.valid)) + s.follow_days FROM household_state h "
                "JOIN scheme_state s ON s.id = h.state_id JOIN area a ON a.code = :code "
                "WHERE h.valid @> CAST(:at AS timestamptz) AND h.path <@ a.path"
            ),
            {"code": code, "at": at},
        ).all()
    day = at.astimezone(ZONE).date()
    states = {state: sum(row[0] == state for row in rows) for state, _ in rows}
    return states, sum(due == day for _, due in rows), sum(due is not None and due < day for _, due in rows)


async def test_a_flight_in_the_air_is_as_old_as_its_last_position(city: Database) -> None:
    started, seen = NOW - timedelta(minutes=30), NOW - timedelta(minutes=9)
    with city.owner() as connection:
        connection.execute(
            text(
                "INSERT INTO drone (id, code, name, camera_degrees, area_id) "
                "SELECT 1, 'D1', 'D1', 60, id FROM area WHERE code = :grid"
            ),
            {"grid": GRIDS[EAST][0]},
        )
        connection.execute(
            text(
                "INSERT INTO flight (id, code, drone_id, started_at, area_id) "
                "SELECT 1, 'F1', 1, :started, id FROM area WHERE code = :grid"
            ),
            {"grid": GRIDS[EAST][0], "started": started},
        )
        connection.execute(
            text(
                "INSERT INTO track_point (flight_id, at, height_m, place, area_id) SELECT 1, :seen, 80, "
                "ST_SetSRID(ST_Point(111, 34), 4326), id FROM area WHERE code = :grid"
            ),
            {"grid": GRIDS[EAST][0], "seen": seen},
        )
    who = scope(city, CITY)
    assert (await numbers(city, who, CITY))["patrols"] == {
        "in_air": 1, "flights_24h": 1, "events_24h": 0, "on_foot": None, "cells": 4, "unseen": 4, "data_time": seen,
    }  # fmt: skip
    assert (await numbers(city, who, WEST))["patrols"]["in_air"] is None
    assert (await numbers(city, who, CITY, started - timedelta(minutes=1)))["patrols"]["in_air"] is None


async def test_a_later_day_shows_what_becomes_due(city: Database) -> None:
    change(city, doors(city, GRIDS[EAST][0])[0], "wuhan", NOW)
    who = scope(city, CITY)
    due = NOW + timedelta(days=14)
    assert (await numbers(city, who, CITY, due))["due_today"] == 1
    assert (await numbers(city, who, CITY, due + timedelta(days=1)))["overdue"] == 1
    assert (await numbers(city, who, CITY))["overdue"] == 0


async def test_children_are_ranked_worst_first(city: Database) -> None:
    change(city, doors(city, GRIDS[WEST][1])[0], "wuhan", NOW - timedelta(days=16))
    async with city.scoped(scope(city, CITY)) as reader:
        rows = await children(reader, CITY, now=NOW)
        assert [(row["code"], row["value"], row["followed"]) for row in rows] == [(WEST, 1, 1), (EAST, 0, 0)]
        assert [row["overdue"] for row in await children(reader, WEST + "001001", now=NOW)] == [1, 0]
        for measure in MEASURES:
            assert {row["code"] for row in await children(reader, CITY, now=NOW, measure=measure)} == {EAST, WEST}
        with pytest.raises(BadValue):
            await children(reader, CITY, now=NOW, measure="drop table")


async def test_the_list_of_a_grid_begins_with_what_is_overdue(city: Database) -> None:
    ids = doors(city, GRIDS[EAST][0])
    change(city, ids[4], "hubei", NOW - timedelta(days=16))
    change(city, ids[2], "wuhan", NOW - timedelta(days=2))
    async with city.scoped(scope(city, EAST)) as reader:
        rows = await household_list(reader, GRIDS[EAST][0], today=NOW.astimezone(ZONE).date())
        assert [row["id"] for row in rows][:2] == [ids[4], ids[2]]
        assert [row["days_left"] for row in rows[:3]] == [-2, 12, None]
        only = await household_list(reader, GRIDS[EAST][0], today=NOW.date(), state="wuhan")
        assert [row["id"] for row in only] == [ids[2]]
        one = await household(reader, ids[4], now=NOW)
        assert [entry["to"] for entry in one["history"]] == ["hubei", "normal"]
        assert one["history"][0]["effective"] == one["since"]
        for unknown in (doors(city, GRIDS[WEST][0])[0], 0, -1, 2**70):
            with pytest.raises(UnknownFeature):
                await household(reader, unknown, now=NOW)
        for limit, offset in ((0, 0), (5000, 0), (1, -1), (1, 2**40)):
            with pytest.raises(BadValue):
                await household_list(reader, GRIDS[EAST][0], today=NOW.date(), limit=limit, offset=offset)


async def test_search_finds_by_name_code_address_and_pinyin(city: Database) -> None:
    with city.owner() as connection:
        connection.execute(
            text("UPDATE area SET name = '湖滨区', pinyin = 'hubinqu hbq' WHERE code = :code"), {"code": EAST}
        )
        connection.execute(
            text("INSERT INTO area_alias SELECT '老湖滨', id, 'name' FROM area WHERE code = :code"), {"code": EAST}
        )
    post(city, GRIDS[EAST][0], "KD-7", ("00:00", "00:00"))
    async with city.scoped(scope(city, CITY)) as reader:
        for words in ("湖滨区", "湖滨", "hubin", "HBQ", "hu bin", EAST, "老湖滨"):
            found = await search(reader, words)
            assert found[0]["code"] == EAST, words
        assert found[0]["lon"] == pytest.approx(111.01, abs=0.01)
        assert [row["kind"] for row in await search(reader, "kd-7")] == ["checkpoint"]
        assert {row["kind"] for row in await search(reader, f"{GRIDS[EAST][0]} 1号楼")} == {"building"}
        assert await search(reader, "  ") == []
        assert await search(reader, "%") == []
        assert await search(reader, "_\\%' OR 1=1") == []
        assert len(await search(reader, "99", limit=3)) == 3
        with pytest.raises(BadValue):
            await search(reader, "x" * 101)
    async with city.scoped(scope(city, WEST)) as reader:
        for words in ("湖滨", "hbq", "kd-7", "老湖滨", GRIDS[EAST][0]):
            assert await search(reader, words) == []


async def test_search_shows_the_press_no_building(city: Database) -> None:
    async with city.scoped(scope(city, CITY, role=Role.PRESS)) as reader:
        assert {row["kind"] for row in await search(reader, "1号楼")} == set()


async def test_what_the_installation_is(city: Database) -> None:
    async with city.gate() as connection:
        found = await read_installation(connection)
    assert (found.city_code, found.city_name, found.demo) == (CITY, f"city {CITY}", False)
    assert found.today(datetime(2020, 2, 1, 17, tzinfo=UTC)).isoformat() == "2020-02-02"
    async with city.scoped(scope(city, EAST)) as reader:
        assert [state.code for state in await current_scheme(reader, CITY)] == list(STATES)
