"""Who is asking: the signed cookie or bearer token of a request, and whether a change comes from our own pages."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from itsdangerous import BadSignature, Signer
from starlette.responses import Response

from geodata import accounts, displays
from geodata.accounts import Principal
from geodata.arrival import senders
from geodata.database import Database
from geodata.errors import CrossSite
from geodata.news import Item

__all__ = ["COOKIE", "Credentials", "Principal", "Readers", "credentials", "demand_own_page", "safe_next"]

COOKIE = "wangge_session"
BEARER = "wangge_user"
"""Names who signed in on a device last, for scripts of the tablet's page; it opens nothing."""
BEARER_LASTS_S = 31_536_000
FRESH_S = 3.0
"""A reader is looked up again after this long, should the news of a change be late."""
MOST_HELD = 10_000
OF_SENDERS = {"sender", "sender_area", "sender_token"}
ABOUT_READERS = {"account", "account_area", "session", "api_token", "display", "area", *OF_SENDERS}
"""Tables whose change may end what somebody is allowed."""
SAFE = {"GET", "HEAD", "OPTIONS"}
Headers = Iterable[tuple[bytes, bytes]]


_DISPLAY = "display:"
"""Begins what the cookie of a screen carries; no session's secret holds a colon."""


def display_secret(token: str) -> str:
    """Return what the cookie of a screen carries: its link's token, so that no session has to outlive a restart."""
    return _DISPLAY + token


class Credentials(NamedTuple):
    """What a request brought: a `cookie` or a bearer `token`, as sent."""

    kind: str
    value: str


def credentials(headers: Headers) -> Credentials | None:
    """Return what a request brought to sign in with; a token goes before a cookie."""
    cookies = []
    for name, value in headers:
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            return Credentials("token", value[7:].decode("latin-1").strip())
        if name == b"cookie":
            cookies.append(value.decode("latin-1"))
    for cookie in "; ".join(cookies).split(";"):
        name_, _, value_ = cookie.strip().partition("=")
        if name_ == COOKIE and value_:
            return Credentials("cookie", value_)
    return None


def meant(headers: Headers, username: str) -> bool:
    """Say whether a request is for this user: a tablet names whose changes it sends, whoever has signed in since."""
    named = next((value for name, value in headers if name == b"x-wangge-user"), None)
    return named is None or unquote(named.decode("latin-1")) == username


def bearer_cookie(answer: Response, username: str, *, secure: bool) -> None:
    """Tell a device whose it is now."""
    answer.set_cookie(BEARER, quote(username, safe=""), max_age=BEARER_LASTS_S, samesite="lax", secure=secure)


class Readers:
    """Looks readers up in the database, and keeps them for a moment; forgets them as soon as something changed."""

    def __init__(self, database: Database, secret: Callable[[], Awaitable[str]]) -> None:
        """Take where accounts are, and who knows the secret that cookies are signed with."""
        self.database = database
        self.secret = secret
        self._held: OrderedDict[Credentials, tuple[Principal, float]] = OrderedDict()
        self._asking: dict[Credentials, asyncio.Task[Principal | None]] = {}
        self._age = 0

    def held(self, brought: Credentials) -> Principal | None:
        """Return a reader looked up a moment ago, without waiting for anything."""
        found = self._held.get(brought)
        return found[0] if found and found[1] > time.monotonic() else None

    async def find(self, brought: Credentials | None) -> Principal | None:
        """Return the reader, or none where nothing, or nothing valid, was brought. Raises DatabaseAway."""
        if brought is None:
            return None
        if (held := self.held(brought)) is not None:
            return held
        task = self._asking.get(brought)
        if task is None:
            task = asyncio.create_task(self._look_up(brought))
            self._asking[brought] = task
            task.add_done_callback(lambda done: self._answered(brought, done))
        return await asyncio.shield(task)

    def _answered(self, brought: Credentials, task: "asyncio.Task[Principal | None]") -> None:
        if self._asking.get(brought) is task:
            del self._asking[brought]
        # Whoever asked may have gone: an error that nobody waits for is no news.
        if not task.cancelled():
            task.exception()

    async def _look_up(self, brought: Credentials) -> Principal | None:
        age = self._age
        if brought.kind == "cookie":
            secret = await self.unsigned(brought.value)
            if secret is None:
                return None
        async with self.database.gate() as connection:
            if brought.kind == "cookie":
                assert secret is not None
                display = secret.removeprefix(_DISPLAY)
                ask = accounts.by_session if display == secret else displays.by_display
                found = await ask(connection, display)
            else:
                ask = senders.by_token if brought.value.startswith(senders.TOKEN_PREFIX) else accounts.by_token
                found = await ask(connection, brought.value)
        # What was read before a change must not be kept after it.
        if found is not None and age == self._age:
            self._held[brought] = (found, time.monotonic() + FRESH_S)
            while len(self._held) > MOST_HELD:
                self._held.popitem(last=False)
        return found

    def heard(self, item: Item) -> None:
        """Forget every reader where the news is about accounts, areas, or may have been missed."""
        if not self.keeps(item):
            self.forget()

    def keeps(self, item: Item) -> bool:
        """Say whether news leaves everybody's rights as they are."""
        return item.what == "changed" and item.table not in ABOUT_READERS

    def forget(self) -> None:
        """Forget every reader."""
        self._age += 1
        self._held.clear()
        self._asking.clear()

    async def signed(self, secret: str) -> str:
        """Return a session's secret as its cookie carries it."""
        return (await self._signer()).sign(secret).decode()

    async def unsigned(self, cookie: str) -> str | None:
        """Return the secret of a cookie, or none where one character of it was altered."""
        try:
            return (await self._signer()).unsign(cookie).decode()
        except (BadSignature, ValueError):
            return None

    async def _signer(self) -> Signer:
        return Signer(await self.secret(), salt=b"wangge session", digest_method=hashlib.sha256)


def demand_own_page(method: str, headers: Mapping[str, str], brought: Credentials | None, *, signing_in: bool) -> None:
    """Refuse a change that another site's page asks for in a signed-in browser's name. Raises CrossSite.

    Browsers say where a request comes from; a program that says nothing must send `X-Wangge`, which no page of
    another site can, except to sign in. A bearer token is proof enough: no browser sends one by itself.
    """
    if method in SAFE or (brought is not None and brought.kind == "token"):
        return
    said = _from_own_page(headers)
    if said is None:
        said = signing_in or "x-wangge" in headers
    if not said:
        raise CrossSite


def _from_own_page(headers: Mapping[str, str]) -> bool | None:
    """Say whether a browser calls a request our own page's; none where it says nothing."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    source = headers.get("origin") or headers.get("referer")
    return None if source is None else same_host(source, headers)


def same_host(source: str, headers: Mapping[str, str]) -> bool:
    """Say whether an address names the host that a request was sent to."""
    try:
        host = headers.get("host", "").lower()
        return bool(host) and urlsplit(source).netloc.lower() == host
    except ValueError:
        return False


def cookie_of(headers: Mapping[str, str], name: str) -> str | None:
    """Return one cookie of a request."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return found.value if found else None


def safe_next(wanted: str | None) -> str:
    """Return where to go after the sign-in: a path of ours, never another host, whatever was asked."""
    if not wanted or not wanted.startswith("/") or wanted[1:2] in ("/", "\\") or len(wanted) > 2000:
        return "/"
    # Browsers drop tabs and line ends inside addresses, so that `/\t/evil` would become `//evil`.
    return wanted if wanted.isprintable() and "\\" not in wanted else "/"
