"""The numbers of an area: server time of a city and of a grid, at a million households against sixty thousand."""

import time
from contextlib import closing
from statistics import quantiles

import httpx

from bench.figures import Figure, Stage, bench
from bench.server import Server, serving

ROUNDS = 300


@bench
def summaries(stage: Stage) -> list[Figure]:
    """Ask both servers in turn, so that a slower minute of the machine slows both."""
    with serving(stage.database_url("small")) as small, serving(stage.database_url("city")) as city:
        figures = []
        for what in ("city", "grid"):
            paths = [(server, _path(server, what)) for server in (small, city)]
            times = _times(paths)
            p95 = [quantiles(row, n=20)[-1] * 1000 for row in times]
            middle = [sorted(row)[len(row) // 2] * 1000 for row in times]
            figures.append(Figure(f"summary of a {what}, p95", p95[1], None, "ms", "<= 15"))
            figures.append(
                Figure(f"summary of a {what}, 1,000,000 against 60,000", middle[1], middle[0], "ms", "<= 1.5")
            )
        return figures


def _path(server: Server, what: str) -> str:
    with closing(server.client()) as client:
        code = "411200"
        if what == "city":
            return f"/api/areas/{code}/summary"
        while children := client.get(f"/api/areas/{code}").json()["children"]:
            code = children[0]["code"]
        return f"/api/areas/{code}/summary"


def _times(paths: list[tuple[Server, str]]) -> list[list[float]]:
    times: list[list[float]] = [[] for _ in paths]
    clients = [(server.client(), path) for server, path in paths]
    for round_ in range(ROUNDS + 20):
        for row, (client, path) in zip(times, clients, strict=True):
            began = time.perf_counter()
            answer = client.get(path)
            if round_ >= 20:
                row.append(server_time(answer, time.perf_counter() - began))
    for client, _ in clients:
        client.close()
    return times


def server_time(answer: httpx.Response, waited: float) -> float:
    """Return what the server says it took (Server-Timing, milliseconds), or else the whole wait."""
    answer.raise_for_status()
    said = answer.headers.get("server-timing", "")
    return float(said.split("dur=")[1].split(",")[0]) / 1000 if "dur=" in said else waited
