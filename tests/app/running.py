"""The real application over a real database: in this process, and as a server of its own."""

import asyncio
import contextlib
import functools
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, get_args

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI, routing
from fastapi._compat import v2
from sqlalchemy import text

from app.main import create_app
from app.settings import Settings
from geodata import account_keeping
from geodata.database import Database
from geodata.model import Role
from tests.places import CITY, EAST, GRIDS


def _adapter(annotated: Any, make: Any = v2.TypeAdapter, made: dict[Any, Any] = {}, **options: Any) -> Any:  # noqa: B006
    """Return pydantic's adapter of an annotated type, made once."""
    kind, *metadata = get_args(annotated)
    key = (kind, repr(metadata), repr(options))
    if key not in made:
        made[key] = make(annotated, **options)
    return made[key]


routing.create_model_field = functools.cache(routing.create_model_field)
v2.TypeAdapter = _adapter  # type: ignore[assignment, misc]
"""What the routes take and answer is the same in every application of one process, and hundreds are built for a test
each: asking pydantic anew was most of building one."""
AREAS = {
    Role.COMMAND: CITY,
    Role.OFFICER: EAST,
    Role.GRID: GRIDS[EAST][0],
    Role.PRESS: CITY,
    Role.ADMIN: CITY,
}


_CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Argon2 takes its time on purpose, and hundreds of tests sign in: a hash says itself at what cost it was made."""


def password(role: Role) -> str:
    return f"password-of-{role.value}"


def add_people(database: Database) -> None:
    """Add one account a role, named like it."""
    with database.owner() as connection:
        for role, area in AREAS.items():
            account_keeping.add_account(connection, role.value, password(role), role, [area])
            cheap = {"name": role.value, "hash": _CHEAP.hash(password(role))}
            connection.execute(text("UPDATE account SET password_hash = :hash WHERE username = :name"), cheap)
    database.dispose()


@dataclass
class Running:
    """One application that has started, and a client that has not signed in."""

    application: Any
    client: httpx.AsyncClient
    database: Database

    @property
    def server(self) -> FastAPI:
        found = self.application
        while not isinstance(found, FastAPI):
            found = found.rest
        return found

    async def sign_in(self, role: Role = Role.COMMAND) -> httpx.Response:
        answer = await self.client.post("/login", data={"username": role.value, "password": password(role)})
        assert answer.status_code == 303, answer.text
        return answer


@contextlib.asynccontextmanager
async def running(database: Database, monkeypatch: pytest.MonkeyPatch, **environment: str) -> AsyncIterator[Running]:
    """Run the application over a database in this process."""
    for name, value in {"DATABASE_URL": database.url, **environment}.items():
        monkeypatch.setenv(name, value)
    own = Database(database.url)
    application = create_app(Settings(), own)
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://wangge") as client:
        found = Running(application, client, own)
        async with found.server.router.lifespan_context(found.server):
            yield found


async def soon(question: Any, seconds: float = 10) -> None:
    """Wait until an async question is answered with yes."""
    end = time.monotonic() + seconds
    while not await question():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(url: str, **environment: str) -> Iterator[httpx.Client]:
    """Run uvicorn in a process of its own and yield a client of it."""
    with launched(url, **environment) as (client, _):
        yield client


@contextlib.contextmanager
def launched(url: str, **environment: str) -> Iterator[tuple[httpx.Client, "subprocess.Popen[bytes]"]]:
    """Run uvicorn in a process of its own and yield a client of it, and the process."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "app.main:application", "--factory", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--no-access-log", "--log-level", "error"],
        env={**os.environ, "DATABASE_URL": url, **environment},
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            _await(client, process)
            yield client, process
    finally:
        process.terminate()
        process.wait(20)


def _await(client: httpx.Client, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            client.get("/healthz")
            return
        time.sleep(0.1)
    raise AssertionError("the server did not come up")
