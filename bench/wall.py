"""The command wall: server time of one full set of its numbers, and of one step of one day of its replay."""

import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from itertools import cycle
from statistics import quantiles

from bench.figures import Figure, Stage, bench
from bench.server import Server, serving
from bench.summaries import server_time

CITY = "411200"
ROUNDS, WARM = 200, 12
STEPS = 150


@bench
def wall(stage: Stage) -> list[Figure]:
    """Ask the wall of the whole city, at a million households and at sixty thousand in turn, then step through the days."""
    with serving(stage.database_url("small")) as small, serving(stage.database_url("city")) as city:
        now = _times([small, city], cycle([""]), ROUNDS)
        past = _times([city], cycle(_days()), STEPS)[0]
    p95 = [_p95(row) for row in now]
    middle = [sorted(row)[len(row) // 2] * 1000 for row in now]
    return [
        Figure("wall of the city, one full set of numbers, p95", p95[1], None, "ms", "<= 60"),
        Figure("wall of the city, 1,000,000 against 60,000", middle[1], middle[0], "ms", "<= 1.5"),
        Figure("wall of the city, replay by one day, p95", _p95(past), None, "ms", "<= 120"),
    ]


def _days() -> list[str]:
    """Return the end of each of the last 30 days, as a time bar steps through them."""
    midnight = datetime.now(UTC).replace(hour=16, minute=0, second=0, microsecond=0) - timedelta(days=1)
    return [f"?at={midnight - timedelta(days=n, seconds=1):%Y-%m-%dT%H:%M:%SZ}" for n in range(30)]


def _times(servers: list[Server], asked: "cycle[str]", rounds: int) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in servers]
    with ExitStack() as stack:
        clients = [stack.enter_context(closing(server.client())) for server in servers]
        for round_ in range(rounds + WARM):
            path = f"/api/wall/{CITY}{next(asked)}"
            for row, client in zip(times, clients, strict=True):
                began = time.perf_counter()
                answer = client.get(path)
                if round_ >= WARM:
                    row.append(server_time(answer, time.perf_counter() - began))
    return times


def _p95(row: list[float]) -> float:
    return quantiles(row, n=20)[-1] * 1000
