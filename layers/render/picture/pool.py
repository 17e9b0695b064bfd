"""STAND-IN for helper picture's module of this name."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import Literal

from geodata.press.sheet import Sheet
from layers.render.picture.draw import draw


class Pool:
    """Processes that draw."""

    def __init__(self, workers: int = 2) -> None:
        """Start nothing yet."""
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    async def draw(self, sheet: Sheet, form: Literal["png", "pdf", "svg"]) -> bytes:
        """Draw in one of the processes."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.workers, multiprocessing.get_context("spawn"))
        return await asyncio.get_running_loop().run_in_executor(self._pool, draw, sheet, form)

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
