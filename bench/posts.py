"""A city of checkpoints, each reporting once a minute, while twenty maps are open: what tiles wait, and what is lost."""

import asyncio
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import quantiles

import httpx
from sqlalchemy import text

from bench.figures import Figure, Stage, bench
from bench.passages import Post, posts_of, sender, through
from bench.server import Server, serving
from bench.tiles import tiles_over
from geodata.database import Database

SECONDS = 180.0
"""Of the load; as many are measured idle before, up to a minute."""
MAPS, SENDERS = 20, 24
LARGEST = 50
"""Passages that one delivery brings at most; at least one."""
STEP_S, TILES_A_STEP = 2.0, 6
"""A map moves every so many seconds, and asks for so many tiles each time."""
_ONCE = text(
    "SELECT (SELECT count(*) FROM passage), (SELECT coalesce(sum(passages), 0) FROM passage_mix), "
    "(SELECT coalesce(sum(passed + home_quarantine + central_quarantine + turned_back), 0) FROM checkpoint_hour WHERE counted)"
)


@dataclass(slots=True)
class Told:
    """What the senders were told, and how late they were."""

    sent: int = 0
    accepted: int = 0
    late_s: list[float] = field(default_factory=list)


@bench
def checkpoints_load(stage: Stage) -> list[Figure]:
    """Look at maps of the city first alone, then while all of its posts report; then count every passage."""
    database, chance = Database(stage.database_url("city")), random.Random(20200211)
    with database.owner() as connection:
        posts = posts_of(connection)
    paths = [f"/tiles/{layer}/{z}/{x}/{y}.mvt" for layer, z, x, y in tiles_over(database.url)]
    before = _counts(database)
    with sender(database) as token, serving(database.url) as server:
        asyncio.run(_look(server, paths, 5, chance))
        idle = asyncio.run(_look(server, paths, min(SECONDS, 60), chance))
        told, busy = asyncio.run(_under_load(server, token, posts, paths, chance))
    after = _counts(database)
    database.dispose()
    came = [now - then for now, then in zip(after, before, strict=True)]
    minute = len(posts) / 60
    return [
        Figure(f"tile p95, {MAPS} maps, {minute:.0f} posts/s against idle", _p95(busy), _p95(idle), "ms", "<= 2"),
        Figure("passages lost", float(told.sent - min(came)), None, "passages", "<= 0"),
        Figure("passages counted twice", float(max(came) - told.sent), None, "passages", "<= 0"),
        Figure("passages taken a second", told.accepted / SECONDS, minute, "/s", ">= 0.98"),
        Figure("deliveries behind their time, p95", quantiles(told.late_s, n=20)[-1], None, "s", "<= 5"),
    ]  # fmt: skip


async def _under_load(
    server: Server, token: str, posts: Sequence[Post], paths: Sequence[str], chance: random.Random
) -> tuple[Told, list[float]]:
    told = Told()
    _, seen = await asyncio.gather(
        _report(server, token, posts, told, chance), _look(server, paths, SECONDS, random.Random(chance.random()))
    )
    return told, seen


async def _look(server: Server, paths: Sequence[str], seconds: float, chance: random.Random) -> list[float]:
    """Let every map move about for some seconds; return the milliseconds that each tile took."""
    end, took = time.monotonic() + seconds, list[float]()
    headers = {"Cookie": server.cookie(), "Accept-Encoding": "gzip"}
    limits = httpx.Limits(max_connections=MAPS * TILES_A_STEP, max_keepalive_connections=MAPS * TILES_A_STEP)
    async with httpx.AsyncClient(base_url=server.url, headers=headers, limits=limits, timeout=60) as client:

        async def tile(path: str) -> None:
            began = time.perf_counter()
            answer = await client.get(path)
            assert answer.status_code in (200, 204), answer.status_code
            took.append((time.perf_counter() - began) * 1000)

        async def one_map(nth: int) -> None:
            await asyncio.sleep(nth * STEP_S / MAPS)
            while time.monotonic() < end:
                began = time.monotonic()
                first = chance.randrange(len(paths))
                await asyncio.gather(*(tile(paths[(first + n) % len(paths)]) for n in range(TILES_A_STEP)))
                await asyncio.sleep(max(0.0, began + STEP_S - time.monotonic()))

        await asyncio.gather(*map(one_map, range(MAPS)))
    return took


async def _report(server: Server, token: str, posts: Sequence[Post], told: Told, chance: random.Random) -> None:
    """Let every post tell of one passage a minute, in deliveries of any size, sent when they are due."""
    began, due = time.monotonic(), _deliveries(posts, chance)
    async with httpx.AsyncClient(
        base_url=server.url, headers={"Authorization": f"Bearer {token}"}, timeout=60
    ) as client:

        async def one() -> None:
            for at_s, part in due:
                await asyncio.sleep(max(0.0, began + at_s - time.monotonic()))
                told.late_s.append(time.monotonic() - began - at_s)
                body = json.dumps([through(post, datetime.now(UTC), chance) for post in part])
                told.sent += len(part)
                answer = await client.post("/api/feeds/passage", content=body)
                answer.raise_for_status()
                told.accepted += answer.json()["accepted"]

        await asyncio.gather(*(one() for _ in range(SENDERS)))


def _deliveries(posts: Sequence[Post], chance: random.Random) -> Iterator[tuple[float, Sequence[Post]]]:
    """Yield (seconds from the start, whose passages) in the order of time, all posts within each minute."""
    done, rate = 0, len(posts) / 60
    while done < SECONDS * rate:
        first = done % len(posts)
        part = posts[first : first + chance.randint(1, LARGEST)]
        done += len(part)
        yield done / rate, part


def _counts(database: Database) -> tuple[int, ...]:
    """Return how many passages there are, in the mix and in the hours of posts, once everything is folded."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.scalar(text("SELECT count(*) FROM passage_waiting")):
            connection.execute(text("SELECT fold_passages()"))
        return tuple(int(number) for number in connection.execute(_ONCE).one())


def _p95(took: list[float]) -> float:
    return quantiles(took, n=20)[-1]
