"""What a process does by itself: single passages are counted, old days leave; the command says and does the same."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app import house
from app.__main__ import command_line
from app.upkeep import Upkeep, rest_s
from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.errors import DatabaseAway
from geodata.model.people import Role
from geodata.scope import Scope
from tests.app.running import running, soon
from tests.places import EAST, GRIDS

POST = f"{GRIDS[EAST][0]}-P1"
OLD, YOUNG = (datetime.now(UTC) - timedelta(days=days) for days in (40, 1))


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    """Return a city with a passage of long ago and one of yesterday, which nobody has counted."""
    with tiny_city.owner() as connection:
        connection.execute(
            text(
                "INSERT INTO checkpoint (code, name, kind, staffed_from, staffed_to, place, area_id) "
                "SELECT :post, '卡口', 'gate', '00:00', '00:00', ST_PointOnSurface(place), id FROM area WHERE code = :grid"
            ),
            {"post": POST, "grid": GRIDS[EAST][0]},
        )
        path = str(connection.scalar(text("SELECT path::text FROM area WHERE parent_id IS NULL")))
    rows = [{"checkpoint": POST, "key": "k", "at": at, "outcome": "pass", "seconds": 9} for at in (OLD, YOUNG)]
    await deliver(tiny_city, Scope(Role.OFFICER, (path,)), "passage", rows, "tests")
    yield tiny_city
    await tiny_city.close()


def numbers(city: Database) -> tuple[int, int, int]:
    """Return how many passages wait, are counted, and are still held."""
    mix = "SELECT coalesce(sum(passages), 0) FROM passage_mix"
    asked = f"SELECT (SELECT coalesce(sum(passages), 0) FROM passage_waiting), ({mix}), count(*) FROM passage"
    with city.owner() as connection:
        waiting, counted, kept = connection.execute(text(asked)).one()
        return int(waiting), int(counted), int(kept)


async def test_the_house_counts_and_lets_leave(city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within seconds, and within the hour."""
    monkeypatch.setattr(house, "COUNTED_EVERY_S", 0.1)
    monkeypatch.setattr(house, "LEFT_FIRST_S", 0.5)
    monkeypatch.setattr(house, "LEFT_EVERY_S", 0.5)
    assert numbers(city) == (2, 0, 2)

    async def done() -> bool:
        return await asyncio.to_thread(numbers, city) == (0, 2, 1)

    async with running(city, monkeypatch, PASSAGE_DAYS="30"):
        await soon(done, 60)


def test_the_command_says_what_would_go(city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """And does it without `--dry-run`."""
    monkeypatch.setenv("DATABASE_URL", city.url)
    said = CliRunner().invoke(command_line(["retain"]), ["retain", "--dry-run"])
    assert said.exit_code == 0, said.output
    assert "passage: 1 days" in said.output
    assert numbers(city)[2] == 2
    done = CliRunner().invoke(command_line(["retain"]), ["retain"])
    assert "passage: 1 days and 0 other rows" in done.output
    assert numbers(city)[2] == 1


async def test_a_job_that_fails_is_tried_again() -> None:
    """And the end waits for none of them."""
    tried: list[int] = []

    async def job() -> Any:
        tried.append(1)
        raise DatabaseAway

    upkeep = Upkeep(lambda: None)
    upkeep.every(0.01, "a job", job, first_s=0)

    async def often() -> bool:
        return len(tried) > 3

    await soon(often)
    await upkeep.stop(1)


@pytest.mark.parametrize(
    ("every", "took", "rest"), [(5, 0.1, 5), (5, 1, 5), (5, 3, 9), (5, 100, 10), (3600, 100, 3600)]
)
def test_a_job_that_takes_long_is_done_seldomer(every: float, took: float, rest: float) -> None:
    """Counting a flood of passages leaves the database to those who deliver them, but not for ever."""
    assert rest_s(every, took) == rest
