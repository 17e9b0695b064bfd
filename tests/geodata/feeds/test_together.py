"""Many deliver at once over the same grids: nobody is turned away, nothing is lost, nothing counts twice."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from psycopg import errors
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.arrival import payload, writing
from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.errors import TooSlow
from geodata.feeds import passages
from geodata.feeds.floor.declaration import Written
from geodata.feeds.floor.refusal import Refused
from geodata.scope import Scope
from tests.geodata.feeds.counting import assert_exact, one
from tests.places import BEGAN

HOUR = (datetime.now(UTC) - timedelta(hours=60)).replace(minute=0, second=0, microsecond=0)
WRITERS = 8


async def test_posts_report_at_once(city: Database, everywhere: Scope) -> None:
    """Eight senders of shuffled, overlapping batches: the newest of every hour stands, and the counts are exact."""
    with city.owner() as connection:
        posts = list(connection.scalars(text("SELECT code FROM checkpoint")))
    hours = [HOUR + timedelta(hours=n) for n in range(48)]

    async def sender(number: int) -> int:
        chance, accepted = random.Random(number), 0
        for turn in range(6):
            keys = chance.sample([(post, hour) for post in posts for hour in hours], 120)
            rows = [hourly(post, hour, 60 * turn + number) for post, hour in keys]
            accepted += (await deliver(city, everywhere, "passages", rows, f"sender {number}")).accepted
        return accepted

    accepted = await asyncio.gather(*(sender(n) for n in range(WRITERS)))
    assert sum(accepted) >= one(city, "SELECT count(*) FROM checkpoint_hour") > 500
    assert one(city, "SELECT bool_and(passed = 100 + seconds) FROM checkpoint_hour")
    assert_exact(city)


def hourly(post: str, hour: datetime, newness: int) -> dict[str, Any]:
    """Return a report whose figures tell how new it is."""
    outcomes = {"home_quarantine": 0, "central_quarantine": 1, "turned_back": 2}
    figures = {"passed": 100 + newness, "seconds": newness, "reported_at": hour + timedelta(seconds=newness)}
    return {"checkpoint": post, "hour": hour} | figures | outcomes


async def test_the_newest_of_many_simultaneous_reports_stands(city: Database, everywhere: Scope) -> None:
    """Eight reports of the same hours at the same moment, in no order."""
    with city.owner() as connection:
        posts = list(connection.scalars(text("SELECT code FROM checkpoint")))
    batches = [[hourly(post, HOUR, n) for post in posts] for n in random.Random(3).sample(range(40), WRITERS)]
    for batch in batches:
        random.Random(len(batch)).shuffle(batch)
    await asyncio.gather(*(deliver(city, everywhere, "passages", batch, "tests") for batch in batches))
    newest = max(batch[0]["passed"] for batch in batches)
    assert one(city, "SELECT array_agg(DISTINCT passed) FROM checkpoint_hour") == [newest]
    assert_exact(city)


async def test_grid_workers_survey_at_once(city: Database, everywhere: Scope) -> None:
    """Eight workers, each over a third of all doors, some sending everything twice; every accepted change is there."""
    with city.owner() as connection:
        doors = list(connection.scalars(text("SELECT id FROM household")))
    moment, accepted = count(1), list[int]()

    async def worker(number: int) -> None:
        chance = random.Random(number)
        for _ in range(8):
            rows = [
                surveyed(door, chance.choice(("wuhan", "hubei", "vacant", "normal")), next(moment)) for door in doors
            ]
            chance.shuffle(rows)
            for _ in range(1 + number % 2):
                accepted.append((await deliver(city, everywhere, "survey", rows[: len(rows) // 3], "worker")).accepted)

    await asyncio.gather(*(worker(n) for n in range(WRITERS)))
    assert one(city, "SELECT count(*) FROM household_state") == 24 + sum(accepted) > 24 + 100
    assert_exact(city)


def surveyed(door: int, state: str, minute: int) -> dict[str, Any]:
    since = BEGAN + timedelta(minutes=minute)
    return {"household": door, "state": state, "since": since, "reason": "排查", "client_id": uuid4()}


async def test_one_change_sent_by_eight_hands_is_recorded_once(city: Database, everywhere: Scope) -> None:
    """A tablet that lost its connection retries on every wire it has."""
    rows = [surveyed(door, "wuhan", 60) for door in range(1, 25)]
    answers = await asyncio.gather(*(deliver(city, everywhere, "survey", rows, "tablet") for _ in range(WRITERS)))
    assert sorted(answer.accepted for answer in answers) == [0] * 7 + [24]
    assert_exact(city)


async def test_flights_and_days_begin_at_once(city: Database, everywhere: Scope) -> None:
    """Eight receivers of the same drones: flights open once, partitions are made once, positions are there once."""
    with city.owner() as connection:
        drones = list(connection.scalars(text("SELECT code FROM drone ORDER BY code")))
    rows = [
        {"flight": f"F{n}", "drone": drones[n % 2], "at": HOUR + timedelta(days=n % 3, seconds=second)}
        | {"lon": 111.005, "lat": 34.005, "height_m": 90, "ended": second == 9}
        for n in range(12)
        for second in range(10)
    ]
    batches = [random.Random(n).sample(rows, len(rows)) for n in range(WRITERS)]
    answers = await asyncio.gather(*(deliver(city, everywhere, "telemetry", batch, "tests") for batch in batches))
    assert sum(answer.accepted for answer in answers) == len(rows) == one(city, "SELECT count(*) FROM track_point")
    assert one(city, "SELECT count(*) FROM flight WHERE ended_at - started_at = interval '9 seconds'") == 12
    assert one(city, "SELECT count(*) FROM track_point_other") == 0


class Losing:
    """Writes like a feed, but loses to somebody else the first times."""

    def __init__(self, times: int, error: type[Exception]) -> None:
        self.times, self.error = times, error

    async def write(self, connection: AsyncConnection, rows: Any, sender: str) -> Written:
        """Write, then lose."""
        written = await passages.write(connection, rows, sender)
        self.times -= 1
        if self.times >= 0:
            raise DBAPIError("lost", None, self.error())
        return written


@pytest.mark.parametrize("error", [errors.DeadlockDetected, errors.SerializationFailure, errors.UniqueViolation])
async def test_a_lost_transaction_is_tried_again(city: Database, everywhere: Scope, error: type[Exception]) -> None:
    """Twice; nothing of the lost ones stays."""
    rows = payload.parse(passages.FEED, hourly(one(city, "SELECT min(code) FROM checkpoint"), HOUR, 1))
    losing = Losing(2, error)
    assert await writing.stubbornly(city, everywhere, lambda c: losing.write(c, rows, "tests")) == Written(1, 0)
    losing = Losing(3, error)
    with pytest.raises(Refused if error is errors.UniqueViolation else TooSlow):
        await writing.stubbornly(city, everywhere, lambda c: losing.write(c, rows, "tests"))
    assert_exact(city)


async def test_other_errors_are_not_hidden(city: Database, everywhere: Scope) -> None:
    """An error of ours is not tried again."""
    losing = Losing(1, errors.UndefinedColumn)
    rows = payload.parse(passages.FEED, hourly(one(city, "SELECT min(code) FROM checkpoint"), HOUR, 1))
    with pytest.raises(DBAPIError):
        await writing.once(city, everywhere, lambda c: losing.write(c, rows, "tests"))
    assert one(city, "SELECT count(*) FROM checkpoint_hour") == 0
