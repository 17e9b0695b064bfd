"""How a request ends early: its client went away, or something happened that nobody foresaw."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers

from app.answers import refusal
from app.errors import TooLarge
from geodata.errors import TooSlow

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOG = logging.getLogger(__name__)
READING = ("GET", "HEAD")
CALLBACKS = "/_dash-update-component"
LONGEST_S = 60.0
"""Seconds that any answer may take; single statements are ended long before."""
LARGEST = 1 << 20
"""Bytes that a page may send to a callback."""


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
    """A pure ASGI application that gives up an answer as soon as nobody waits for it, or it takes too long.

    That holds for what only reads: every GET, and the callbacks of pages. A change is always carried to its end.
    """

    def __init__(self, rest: App) -> None:
        """Take what answers."""
        self.rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not (scope["method"] in READING or scope["path"] == CALLBACKS):
            await self.rest(scope, receive, send)
            return
        body = await _whole(receive)
        if body is None:
            return
        after = asyncio.ensure_future(receive())
        given = begun = False

        async def again() -> Message:
            nonlocal given
            if not given:
                given = True
                return {"type": "http.request", "body": body, "more_body": False}
            return await asyncio.shield(after)

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        answering = asyncio.ensure_future(self.rest(scope, again, watched))
        try:
            await asyncio.wait({answering, after}, timeout=LONGEST_S, return_when=asyncio.FIRST_COMPLETED)
            given_up = not answering.done()
            if given_up:
                answering.cancel()
            await _end(answering, given_up=given_up)
            if given_up and not after.done() and not begun:
                await refusal(TooSlow(), Headers(scope=scope))(scope, receive, send)
        finally:
            answering.cancel()
            after.cancel()


async def _whole(receive: Receive) -> bytes | None:
    """Return the whole body, or none where the client left before it was sent. Raises TooLarge."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += bytes(message.get("body", b""))
        if len(body) > LARGEST:
            raise TooLarge(most=f"{LARGEST >> 20} MB")
        if not message.get("more_body"):
            return body


async def _end(answering: "asyncio.Future[None]", *, given_up: bool) -> None:
    """Wait for the end; that a given-up answer was cancelled is no error."""
    try:
        await answering
    except asyncio.CancelledError:
        if not given_up:
            raise
