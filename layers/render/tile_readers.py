"""A few connections that do nothing but cut tiles: held open, each with its own temporary functions."""

import asyncio
from datetime import date, datetime
from typing import NamedTuple

import asyncpg

from geodata.database import Database, close_quietly, understood
from geodata.errors import TooSlow
from layers.render.tile_sql import TileFunction


class Arguments(NamedTuple):
    """The values of a tile function, in its own order."""

    paths: str
    home_paths: str
    z: int
    x: int
    y: int
    present: datetime
    today: date
    moment: datetime | None


class _Reader:
    """One connection and the functions it knows, each called through a prepared statement of its own."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.known: dict[str, asyncpg.prepared_stmt.PreparedStatement] = {}

    async def cut(self, function: TileFunction, arguments: Arguments) -> bytes | None:
        call = self.known.get(function.name)
        if call is None:
            await self.connection.execute(function.definition)
            call = self.known[function.name] = await self.connection.prepare(function.call)
        body: bytes | None = await call.fetchval(*arguments)
        return body


class TileReaders:
    """At most `most` readers, opened when needed and given back after each tile."""

    def __init__(self, database: Database, most: int) -> None:
        """Open nothing yet."""
        self.database = database
        self._slots = asyncio.Semaphore(most)
        self._idle: list[_Reader] = []
        self._closing: set[asyncio.Task[None]] = set()

    async def cut(self, function: TileFunction, arguments: Arguments) -> bytes | None:
        """Run one tile function. Cancelling this cancels the query. Raises DatabaseAway, TooSlow."""
        async with self._slots:
            reader = self._take() or _Reader(await self.database.raw_reader())
            try:
                body = await reader.cut(function, arguments)
            except BaseException as error:
                found = understood(error) if isinstance(error, Exception) else None
                if isinstance(found, TooSlow):
                    self._idle.append(reader)
                else:
                    self._discard(reader)
                if found is None:
                    raise
                raise found from error
            self._idle.append(reader)
            return body

    async def close(self) -> None:
        """Close every idle reader and wait for those being closed."""
        while (reader := self._take()) is not None:
            self._discard(reader)
        if self._closing:
            await asyncio.wait(self._closing, timeout=5)

    def _take(self) -> _Reader | None:
        while self._idle:
            reader = self._idle.pop()
            if not reader.connection.is_closed():
                return reader
        return None

    def _discard(self, reader: _Reader) -> None:
        # The driver has asked the server to cancel; closing waits for that without holding up the caller.
        task = asyncio.create_task(close_quietly(reader.connection))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
