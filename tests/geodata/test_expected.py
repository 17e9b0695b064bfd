"""How many posts are silent is counted as reports come in, never by looking at posts: it holds when all fall silent."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.model import Role
from geodata.scope import Scope
from geodata.summaries import summary
from tests.places import CITY, EAST, GRIDS, WEST

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
EVERY = (CITY, EAST, WEST, *GRIDS[EAST], *GRIDS[WEST])


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    with tiny_city.owner() as connection:
        connection.execute(text("DELETE FROM checkpoint_hour"))
        connection.execute(text("DELETE FROM checkpoint"))
        for grid in EVERY[3:]:
            for nth in range(4):
                connection.execute(
                    text(
                        "INSERT INTO checkpoint (code, name, kind, staffed_from, staffed_to, expected_by, place, area_id) "
                        "SELECT :code, :code, 'gate', '00:00', '00:00', :due, ST_SetSRID(ST_Point(111, 34), 4326), id "
                        "FROM area WHERE code = :grid"
                    ),
                    {"code": f"{grid}-{nth}", "grid": grid, "due": NOW + timedelta(hours=nth - 2) if nth else None},
                )
    yield tiny_city
    await tiny_city.close()


def run(database: Database, statement: str, **binds: object) -> None:
    with database.owner() as connection:
        connection.execute(text(statement), binds)


def recount(database: Database, code: str, at: datetime) -> int:
    with database.owner() as connection:
        looked = text(
            "SELECT count(*) FROM checkpoint c JOIN area a ON a.code = :code WHERE c.path <@ a.path AND c.expected_by < :at"
        )
        return int(connection.scalar(looked, {"code": code, "at": at}) or 0)


async def said(database: Database, code: str, at: datetime) -> Any:
    with database.owner() as connection:
        root = connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": CITY})
    async with database.scoped(Scope(Role.COMMAND, (str(root),))) as reader:
        return (await summary(reader, code, now=at))["checkpoints"]["silent"]


async def agree(database: Database) -> None:
    for hours in (-3, 0, 1, 48):
        at = NOW + timedelta(hours=hours, minutes=1)
        for code in EVERY:
            assert await said(database, code, at) == recount(database, code, at), (code, hours)


async def test_the_count_is_that_of_the_posts_whatever_happens(city: Database) -> None:
    await agree(city)
    chance = Random(7)
    with city.owner() as connection:
        posts = list(connection.execute(text("SELECT id FROM checkpoint ORDER BY id")).scalars())
    for _ in range(40):
        moved = chance.sample(posts, 3)
        due = NOW + timedelta(minutes=30 * chance.randint(-6, 6))
        run(city, "UPDATE checkpoint SET expected_by = :due WHERE id = ANY (:posts)", due=due, posts=moved)
    await agree(city)
    run(city, "UPDATE checkpoint SET expected_by = NULL WHERE id = ANY (:posts)", posts=posts[:3])
    run(city, "DELETE FROM checkpoint WHERE id = :post", post=posts[4])
    await agree(city)


async def test_all_silent_and_all_well_again(city: Database) -> None:
    run(city, "UPDATE checkpoint SET expected_by = :due", due=NOW - timedelta(days=1))
    assert await said(city, CITY, NOW) == 16
    run(city, "UPDATE checkpoint SET expected_by = :due", due=NOW + timedelta(hours=1))
    assert await said(city, CITY, NOW) == 0
    await agree(city)


async def test_a_report_makes_a_post_speak(city: Database) -> None:
    run(city, "UPDATE checkpoint SET expected_by = :due", due=NOW - timedelta(hours=1))
    before = await said(city, CITY, NOW)
    run(
        city,
        "INSERT INTO checkpoint_hour (checkpoint_id, hour, passed, home_quarantine, central_quarantine, turned_back, "
        "seconds, reported_at, area_id) SELECT id, :hour, 1, 0, 0, 0, 9, :hour, area_id FROM checkpoint LIMIT 1",
        hour=NOW,
    )
    assert await said(city, CITY, NOW) == before - 1
    await agree(city)


async def test_a_moved_area_takes_its_silent_posts_along(city: Database) -> None:
    run(
        city,
        "UPDATE area SET parent_id = (SELECT id FROM area WHERE code = :to) WHERE code = :grid",
        grid=GRIDS[EAST][0],
        to=WEST + "001001",
    )
    await agree(city)


async def test_folding_changes_no_figure_and_leaves_nothing_behind(city: Database) -> None:
    for step in range(12):
        run(city, "UPDATE checkpoint SET expected_by = :due", due=NOW + timedelta(hours=step))
    before = await said(city, CITY, NOW + timedelta(days=1))
    for _ in range(2):
        run(city, "SELECT fold_expected()")
        assert await said(city, CITY, NOW + timedelta(days=1)) == before
    with city.owner() as connection:
        kept = connection.execute(text("SELECT count(*), min(posts), max(slot) FROM area_expected")).one()
        counted = connection.execute(text("SELECT count(*), min(posts) FROM grid_expected")).one()
    assert tuple(counted) == (4, 4), "moments that nobody is due at any more are gone"
    assert kept[1] > 0
    assert kept[2] == 0
    await agree(city)


async def test_a_grid_worker_counts_their_own_alone(city: Database) -> None:
    with city.owner() as connection:
        own = connection.scalar(text("SELECT path::text FROM area WHERE code = :c"), {"c": GRIDS[EAST][0]})
    run(city, "UPDATE checkpoint SET expected_by = :due", due=NOW - timedelta(hours=1))
    async with city.scoped(Scope(Role.GRID, (str(own),))) as reader:
        for table, rows in (("grid_expected", 1), ("area_expected", 0)):
            assert await reader.scalar(text(f"SELECT count(*) FROM {table}")) == rows
        assert (await summary(reader, GRIDS[EAST][0], now=NOW))["checkpoints"]["silent"] == 4


async def test_two_writers_do_not_lock_each_other_out(city: Database) -> None:
    def report(seed: int) -> None:
        chance, own = Random(seed), Database(city.url)
        for _ in range(25):
            due = NOW + timedelta(minutes=30 * chance.randint(-4, 4))
            grid = chance.choice(EVERY[3:])
            run(
                own,
                "UPDATE checkpoint SET expected_by = :due WHERE area_id = (SELECT id FROM area WHERE code = :g) "
                "AND id % 2 = :half",
                due=due,
                g=grid,
                half=seed % 2,
            )
        own.dispose()

    await asyncio.gather(*(asyncio.to_thread(report, seed) for seed in range(2)))
    await agree(city)
