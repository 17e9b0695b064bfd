"""Many deliveries at once: some are asked to come again, none is lost, none counts twice, and the server stays up."""

import asyncio
import gzip
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.admission import Admission
from geodata import account_keeping
from geodata.arrival.payload import MOST_BYTES
from geodata.database import Database
from geodata.errors import TooBusy, TooSlow
from tests.app.running import launched, running
from tests.geodata.arrival.hours import passed
from tests.geodata.feeds.counting import one
from tests.places import EAST, GRIDS

POSTS = [f"P{grid}" for grid in GRIDS[EAST]]


def token(database: Database) -> dict[str, str]:
    with database.owner() as connection:
        return {"authorization": f"Bearer {account_keeping.add_token(connection, 'officer', 'feed')}"}


def batch(number: int) -> list[dict[str, Any]]:
    """Return the hours of one batch, of its own and of the next."""
    return [passed(POSTS[hour % 2], hour % 24, passed=hour // 24) for hour in range(number * 10, number * 10 + 20)]


async def test_many_at_once_are_all_taken_in_the_end(peopled_city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at work, six waiting, eighty at the door."""
    headers = token(peopled_city)
    turned_away = 0

    async def send(client: httpx.AsyncClient, number: int) -> None:
        nonlocal turned_away
        while True:
            answer = await client.post("/api/feeds/passages?partial=true", json=batch(number), headers=headers)
            if answer.status_code == 200:
                assert answer.json()["accepted"] + answer.json()["repeated"] == 20
                return
            assert (answer.status_code, answer.json()["error"]) == (429, "too_busy")
            assert int(answer.headers["retry-after"]) >= 1
            turned_away += 1
            await asyncio.sleep(0.05 + number % 7 / 50)

    async with running(peopled_city, monkeypatch, FEEDS_AT_ONCE="2", FEEDS_WAITING="6") as house:
        house.client.timeout = httpx.Timeout(60)
        await asyncio.gather(*(send(house.client, number) for number in range(80)))
        assert turned_away > 20
        assert (await house.client.get("/healthz")).status_code == 200
    assert one(peopled_city, "SELECT sum(deliveries) FROM delivery_day WHERE sender = 'officer'") == 80
    assert one(peopled_city, "SELECT sum(rows) FROM delivery_day WHERE sender = 'officer'") == 1600
    sent = {(row["checkpoint"], row["hour"]) for number in range(80) for row in batch(number)}
    since = min(hour for _, hour in sent)
    assert one(peopled_city, f"SELECT count(*) FROM checkpoint_hour WHERE hour >= '{since}'") == len(sent)


async def test_who_is_turned_away_has_not_been_read() -> None:
    admission = Admission(1, 0)
    async with admission.inside():
        with pytest.raises(TooBusy):
            async with admission.inside():
                raise AssertionError
    async with admission.inside():
        pass


async def test_bodies_that_are_held_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever their number: beyond the bound the next is turned away, and what was held is let go."""
    monkeypatch.setattr("app.admission.MOST_HELD", 3 * 1000)
    admission = Admission(4, 60)

    class Body:
        async def stream(self) -> Any:
            for _ in range(2):
                yield b"x" * 1000

    body: Any = Body()
    async with admission.body(body) as first:
        assert len(first) == 2000
        with pytest.raises(TooBusy):
            async with admission.body(body):
                raise AssertionError
    async with admission.body(body) as again:
        assert len(again) == 2000
    assert MOST_BYTES > 2000


async def test_who_sends_too_slowly_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.admission.LONGEST_BODY_S", 0.05)
    admission = Admission(1, 0)

    class Slow:
        async def stream(self) -> Any:
            yield b"["
            await asyncio.sleep(60)

    body: Any = Slow()
    with pytest.raises(TooSlow):
        async with admission.inside(), admission.body(body):
            raise AssertionError
    async with admission.inside():
        pass


@contextmanager
def held_back(database: Database) -> Iterator[None]:
    """Let whoever writes deliveries wait right before the end of the transaction, with every row written."""
    with database.owner() as connection:
        connection.execute(text("LOCK TABLE delivery_day IN EXCLUSIVE MODE"))
        yield
        connection.rollback()


WAITING = (
    "SELECT count(*) > 0 FROM pg_stat_activity "
    "WHERE wait_event_type = 'Lock' AND query LIKE '%count_arrival%' AND datname = current_database()"
)


@pytest.mark.parametrize("partial", ["false", "true"])
def test_a_server_killed_in_the_middle_of_a_batch_leaves_nothing_and_sending_again_completes_it(
    peopled_city: Database, partial: str
) -> None:
    """SIGKILL with 24 hours of a post written and not committed."""
    headers = token(peopled_city)
    rows = gzip.compress(json.dumps([passed(POSTS[0], hour) for hour in range(24)]).encode())
    before = one(peopled_city, "SELECT count(*) FROM checkpoint_hour")
    where = f"/api/feeds/passages?partial={partial}"
    with held_back(peopled_city), launched(peopled_city.url) as (client, process):
        broken: list[Exception] = []

        def send() -> None:
            try:
                client.post(where, content=rows, headers=headers)
            except httpx.TransportError as error:
                broken.append(error)

        sending = threading.Thread(target=send)
        sending.start()
        end = time.monotonic() + 20
        while not one(peopled_city, WAITING):
            assert time.monotonic() < end
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
        sending.join(20)
        assert broken
    assert one(peopled_city, "SELECT count(*) FROM checkpoint_hour") == before
    assert one(peopled_city, "SELECT count(*) FROM delivery_day WHERE sender = 'officer'") == 0
    with launched(peopled_city.url) as (client, _):
        answers = [client.post(where, content=rows, headers=headers).json() for _ in range(2)]
    assert [(answer["accepted"], answer["repeated"]) for answer in answers] == [(24, 0), (0, 24)]
    assert one(peopled_city, "SELECT sum(rows) FROM delivery_day WHERE sender = 'officer'") == 48


SINGLES = [
    {
        "checkpoint": POSTS[nth % 2],
        "key": f"k{nth}",
        "at": (datetime.now(UTC) - timedelta(minutes=5 + nth)).isoformat(),
        "outcome": "pass",
        "seconds": 9,
    }
    for nth in range(90)
]
COUNTED = "SELECT coalesce(sum(passages), 0) FROM passage_mix"
LAID = "SELECT coalesce(sum(passages), 0) FROM passage_waiting"
COUNTING = WAITING.replace("count_arrival", "fold_passages")


@pytest.mark.parametrize("when", ["taking", "counting"])
def test_a_server_killed_over_single_passages_counts_each_once_in_the_end(peopled_city: Database, when: str) -> None:
    """SIGKILL with passages written and not committed, or half of them counted and not committed."""
    headers, address = token(peopled_city), "/api/feeds/passage"
    with peopled_city.owner() as connection:
        # Its positions lie in the table that takes what no partition does, where no day of today's may be made then.
        connection.execute(text("DELETE FROM track_point"))
        connection.execute(text("SELECT ensure_passage_partitions(current_date - 1, current_date)"))
    table, waits = ("delivery_day", WAITING) if when == "taking" else ("passage_mix", COUNTING)
    with launched(peopled_city.url) as (client, process), peopled_city.owner() as connection:
        connection.execute(text(f"LOCK TABLE {table} IN EXCLUSIVE MODE"))
        sending = threading.Thread(target=_send_what_may_break, args=(client, address, SINGLES[:60], headers))
        sending.start()
        end = time.monotonic() + 30
        while not one(peopled_city, waits):
            assert time.monotonic() < end
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
        sending.join(20)
        connection.rollback()
    there = one(peopled_city, "SELECT count(*) FROM passage")
    assert there == (0 if when == "taking" else 60)
    assert one(peopled_city, LAID) == there
    assert one(peopled_city, COUNTED) == 0
    with launched(peopled_city.url) as (client, _):
        answers = [client.post(address, json=SINGLES, headers=headers).json() for _ in range(2)]
    assert [(answer["accepted"], answer["repeated"]) for answer in answers] == [(90 - there, there), (0, 90)]
    while one(peopled_city, LAID):
        with peopled_city.owner() as connection:
            connection.execute(text("SELECT fold_passages()"))
    assert one(peopled_city, COUNTED) == one(peopled_city, "SELECT count(*) FROM passage") == 90
    assert one(peopled_city, "SELECT sum(passed) FROM checkpoint_hour WHERE counted") == 90


def _send_what_may_break(client: httpx.Client, address: str, rows: list[Any], headers: dict[str, str]) -> None:
    with suppress(httpx.TransportError):
        client.post(address, json=rows, headers=headers)
