"""Long work in a thread that nobody has to wait for when the program ends: what it makes is kept by others, or not at all."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what a function returns, computed in a daemon thread; raises what it raises."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(done: Callable[[Any], None], value: Any) -> None:
        if not answer.done():
            done(value)

    def run() -> None:
        told: tuple[Callable[[Any], None], Any]
        try:
            told = (answer.set_result, work(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - whoever waits raises it
            told = (answer.set_exception, error)
        # Whoever asked may have ended, and the loop with it.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, *told)

    threading.Thread(target=run, daemon=True).start()
    return await answer
