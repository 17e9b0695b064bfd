"""What each process does in the background for the database: single passages are counted, what is old leaves."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from geodata.errors import WanggeError

LOG = logging.getLogger(__name__)
REST, LONGEST_REST_S = 3.0, 10.0
"""A job rests so many times as long as it took, so that under load it takes no more than a quarter of the time; but
not longer than this because of that."""


class Upkeep:
    """Jobs done again and again until the end; what fails now is tried again at its next time."""

    def __init__(self, ready: Callable[[], None]) -> None:
        """Take what raises where the database cannot be used as it is."""
        self.ready = ready
        self._ending = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def every(self, seconds: float, what: str, job: Callable[[], Awaitable[object]], *, first_s: float) -> None:
        """Begin to do a job every so many seconds (seldomer where it takes long), for the first time after `first_s`."""
        self._tasks.append(asyncio.get_running_loop().create_task(self._again(seconds, what, job, first_s)))

    async def stop(self, longest_s: float) -> None:
        """End every job, those under way after so many seconds at the latest."""
        self._ending.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=longest_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _again(self, seconds: float, what: str, job: Callable[[], Awaitable[object]], pause: float) -> None:
        while not await self._ends_within(pause):
            began = time.monotonic()
            try:
                self.ready()
                await job()
            except WanggeError as error:
                LOG.warning("%s waits: %s", what, error)
            except DBAPIError:
                LOG.exception("%s failed, and is tried again in %s s", what, seconds)
            pause = rest_s(seconds, time.monotonic() - began)

    async def _ends_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)
        return self._ending.is_set()


def rest_s(seconds: float, took_s: float) -> float:
    """Return how long to wait before a job that is due every so many seconds and has just taken `took_s`."""
    return max(seconds, min(REST * took_s, LONGEST_REST_S))
