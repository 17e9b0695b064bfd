"""News of committed changes: one connection a process listens, everybody who holds something back is told."""

import asyncio
import json
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import asyncpg

from geodata.database import AWAY, Database, close_quietly
from geodata.errors import DatabaseAway

LOG = logging.getLogger(__name__)
CHANNEL = "wangge"
SLOWEST_RETRY_S = 5.0
PULSE_S = 2.0
"""Seconds between two questions whether the connection is alive: a pulled cable says nothing by itself. The question also
tells what a writer left untold that ended right after its commit, and folds what changes have added to the counts."""
PATIENCE_S = 10.0
_BOX = re.compile(r"BOX\((\S+) (\S+),(\S+) (\S+)\)")


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news: `changed` with its table and box (EPSG:3857; none: all of it), `lost` or `found`.

    After `lost` changes may be missed; after `found` everything held from before must be thrown away.
    """

    what: str
    table: str = ""
    box: tuple[float, float, float, float] | None = None


Subscriber = Callable[[Item], None]


class News:
    """Listens for ever and tells its subscribers; heals by itself."""

    def __init__(self, database: Database) -> None:
        """Listen to nothing yet."""
        self.database = database
        self.here = False
        """Whether the database is there, as far as is known."""
        self._subscribers: list[Subscriber] = []
        self._task: asyncio.Task[None] | None = None

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Tell a subscriber each item, on the event loop; call what is returned to end it."""
        self._subscribers.append(subscriber)

        def end() -> None:
            with suppress(ValueError):
                self._subscribers.remove(subscriber)

        return end

    def start(self) -> None:
        """Begin to listen, on the running event loop."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._listen_for_ever())

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _listen_for_ever(self) -> None:
        wait = 0.1
        while True:
            try:
                await self._listen()
            except (DatabaseAway, TimeoutError, asyncpg.PostgresError, *AWAY) as error:
                wait = 0.1 if self.here else min(wait * 2, SLOWEST_RETRY_S)
                if self.here:
                    LOG.warning("the database went away: %s", error)
                    self.here = False
                    self._tell(Item("lost"))
                await asyncio.sleep(wait)

    async def _listen(self) -> None:
        """Listen on one connection until it breaks. Raises whatever broke it."""
        connection = await self.database.listener()
        cut = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: cut.set())
            await connection.add_listener(CHANNEL, self._heard)
            self.here = True
            # What changed between two connections was announced to nobody.
            self._tell(Item("found"))
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(cut.wait(), PULSE_S)
                await connection.execute("SELECT tell_untold(), fold_waiting()", timeout=PATIENCE_S)
        finally:
            await close_quietly(connection)

    def _heard(self, _connection: object, _process: int, _channel: str, payload: object) -> None:
        self._tell(read(str(payload)))

    def _tell(self, item: Item) -> None:
        for subscriber in list(self._subscribers):
            try:
                subscriber(item)
            except Exception:
                LOG.exception("a subscriber could not take %s", item)


def read(payload: str) -> Item:
    """Return what a notification says; one that cannot be read counts as 'anything may have changed'."""
    try:
        said = json.loads(payload)
        found = _BOX.fullmatch(said["box"]) if said["box"] else None
        box = (float(found[1]), float(found[2]), float(found[3]), float(found[4])) if found else None
        return Item("changed", str(said["table"]), box)
    except (ValueError, KeyError, TypeError):
        return Item("found")
