"""Back-pressure of deliveries: so many are at work, so many wait; whoever comes then is asked to come again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.requests import ClientDisconnect

from app.errors import TooLarge
from geodata.arrival.payload import MOST_BYTES
from geodata.errors import TooBusy, TooSlow

MOST_HELD = 256 << 20
"""Bytes of bodies that one process holds at the same time."""
LONGEST_BODY_S = 60.0
"""Seconds in which a body must have come: who sends slower may not keep others out."""
AGAIN_S = 2


class Admission:
    """How many deliveries one process takes at once. What is turned away has not been read, and nothing of it is kept."""

    def __init__(self, at_once: int, waiting: int) -> None:
        """Take how many write at the same time, and how many more may be on their way in."""
        self._at_work = asyncio.Semaphore(at_once)
        self._room = at_once + waiting
        self._held = 0

    @asynccontextmanager
    async def inside(self) -> AsyncIterator[None]:
        """Be one of those that are taken in. Raises TooBusy at once where there is no room."""
        if self._room <= 0:
            raise TooBusy(seconds=AGAIN_S)
        self._room -= 1
        try:
            yield
        finally:
            self._room += 1

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn to write."""
        async with self._at_work:
            yield

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytes]:
        """Yield the body as it was sent. Raises TooLarge before more is held, TooBusy, TooSlow."""
        parts, size = list[bytes](), 0
        try:
            try:
                async with asyncio.timeout(LONGEST_BODY_S):
                    async for part in request.stream():
                        size += len(part)
                        self._held += len(part)
                        if size > MOST_BYTES:
                            raise TooLarge(most=f"{MOST_BYTES // 1_000_000} MB")
                        if self._held > MOST_HELD:
                            raise TooBusy(seconds=AGAIN_S)
                        parts.append(part)
            except (TimeoutError, ClientDisconnect):
                # Whoever has gone sends again; it is no error of ours.
                raise TooSlow from None
            yield b"".join(parts)
        finally:
            self._held -= size
