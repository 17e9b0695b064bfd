"""Bytes on the wire: scripts and styles are pressed once and kept, other texts as they go."""

import asyncio
import gzip
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import brotli
from starlette.datastructures import Headers, MutableHeaders

LOG = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

TEXTS = ("text/", "application/json", "application/javascript", "application/geo+json", "image/svg+xml")
LEAST = 700
"""Bytes below which pressing costs more than it saves."""
STATIC = ("/_dash-component-suites/", "/assets/", "/vendor/")
KEPT_BYTES = 64 << 20
LARGE = 1 << 16
"""Bytes from which a text is pressed in a thread, so that nobody waits for it."""


def squeeze(body: bytes, coding: str, *, once: bool) -> bytes:
    """Return a body in `br` or `gzip`; harder where it is kept."""
    if coding == "br":
        return bytes(brotli.compress(body, quality=10 if once and len(body) < 1 << 20 else 9 if once else 4))
    return gzip.compress(body, 9 if once else 5, mtime=0)


def coding_for(headers: Headers) -> str:
    """Return the best coding that a client takes: `br`, `gzip` or none as the empty text."""
    taken = {
        part.partition(";")[0].strip(): part.partition(";")[2] for part in headers.get("accept-encoding", "").split(",")
    }
    return next((name for name in ("br", "gzip") if name in taken and taken[name].strip() not in ("q=0", "q=0.0")), "")


class Kept:
    """Pressed scripts and styles: in memory, and in a folder for the next start."""

    def __init__(self, folder: Path | None) -> None:
        """Take a folder for the next start, or none."""
        self.folder = folder
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._pressing: dict[str, asyncio.Task[bytes]] = {}

    async def pressed(self, body: bytes, coding: str) -> bytes:
        """Return a body pressed as hard as is sensible; the first asker waits for it, in a thread."""
        name = f"{hashlib.blake2b(body, digest_size=16).hexdigest()}.{coding}"
        held = self._held.get(name)
        if held is not None:
            self._held.move_to_end(name)
            return held
        task = self._pressing.get(name)
        if task is None:
            task = asyncio.create_task(asyncio.to_thread(self._press, name, body, coding))
            self._pressing[name] = task
            task.add_done_callback(lambda done: self._keep(name, done))
        return await asyncio.shield(task)

    def _keep(self, name: str, task: "asyncio.Task[bytes]") -> None:
        self._pressing.pop(name, None)
        if task.cancelled() or task.exception():
            return
        self._held[name] = task.result()
        self._bytes += len(task.result())
        while self._bytes > KEPT_BYTES:
            self._bytes -= len(self._held.popitem(last=False)[1])

    def _press(self, name: str, body: bytes, coding: str) -> bytes:
        file = self.folder / name if self.folder else None
        try:
            if file and file.is_file():
                return file.read_bytes()
        except OSError as error:
            LOG.info("cannot read %s: %s", file, error)
        small = squeeze(body, coding, once=True)
        if file:
            half = file.with_suffix(f".{id(small)}.part")
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                half.write_bytes(small)
                half.replace(file)
            except OSError as error:
                LOG.info("cannot keep %s for the next start: %s", file, error)
        return small


class Wire:
    """A pure ASGI application that presses the texts of another one."""

    def __init__(self, rest: App, kept: Kept) -> None:
        """Take what answers, and where pressed scripts are kept."""
        self.rest = rest
        self.kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, pressed as the client takes it."""
        coding = coding_for(Headers(scope=scope)) if scope["type"] == "http" else ""
        if coding:
            static = scope["path"].startswith(STATIC) and scope["method"] == "GET"
            await self.rest(scope, receive, _Pressing(send, coding, self.kept if static else None))
        else:
            await self.rest(scope, receive, send)


@dataclass
class _Pressing:
    """One answer on its way: held back until it is whole, then pressed; what must not be pressed goes through."""

    send: Send
    coding: str
    kept: Kept | None
    start: Message | None = None
    parts: list[bytes] = field(default_factory=list)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if _worth_it(message):
                self.start = message
            else:
                await self.send(message)
        elif message["type"] == "http.response.body" and self.start is not None:
            self.parts.append(message.get("body", b""))
            if not message.get("more_body"):
                await self._finish(self.start, b"".join(self.parts))
        else:
            await self.send(message)

    async def _finish(self, start: Message, body: bytes) -> None:
        self.start = None
        headers = MutableHeaders(scope=start)
        headers.add_vary_header("Accept-Encoding")
        if len(body) >= LEAST:
            if self.kept is not None:
                body = await self.kept.pressed(body, self.coding)
            elif len(body) >= LARGE:
                body = await asyncio.to_thread(squeeze, body, self.coding, once=False)
            else:
                body = squeeze(body, self.coding, once=False)
            headers["content-encoding"] = self.coding
            if tag := headers.get("etag"):
                headers["etag"] = f"W/{tag}" if not tag.startswith("W/") else tag
        headers["content-length"] = str(len(body))
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})


def _worth_it(start: Message) -> bool:
    headers = Headers(raw=start.get("headers", []))
    return (
        start["status"] not in (204, 206, 304)
        and headers.get("content-type", "").startswith(TEXTS)
        and "content-encoding" not in headers
        and int(headers.get("content-length", LEAST)) >= LEAST
    )
