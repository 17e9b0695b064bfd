"""One process's watch over the rules: judges soon after news of what a rule looks at, and by the clock: silence is no news."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from geodata.alerts.judging import judge_all
from geodata.alerts.registry import all_kinds
from geodata.database import Database
from geodata.errors import WanggeError
from geodata.news import Item

LOG = logging.getLogger(__name__)
FIRST_S = 3.0
"""Seconds after the start before the first look."""
EVERY_S = 15.0
"""Seconds between two looks at all the rules: what is overdue or silent becomes so by the clock alone."""
QUIET_S = 2.0
"""Seconds between two looks, however much happens."""
OWN = frozenset({"alert_rule"})
"""Tables whose change concerns every rule."""


class Watch:
    """Judges for as long as the process lives; several processes take turns, and none does what another is doing."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Look at nothing yet."""
        self.database = database
        self.clock = clock
        self._tables = set[str]()
        self._all = True
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._looked_at = {table for kind in all_kinds().values() for table in kind.tables} | OWN

    def heard(self, item: Item) -> None:
        """Take a piece of news; nothing is judged here."""
        if item.what == "found":
            self._all = True
        elif item.what == "changed" and item.table in self._looked_at:
            self._tables.add(item.table)
        else:
            return
        self._woken.set()

    async def for_ever(self, ready: Callable[[], None]) -> None:
        """Judge until told to stop. `ready` raises while the database cannot be used."""
        if await self._stops_within(FIRST_S):
            return
        while True:
            await self._look(ready)
            if await self._stops_within(QUIET_S):
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), EVERY_S - QUIET_S)
            self._all = self._all or not self._tables

    def stop(self) -> None:
        """End after the look that is under way, if any."""
        self._stopping.set()
        self._woken.set()

    async def _stops_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    async def _look(self, ready: Callable[[], None]) -> None:
        if self._stopping.is_set():
            return
        tables = None if self._all or self._tables & OWN else frozenset(self._tables)
        self._woken.clear()
        self._tables.clear()
        self._all = False
        try:
            ready()
            await asyncio.to_thread(judge_all, self.database, self.clock(), tables)
        except (WanggeError, DBAPIError) as error:
            self._all = True
            LOG.warning("the alert rules wait: %s", error)
