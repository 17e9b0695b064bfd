"""The front door: every request passes here first. Who asks, may they, and what every answer carries."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse

from app.answers import refusal
from app.signin import OF_SENDERS, SAFE, Credentials, Readers, credentials, demand_own_page, meant, same_host
from callbacks.services import current
from geodata.accounts import Principal
from geodata.errors import BadValue, CrossSite, NotAllowed, NotSignedIn, OnlyDelivers, WanggeError
from geodata.model import Role
from geodata.news import Item

LOG = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = ("/assets/", "/display/")
OPEN_EXACTLY = {"/healthz", "/login", "/favicon.ico", "/_favicon.ico", "/sw.js", "/manifest.webmanifest", "/grid/shell"}
ON_TILES = ("x-content-type-options", "cross-origin-resource-policy")
"""What a picture of nothing but numbers needs; a page's rules would be half of a small tile."""
READING = {"/_dash-update-component", "/logout"}
"""What a screen may POST to: pages ask for figures that way, and a link opened by mistake can be left again."""
SIGNED_OUT = 4401
"""Close code of a WebSocket whose user may no longer be here."""
LOOKS_AT_ONCE = 6
"""Open sockets that are looked at together, so that of hundreds the last one is still closed within the second."""
OF_ACCOUNTS = {"account", "account_area", "session", "api_token", *OF_SENDERS}
"""Tables that say nothing about screens: a sign-in must not have hundreds of them looked up."""
RECHECK_S = 30.0
"""Seconds between two looks at open sockets: a session ends by time without any news."""


