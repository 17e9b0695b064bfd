"""Live walls: from the commit of a change to the message at every wall, and what two hundred walls cost against one."""

import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from uuid import uuid4

import httpx
from sqlalchemy import text

from bench.figures import Figure, Stage, bench
from bench.server import Server, serving
from geodata import displays
from geodata.database import Database

WALLS = 200
A_SECOND = 20
SECONDS = 20
ROUNDS = 3
STATE = 1
"""The state that changed households come to: its count rises by one with each change, and tells which have arrived."""
_DOORS = text("SELECT id FROM household WHERE state_id <> :state ORDER BY random() LIMIT :most")
_RECORD = text("SELECT record_state(:door, :state, clock_timestamp(), 'survey', 'bench', 'bench')")


@bench
def live(stage: Stage) -> list[Figure]:
    """Change households of the whole city at a steady rate, with one wall connected and with two hundred."""
    database = Database(stage.database_url("small"))
    with database.owner() as connection:
        city, code = connection.execute(
            text("SELECT a.code, s.code FROM area a, scheme_state s WHERE a.parent_id IS NULL AND s.id = :state"),
            {"state": STATE},
        ).one()
        links = [displays.create(connection, f"bench-{uuid4().hex}", city, by="bench") for _ in range(WALLS)]
    try:
        with serving(database.url) as server:
            cookies = [_cookie(server, token) for token in links]
            rounds = [
                (_round(database, server, cookies[:1], code), _round(database, server, cookies, code))
                for _ in range(ROUNDS)
            ]
    finally:
        with database.owner() as connection:
            connection.execute(text("DELETE FROM display WHERE created_by = 'bench'"))
        database.dispose()
    late = [second for _, (_, found) in rounds for second in found.late]
    many = [found for _, (_, found) in rounds]
    one_cpu, many_cpu = median(cpu for (cpu, _), _ in rounds), median(cpu for _, (cpu, _) in rounds)
    return [
        Figure(f"commit to message, {WALLS} walls, {A_SECOND} changes/s, p95", quantiles(late, n=20)[-1], None, "s", "<= 0.3"),
        Figure("walls whose last state is not the truth", float(sum(found.wrong for found in many)), None, "walls", "<= 0"),
        Figure("messages out of order", float(sum(found.disordered for found in many)), None, "messages", "<= 0"),
        Figure(f"server CPU of a change, {WALLS} walls against 1", many_cpu * 1000, one_cpu * 1000, "ms", "<= 3"),
    ]  # fmt: skip


class Found:
    """What walls were told of the changes: how late, and what was wrong."""

    def __init__(self, lines: list[str], before: int, commits: list[float], walls: int) -> None:
        """Take the lines of `bench.walls`, the count before the first change, and when each change was committed."""
        self.late: list[float] = []
        self.disordered = 0
        told: dict[str, int] = defaultdict(lambda: before)
        last: dict[str, int] = defaultdict(int)
        for line in lines:
            wall, seq, count, at = line.split()
            self.disordered += int(seq) <= last[wall]
            last[wall] = int(seq)
            if int(count) < 0:
                continue
            self.disordered += int(count) < told[wall]
            self.late += [float(at) - moment for moment in commits[told[wall] - before : int(count) - before]]
            told[wall] = max(told[wall], int(count))
        self.wrong = walls - sum(count == before + len(commits) for count in told.values())


def _round(database: Database, server: Server, cookies: list[str], code: str) -> tuple[float, Found]:
    """Return the server's CPU seconds a change, and what the walls were told."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "heard"
        with database.owner() as connection:
            doors = list(connection.scalars(_DOORS, {"state": STATE, "most": A_SECOND * SECONDS}))
            before = int(
                connection.scalar(text("SELECT count(*) FROM household WHERE state_id = :s"), {"s": STATE}) or 0
            )
        with _walls(server, cookies, out, code):
            began = _cpu(server.pid)
            commits = _change(database, doors)
            time.sleep(1)
            cpu = (_cpu(server.pid) - began) / len(doors)
        return cpu, Found(out.read_text().splitlines(), before, commits, len(cookies))


def _change(database: Database, doors: list[int]) -> list[float]:
    """Change one household after the other at a steady rate; return when each was committed."""
    commits = []
    began = time.monotonic()
    for nth, door in enumerate(doors):
        time.sleep(max(0, began + nth / A_SECOND - time.monotonic()))
        with database.owner() as connection:
            connection.execute(_RECORD, {"door": door, "state": STATE})
        commits.append(time.time())
    return commits


@contextmanager
def _walls(server: Server, cookies: list[str], out: Path, code: str) -> Iterator[None]:
    """Keep walls connected until the block ends; then their record is written."""
    listed = out.with_suffix(".cookies")
    listed.write_text("\n".join(cookies))
    command = [sys.executable, "-m", "bench.walls", server.url, str(listed), str(out), code]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the walls could not connect")
        yield
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


def _cookie(server: Server, token: str) -> str:
    """Return the Cookie header of a screen that has opened its link."""
    answer = httpx.get(f"{server.url}/display/{token}")
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


def _cpu(pid: int) -> float:
    """Return the CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
