"""One area in one scope, and every wall that shows it: read once for all of them, told to each."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callbacks import ids
from callbacks.line import Line
from geodata.errors import UnknownArea

LOG = logging.getLogger(__name__)
GAP_S = 0.15
"""Seconds from one message about an area to the next at least; what changes meanwhile is one message."""
SLOWEST_RETRY_S = 5.0
Blocks = dict[str, dict[str, Any]]
Read = Callable[[set[str]], Awaitable[Blocks]]


@dataclass(eq=False)
class Wall:
    """What one page shows of an area. A fresh one is owed the whole state, and with `again` every layer's tiles."""

    line: Line
    wanted: frozenset[str]
    again: bool = False
    fresh: bool = True


@dataclass
class Due:
    """What walls have not been told yet."""

    blocks: set[str] = field(default_factory=set)
    layers: set[str] = field(default_factory=set)
    scheme: bool = False

    def add(self, other: "Due") -> None:
        """Put off what another one holds."""
        self.blocks |= other.blocks
        self.layers |= other.layers
        self.scheme |= other.scheme


class Channel:
    """One reading at a time, so that messages never overtake one another; the latest value wins."""

    def __init__(self, area: str, layers: frozenset[str], read: Read, now: Callable[[], datetime]) -> None:
        """Take the area, the layers that its readers may see, what reads its blocks, and the clock."""
        self.area = area
        self.layers = layers
        self.walls: set[Wall] = set()
        self._read = read
        self._now = now
        self._known: Blocks = {}
        self._due = Due()
        self._seq = 0
        self._error = ""
        self._woken = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def wanted(self) -> set[str]:
        """Return the blocks that any wall shows."""
        return {name for wall in self.walls for name in wall.wanted}

    def enter(self, wall: Wall) -> None:
        """Add a wall; it is told everything as soon as that is known."""
        self.walls.add(wall)
        self._woken.set()

    def leave(self, wall: Wall) -> None:
        """Take a wall away; with the last one the work ends."""
        self.walls.discard(wall)
        if not self.walls:
            self._task.cancel()

    def hear(self, blocks: Iterable[str], layers: Collection[str], *, scheme: bool = False) -> None:
        """Take note of what is old now."""
        old, wanted = set(blocks), self.wanted
        for name in old - wanted:
            self._known.pop(name, None)
        self._due.add(Due(old & wanted, set(self.layers.intersection(layers)), scheme))
        self._woken.set()

    def wake(self) -> None:
        """Look whether a wall is owed something that was behind."""
        if any(wall.fresh for wall in self.walls):
            self._woken.set()

    async def _run(self) -> None:
        """Tell what changed as long as a wall is there; what cannot be read is tried again."""
        loop, wait = asyncio.get_running_loop(), GAP_S
        while True:
            await self._woken.wait()
            self._woken.clear()
            due, self._due = self._due, Due()
            began = loop.time()
            try:
                await self._renew(due)
            except UnknownArea as error:
                self._refuse(error.key)
                wait = SLOWEST_RETRY_S
            except Exception as error:
                LOG.warning("area %s waits to be read: %s", self.area, error, exc_info=error)
                self._due.add(due)
                self._woken.set()
                wait = min(wait * 2, SLOWEST_RETRY_S)
            else:
                self._tell(due)
                # However long a reading takes, it takes no more than half of the time.
                took = loop.time() - began
                wait = max(GAP_S - took, took)
            await asyncio.sleep(wait)

    async def _renew(self, due: Due) -> None:
        """Read what is old, and what is not known yet. Raises UnknownArea, DatabaseAway, TooSlow."""
        wanted = self.wanted
        if blocks := wanted & due.blocks | wanted - self._known.keys():
            self._known |= await self._read(blocks)
        if self._error:
            self._error = ""
            for wall in self.walls:
                wall.fresh = True

    def _refuse(self, key: str) -> None:
        """Tell every wall, once, that its area is not there."""
        self._error, self._known = key, {}
        said = self._message((), (), scheme=False)
        for wall in self.walls:
            if wall.fresh:
                wall.line.push(ids.WALL_NEWS, said)
            wall.fresh = False

    def _tell(self, due: Due) -> None:
        """Push one message to each wall: changed blocks, or all of them where it has none yet."""
        written: dict[frozenset[str], str] = {}
        for wall in self.walls:
            parts = wall.wanted & due.blocks
            if wall.line.behind:
                wall.fresh = wall.again = True
            elif wall.fresh:
                self._fill(wall, due)
            elif parts or due.layers or due.scheme:
                if parts not in written:
                    written[parts] = self._message(parts, due.layers, scheme=due.scheme)
                wall.line.push(ids.WALL_NEWS, written[parts])

    def _fill(self, wall: Wall, due: Due) -> None:
        """Tell one wall everything, once everything is known."""
        if not wall.wanted <= self._known.keys():  # it came while the others were read
            self._woken.set()
            return
        layers = self.layers if wall.again else due.layers
        wall.line.push(ids.WALL_NEWS, self._message(wall.wanted, layers, scheme=due.scheme))
        wall.fresh = wall.again = False

    def _message(self, blocks: Collection[str], layers: Collection[str], *, scheme: bool) -> str:
        now = self._now()
        # Milliseconds since the epoch, so that another process, or this one started again, goes on above.
        self._seq = max(self._seq + 1, int(now.timestamp() * 1000))
        said: dict[str, Any] = {
            "seq": self._seq,
            "area": self.area,
            "at": now.isoformat(),
            "blocks": {name: self._known[name] for name in sorted(blocks)},
            "layers": sorted(layers),
            "scheme": scheme,
        }
        return json.dumps(said | ({"error": self._error} if self._error else {}), ensure_ascii=False)
