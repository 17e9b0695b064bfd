"""Single passages by HTTP against COPY of the same rows; a city of posts that report every minute while maps are open."""

import json
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from sqlalchemy import Connection, text

from bench.figures import Figure, Stage, bench
from bench.server import serving
from geodata import account_keeping
from geodata.database import Database

BATCH, BATCHES, CONNECTIONS, ROUNDS = 500, 240, 4, 5
COLUMNS = "checkpoint_id, at, key, seconds, outcome, code_colour, origin"
ORIGINS = ("411202", "411202", "410300", "420100", None)
COLOURS = ("green",) * 17 + ("yellow", "red", "none")
OUTCOMES = ("pass",) * 18 + ("home_quarantine", "turned_back")


@dataclass(frozen=True, slots=True)
class Post:
    """A checkpoint as the database and a sender know it."""

    id: int
    code: str


def posts_of(connection: Connection) -> list[Post]:
    """Return every checkpoint, neighbours beside each other, as a county's sender collects them."""
    found = connection.execute(text("SELECT id, code FROM checkpoint ORDER BY code"))
    return [Post(row.id, row.code) for row in found]


def through(post: Post, at: datetime, chance: random.Random) -> dict[str, Any]:
    """Return one passage of a post."""
    return {
        "checkpoint": post.code,
        "key": uuid4().hex[:16],
        "at": at.isoformat(timespec="milliseconds"),
        "outcome": chance.choice(OUTCOMES),
        "seconds": chance.randint(5, 40),
        "code_colour": chance.choice(COLOURS),
        "origin": chance.choice(ORIGINS),
    }


def batches_of(posts: Sequence[Post], count: int, chance: random.Random) -> list[list[dict[str, Any]]]:
    """Return deliveries of BATCH passages, each over as many neighbouring posts within a minute."""
    begin, found = datetime.now(UTC) - timedelta(minutes=2), []
    for _ in range(count):
        first = chance.randrange(len(posts) - BATCH)
        found.append([through(p, begin + timedelta(milliseconds=chance.randrange(60_000)), chance)
                      for p in posts[first : first + BATCH]])  # fmt: skip
    return found


@contextmanager
def sender(database: Database) -> Any:
    """Make an account that delivers for the whole city, and yield its token; it is shut out at the end."""
    with database.owner() as connection:
        city = connection.scalar(text("SELECT code FROM area WHERE parent_id IS NULL"))
        account_keeping.add_account(connection, "bench-sender", uuid4().hex, account_keeping.Role.OFFICER, [str(city)])
        token = account_keeping.add_token(connection, "bench-sender", "bench", 1)
    try:
        yield token
    finally:
        with database.owner() as connection:
            connection.execute(text("DELETE FROM account WHERE username = 'bench-sender'"))


@bench
def passages_http(stage: Stage) -> list[Figure]:
    """Deliver batches of 500 with a sender's token into one worker; then COPY them into an equal table, in turn."""
    database, chance = Database(stage.database_url("city")), random.Random(20200211)
    with database.owner() as connection:
        posts = posts_of(connection)
        # Both tables begin empty and get the same rows, so that their keys are equally large all along.
        connection.execute(text("TRUNCATE passage, passage_waiting, passage_mix"))
        connection.execute(text("DROP TABLE IF EXISTS bare_passage"))
        connection.execute(text("CREATE TABLE bare_passage (LIKE passage INCLUDING ALL)"))
    numbers = {post.code: post.id for post in posts}
    pairs, lost, wrong = [], 0, 0
    with sender(database) as token, serving(database.url) as server:
        _timed(server.url, token, batches_of(posts, 20, chance))
        for _ in range(ROUNDS):
            batches = batches_of(posts, BATCHES, chance)
            rows = sum(map(len, batches))
            seconds, accepted = _timed(server.url, token, batches)
            lost += rows - accepted
            # The server counts meanwhile; what is left of that must not slow the other side.
            wrong = _counted(database)
            pairs.append((rows / seconds, rows / _copied(database.url, numbers, batches)))
    with database.owner() as connection:
        connection.execute(text("DROP TABLE bare_passage"))
    database.dispose()
    ours, limit = sorted(pairs, key=lambda pair: pair[0] / pair[1])[ROUNDS // 2]
    return [
        Figure(f"single passages by HTTP, batches of {BATCH}, {CONNECTIONS} connections", ours, limit, "rows/s", ">= 0.3"),
        Figure("single passages lost, or counted other than once", float(lost + wrong), None, "passages", "<= 0"),
    ]  # fmt: skip


def _timed(url: str, token: str, batches: list[list[dict[str, Any]]]) -> tuple[float, int]:
    bodies = [json.dumps(batch).encode() for batch in batches]
    began = time.perf_counter()
    accepted = deliver_all(url, token, bodies)
    return time.perf_counter() - began, accepted


def deliver_all(url: str, token: str, bodies: Sequence[bytes]) -> int:
    """Deliver every batch, CONNECTIONS at a time; return how many passages were new.

    Senders share the server's two cores here, so they are as plain as can be: what they spend is none of the product's.
    """
    waiting = iter(bodies)
    with ThreadPoolExecutor(CONNECTIONS) as senders:
        return sum(senders.map(lambda _: _deliver(url, token, waiting), range(CONNECTIONS)))


def _deliver(url: str, token: str, waiting: Iterator[bytes]) -> int:
    accepted, headers = 0, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection:
        for body in waiting:
            connection.request("POST", "/api/feeds/passage", body, headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != HTTPStatus.OK:
                raise RuntimeError(f"{answer.status}: {said.decode()}")
            accepted += json.loads(said)["accepted"]
    return accepted


def _copied(url: str, numbers: dict[str, int], batches: list[list[dict[str, Any]]]) -> float:
    """Return the seconds that COPY of the same batches takes, one after the other, each its own transaction."""
    texts = ["".join(_line(row, numbers) for row in batch) for batch in batches]
    with psycopg.connect(url) as connection:
        began = time.perf_counter()
        for lines in texts:
            with connection.cursor() as cursor, cursor.copy(f"COPY bare_passage ({COLUMNS}) FROM STDIN") as copy:
                copy.write(lines)
            connection.commit()
        return time.perf_counter() - began


def _line(row: dict[str, Any], numbers: dict[str, int]) -> str:
    values = [numbers[row["checkpoint"]], *(row[name] for name in ("at", "key", "seconds", "outcome", "code_colour"))]
    return "\t".join(map(str, [*values, row["origin"] or "\\N"])) + "\n"


def _counted(database: Database) -> int:
    """Fold everything, and return by how much the mix differs from the passages there are."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.scalar(text("SELECT count(*) FROM passage_waiting")):
            connection.execute(text("SELECT fold_passages()"))
        return int(connection.scalar(_APART) or 0)


_APART = text("SELECT abs((SELECT count(*) FROM passage) - (SELECT coalesce(sum(passages), 0) FROM passage_mix))")
