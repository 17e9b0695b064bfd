"""The live hub: one a process. It hears the news once, reads an area once for all its walls, and pushes what changed.

A wall listens by setting `ids.WALL_LISTEN` to `{"area": code, "blocks": [ids], "again": bool}`: no area is the reader's
own, no blocks are all of them, and `again` asks for every layer's tiles too, after a time without a connection. It then
gets messages in `ids.WALL_NEWS`, the first of them with all its blocks, each later one with those that changed:

    {"seq": 1795800000000, "area": "411200", "at": "2026-11-27T17:00:00.1+08:00",
     "blocks": {"households": {..., "data_time": ...}}, "layers": ["households"], "scheme": false}

`seq` rises per area, also over a restart of the server. A block may be `{"error": <sentence key>}`; the message itself has
such an `error` where the area is not there. With `scheme` colours mean something else from now on: the page loads itself
anew. Setting `ids.WALL_LISTEN` again replaces what the page listened to before.

Every page is sent a beat in `ids.BEAT`, `{"at": iso, "database": bool}`, where nothing else was said for a while;
assets/live.js says when nothing comes any more, and hands messages on as events: Dash drops one that the next overtakes.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from dash import ctx, hooks

from callbacks import ids
from callbacks.channel import Blocks, Channel, Wall
from callbacks.line import Line
from callbacks.services import Services, current
from geodata.errors import NotSignedIn, WanggeError
from geodata.news import Item
from geodata.schemes import begins
from geodata.scope import Scope
from geodata.wall import BLOCKS, Moment, for_reader, read
from layers.registry import all_layers, visible
from layers.render.tile_sql import by_the_clock

LOG = logging.getLogger(__name__)
ABOUT_SCHEME = frozenset({"colour_scheme", "scheme_state"})
BEAT_S = 2.0
"""Seconds between two beats; a page that misses a few of them says so."""
TICK_S = 60.0
"""Seconds after which figures and tiles are read anew without any news: a post falls silent by time alone."""
LAG_S = 5.0
"""Seconds that a replica may be behind: what was read from it at once is read again after them."""
AT_ONCE = 4
"""Areas that are read at the same time; whoever works at a desk needs connections too."""
SIGNED_OUT = (4401, "signed_out")
Hearer = Callable[[frozenset[str], bool], None]
"""Takes the layers whose tiles are old, and whether the colour scheme changed."""


class Hub:
    """Everything live of one process."""

    def __init__(self, services: Services) -> None:
        """Hear the news from now on; nothing runs before the first page is there."""
        self.services = services
        self.lines: dict[tuple[tuple[int, str], str], Line] = {}
        self.channels: dict[tuple[Scope, str], Channel] = {}
        self._hearers: set[Hearer] = set()
        self._reading = asyncio.Semaphore(AT_ONCE)
        self._clock: asyncio.Task[None] | None = None
        self._day: date | None = None
        if services.news is not None:
            services.news.subscribe(self._heard)

    # ── what pages do ──────────────────────────────────────────────────────────────────────────────────────────────

    async def listen(self, asked: dict[str, Any] | None) -> None:
        """Serve one wall until its page is gone or asks anew. Raises NotSignedIn."""
        if asked is None:
            return
        with self.line("wall") as line:
            scope = line.principal.scope
            area = str(asked.get("area") or next(iter(line.principal.areas), ""))[:64]
            wanted = asked.get("blocks") or BLOCKS
            wall = Wall(line, for_reader(scope).intersection(wanted), again=bool(asked.get("again")))
            channel = self._channel(scope, area)
            channel.enter(wall)
            try:
                await line.end()
            finally:
                channel.leave(wall)
                if not channel.walls and self.channels.get((scope, area)) is channel:
                    del self.channels[scope, area]

    @contextmanager
    def line(self, kind: str) -> Iterator[Line]:
        """Hold the connection of the page whose callback is running; one of each kind a page. Raises NotSignedIn."""
        socket, principal = ctx.websocket, self.services.principal()
        if socket is None:
            raise NotSignedIn
        line = Line(principal, socket)
        key = (line.page, kind)
        if key in self.lines:
            self.lines[key].replace()
        self.lines[key] = line
        line.push(ids.BEAT, self._beat())
        if self._clock is None or self._clock.done():
            self._clock = asyncio.get_running_loop().create_task(self._run())
        try:
            yield line
        finally:
            if self.lines.get(key) is line:
                del self.lines[key]

    @contextmanager
    def hearing(self, hearer: Hearer) -> Iterator[None]:
        """Tell somebody of every change until the block ends."""
        self._hearers.add(hearer)
        try:
            yield
        finally:
            self._hearers.discard(hearer)

    def _channel(self, scope: Scope, area: str) -> Channel:
        if (scope, area) not in self.channels:

            async def blocks(wanted: set[str]) -> Blocks:
                return await self._blocks(scope, area, wanted)

            layers = frozenset(layer.id for layer in visible(scope))
            self.channels[scope, area] = Channel(area, layers, blocks, self.services.now)
        return self.channels[scope, area]

    async def _blocks(self, scope: Scope, area: str, wanted: set[str]) -> Blocks:
        """Read blocks of an area. Raises UnknownArea, DatabaseAway, TooSlow."""
        async with self._reading, self.services.database.scoped(scope) as connection:
            return await read(connection, area, Moment(self.services.now()), wanted)

    # ── what the world does ────────────────────────────────────────────────────────────────────────────────────────

    def _heard(self, item: Item) -> None:
        if item.what == "lost":
            self._beat_now()
            return
        scheme = item.table in ABOUT_SCHEME
        blocks = {name for name, block in BLOCKS.items() if not item.table or item.table in block.tables}
        layers = touched(item)
        if blocks or layers or scheme:
            self._spread(blocks, layers, scheme=scheme)
            if self.services.database.read_url != self.services.database.url:
                asyncio.get_running_loop().call_later(LAG_S, self._spread, blocks, layers)
        if item.what == "found":
            self._beat_now()

    def _spread(self, blocks: set[str], layers: frozenset[str], *, scheme: bool = False) -> None:
        for channel in self.channels.values():
            channel.hear(blocks, layers, scheme=scheme)
        for hearer in list(self._hearers):
            hearer(layers, scheme)

    async def _run(self) -> None:
        """Beat, let time make figures old, and begin each day, as long as any page is there."""
        loop = asyncio.get_running_loop()
        ticked = loop.time()
        while self.lines:
            await asyncio.sleep(BEAT_S)
            self._beat_where_quiet()
            if loop.time() - ticked >= TICK_S:
                ticked = loop.time()
                await self._tick()
            for channel in self.channels.values():
                channel.wake()
            await self._begin_day()

    async def _tick(self) -> None:
        """Let time make figures old, and the tiles of what ages: nothing tells that nobody reports any more."""
        self._spread(set(BLOCKS), await asyncio.to_thread(_ageing))

    def _beat_now(self) -> None:
        said = self._beat()
        for line in self.lines.values():
            if not line.behind:
                line.push(ids.BEAT, said)

    def _beat_where_quiet(self) -> None:
        """Whatever was pushed to a page is a sign of life as good as a beat."""
        said = self._beat()
        for line in self.lines.values():
            if line.quiet:
                line.push(ids.BEAT, said)
            line.quiet = True

    def _beat(self) -> str:
        here = self.services.news is None or self.services.news.here
        return json.dumps({"at": self.services.now().isoformat(), "database": here})

    async def _begin_day(self) -> None:
        """At the city's midnight others are due, and another scheme may hold; tried again while that cannot be read."""
        now = self.services.now()
        line = next(iter(self.lines.values()), None)
        if self._day is None:
            self._day = now.date()
        if now.date() == self._day or line is None:
            return
        try:
            scheme = await new_scheme(self.services, line.principal.scope)
        except Exception as error:
            trace = None if isinstance(error, WanggeError) else error
            LOG.warning("the new day waits: %s", error, exc_info=trace)
            return
        self._day = now.date()
        self._spread(set(BLOCKS), frozenset(all_layers()), scheme=scheme)


async def new_scheme(services: Services, scope: Scope) -> bool:
    """Say whether a version of the colour scheme begins today. Raises DatabaseAway, TooSlow."""
    async with services.database.scoped(scope) as connection:
        return await begins(connection, services.installation.city_code, services.now().date())


def _ageing() -> frozenset[str]:
    return frozenset(layer.id for layer in all_layers().values() if by_the_clock(layer))


def touched(item: Item) -> frozenset[str]:
    """Return the layers whose tiles a piece of news makes old."""
    return frozenset(layer.id for layer in all_layers().values() if not item.table or item.table in layer.tables)


@hooks.websocket_connect()  # type: ignore[untyped-decorator]
def _known(_socket: Any) -> Any:
    """Refuse a connection behind which nobody is signed in: a second look, the front door has had the first."""
    return True if current.get() is not None else SIGNED_OUT


@hooks.websocket_message()  # type: ignore[untyped-decorator]
def _still_known(_socket: Any, _message: Any) -> Any:
    """Refuse a message of nobody."""
    return True if current.get() is not None else SIGNED_OUT