class Front:
    """A pure ASGI application around the tiles and everything else."""

    def __init__(
        self, rest: App, tiles: App, readers: Readers, demand_ready: Callable[[], None], headers: dict[str, str]
    ) -> None:
        """Take what answers, who knows readers, what says that the database can be used, and headers for each answer."""
        self.rest = rest
        self.tiles = tiles
        self.readers = readers
        self.demand_ready = demand_ready
        self.headers = headers
        self.plain = [(name.encode(), headers[name].encode()) for name in ON_TILES]
        self._sockets: dict[asyncio.Event, tuple[Credentials, Principal]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, one WebSocket or the server's start and end."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self.rest(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        tile = path.startswith("/tiles/")
        send = _plainly(send, self.plain) if tile else _dressed(send, self.headers, _keeping(scope))
        try:
            if not _is_open(path):
                self.demand_ready()
            principal = await self._admit(scope)
        except Exception as error:  # noqa: BLE001 - every error becomes an answer
            await self._refuse(error, scope, receive, send)
            return
        token = current.set(principal)
        try:
            await (self.tiles if tile else self.rest)(scope, receive, send)
        except WanggeError as error:
            await self._refuse(error, scope, receive, send)
        finally:
            current.reset(token)

    async def _admit(self, scope: Scope) -> Principal | None:
        """Return who is asking. Raises NotSignedIn, CrossSite, BadValue, DatabaseAway."""
        path, brought = scope["path"], credentials(scope["headers"])
        if "\x00" in path or b"%00" in scope["query_string"]:
            raise BadValue(name="address", value="\\0", wanted="text")
        if scope["method"] not in ("GET", "HEAD"):
            headers = Headers(scope=scope)
            demand_own_page(scope["method"], headers, brought, signing_in=path == "/login")
        if _is_open(path):
            return None
        principal = self.readers.held(brought) if brought else None
        if principal is None:
            principal = await self.readers.find(brought)
        if principal is None or not (path.startswith("/tiles/") or meant(scope["headers"], principal.username)):
            raise NotSignedIn
        demand_right(principal, scope["method"], path)
        scope["wangge.principal"] = principal
        return principal

    async def _refuse(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if isinstance(error, NotSignedIn) and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
            where = "/login" if asked == "/" else f"/login?next={quote(asked, safe='')}"
            await RedirectResponse(where, 303)(scope, receive, send)
            return
        await refusal(error, headers)(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a signed-in user's own page in, and close the connection as soon as that is no longer so."""
        brought = credentials(scope["headers"])
        try:
            self.demand_ready()
            headers = Headers(scope=scope)
            if not same_host(headers.get("origin", ""), headers):
                raise CrossSite
            principal = await self.readers.find(brought)
            if principal is None or brought is None:
                raise NotSignedIn
            demand_right(principal, "GET", scope["path"])
        except WanggeError:
            await receive()
            await send({"type": "websocket.close", "code": SIGNED_OUT})
            return
        leave = asyncio.Event()
        self._sockets[leave] = (brought, principal)
        token = current.set(principal)
        try:
            await self.rest(scope, _until(leave, receive, send), send)
        finally:
            current.reset(token)
            del self._sockets[leave]

    def heard(self, item: Item) -> None:
        """Look again at every open socket where rights may have changed; `readers` must have heard it before."""
        if item.what != "lost" and not self.readers.keeps(item):
            screens = item.table not in OF_ACCOUNTS
            task = asyncio.get_running_loop().create_task(self.recheck(screens=screens))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def recheck(self, *, screens: bool = True) -> None:
        """Close the sockets whose user is gone or has other rights; while the database is away, none.

        Without `screens` those of display links, which have no account, are left alone.
        """
        few = asyncio.Semaphore(LOOKS_AT_ONCE)

        async def look(leave: asyncio.Event, brought: Credentials, principal: Principal) -> None:
            async with few:
                with suppress(WanggeError):
                    if await self.readers.find(brought) != principal:
                        leave.set()

        asked = [(leave, who) for leave, who in self._sockets.items() if screens or who[1].account_id]
        await asyncio.gather(*(look(leave, *who) for leave, who in asked))

    async def recheck_for_ever(self) -> None:
        """Look at open sockets from time to time."""
        while True:
            await asyncio.sleep(RECHECK_S)
            await self.recheck()


def demand_right(principal: Principal, method: str, path: str) -> None:
    """Refuse what a kind of reader never does, whatever the route: a display only reads, a sender's token only delivers.

    Raises NotAllowed.
    """
    if principal.feed and (method, path) not in {("POST", f"/api/feeds/{principal.feed}"), ("GET", "/api/feeds")}:
        raise OnlyDelivers(kind=principal.feed)
    if principal.role is Role.DISPLAY and method not in SAFE and path not in READING:
        raise NotAllowed


def _is_open(path: str) -> bool:
    return path in OPEN_EXACTLY or path.startswith(OPEN)


def _plainly(send: Send, extra: list[tuple[bytes, bytes]]) -> Send:
    """Add fixed headers to an answer, at the price of one list."""

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *extra]
        await send(message)

    return dressed


def _keeping(scope: Scope) -> str:
    """Return how long an answer may be kept that does not say so itself; an asset's `m` changes with its content."""
    if not scope["path"].startswith("/assets/"):
        return "no-store"
    return "public, max-age=31536000, immutable" if scope["query_string"].startswith(b"m=") else "no-cache"


def _dressed(send: Send, extra: dict[str, str], keeping: str) -> Send:
    """Add the headers that every answer carries, and how long it took."""
    began = time.perf_counter()

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in extra.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", keeping)
            headers["server-timing"] = f"app;dur={(time.perf_counter() - began) * 1000:.2f}"
        await send(message)

    return dressed


def _until(leave: asyncio.Event, receive: Receive, send: Send) -> Receive:
    """Receive from a WebSocket until told to leave; then close it and say that the other side went."""
    pending: asyncio.Task[Message] | None = None

    async def received() -> Message:
        nonlocal pending
        pending = pending or asyncio.ensure_future(receive())
        left = asyncio.ensure_future(leave.wait())
        try:
            await asyncio.wait({pending, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left.cancel()
        if not pending.done():
            pending.cancel()
            await send({"type": "websocket.close", "code": SIGNED_OUT, "reason": "signed_out"})
            return {"type": "websocket.disconnect", "code": SIGNED_OUT}
        message, pending = pending.result(), None
        return message

    return received


def security_headers(*, tls: bool) -> dict[str, str]:
    """Return the headers of every answer: nothing may be loaded but from here."""
    policy = {
        "default-src": "'self'",
        "script-src": "'self'",
        # Dash and its components write style attributes.
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        # MapLibre starts its worker from a blob of its own bundle.
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    headers = {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "geolocation=(self), camera=(), microphone=()",
    }
    return {**headers, "strict-transport-security": "max-age=31536000"} if tls else headers
