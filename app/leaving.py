"""How a request ends early: its client went away, or something happened that nobody foresaw."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers

from app.answers import refusal

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOG = logging.getLogger(__name__)


class Caught:
    """A pure ASGI application whose unforeseen errors are recorded once, and become an answer where none has begun."""

    def __init__(self, app: App) -> None:
        """Take what answers."""
        self.rest = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = scope["type"] != "http"

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.rest(scope, receive, watched)
        except Exception as error:
            if begun:
                LOG.exception("an answer broke off")
            else:
                await refusal(error, Headers(scope=scope))(scope, receive, send)


class WhileConnected:
    """A pure ASGI application that cancels a reading request as soon as nobody waits for its answer."""

    def __init__(self, rest: App) -> None:
        """Take what answers."""
        self.rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; changes are always carried to their end."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.rest(scope, receive, send)
            return
        first = await receive()
        after = asyncio.ensure_future(receive())
        given = False

        async def again() -> Message:
            nonlocal given
            if not given:
                given = True
                return first
            return await asyncio.shield(after)

        answering = asyncio.ensure_future(self.rest(scope, again, send))
        try:
            await asyncio.wait({answering, after}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                answering.cancel()
            await _end(answering, left=after.done())
        finally:
            after.cancel()


async def _end(answering: "asyncio.Future[None]", *, left: bool) -> None:
    """Wait for the end; that a given-up answer was cancelled is no error."""
    try:
        await answering
    except asyncio.CancelledError:
        if not left:
            raise
