"""Processes that draw: as many as there are cores, warm, replaced when one is killed, gone when the pool is closed."""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Self

from geodata.press.sheet import Sheet
from layers.render.picture.draw import Form, draw
from layers.render.picture.fonts import missing

MOST = 4
"""Processes at most, each of some 250 MB: drawing must leave the machine to those who look at maps."""


class Pool:
    """Draws sheets in processes of its own. Close it, or use it as `async with`."""

    def __init__(self, workers: int | None = None) -> None:
        """Take how many processes; none for as many as there are cores. None is started before `warm` or `draw`."""
        self.workers = workers or max(1, min(MOST, len(os.sched_getaffinity(0))))
        self._executor: ProcessPoolExecutor | None = None
        self._closed = False

    async def draw(self, sheet: Sheet, form: Form) -> bytes:
        """Return a sheet as a file (see `draw.draw`). Where the process that draws it is killed, it is drawn once more.

        Raises BrokenProcessPool where that one is killed too, RuntimeError once the pool is closed.
        """
        executor = self._running()
        try:
            return await asyncio.wrap_future(executor.submit(draw, sheet, form))
        except BrokenProcessPool:
            self._replace(executor)
            return await asyncio.wrap_future(self._running().submit(draw, sheet, form))

    async def draw_many(self, sheets: Sequence[tuple[Sheet, Form]]) -> AsyncIterator[tuple[int, bytes]]:
        """Yield each file with its place in the list, as they are done; never more at work than there are processes."""
        waiting = iter(enumerate(sheets))
        at_work: dict[asyncio.Task[bytes], int] = {}
        try:
            while True:
                while len(at_work) < self.workers and (following := next(waiting, None)) is not None:
                    place, (sheet, form) = following
                    at_work[asyncio.create_task(self.draw(sheet, form))] = place
                if not at_work:
                    return
                done, _ = await asyncio.wait(at_work, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    place = at_work.pop(task)
                    yield place, task.result()
        finally:
            for task in at_work:
                task.cancel()

    async def warm(self) -> None:
        """Start every process and read the fonts, so that the first picture does not wait for it."""
        executor = self._running()
        await asyncio.gather(*(asyncio.wrap_future(executor.submit(missing, "暖")) for _ in range(self.workers)))

    def pids(self) -> tuple[int, ...]:
        """Return the numbers of the processes that are up."""
        return tuple(self._executor._processes) if self._executor is not None else ()  # noqa: SLF001 - nothing else tells

    async def close(self) -> None:
        """End the processes once they are done with what they are drawing; what only waits is dropped."""
        self._closed = True
        executor, self._executor = self._executor, None
        if executor is not None:
            await asyncio.to_thread(executor.shutdown, wait=True, cancel_futures=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _running(self) -> ProcessPoolExecutor:
        if self._closed:
            raise RuntimeError("the pool is closed")
        if self._executor is None:
            # Spawned, not forked: a server's threads and connections are no business of theirs.
            self._executor = ProcessPoolExecutor(self.workers, multiprocessing.get_context("spawn"))
        return self._executor

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        """Give up an executor that lost a process; whoever notices first does it for all."""
        if self._executor is broken:
            self._executor = None
            broken.shutdown(wait=False, cancel_futures=True)
