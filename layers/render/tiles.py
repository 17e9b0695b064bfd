"""Vector tiles of any layer: scoped, compressed, cached until what they show changes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

from isal import isal_zlib

from geodata.database import Database
from geodata.errors import BadTile
from geodata.scope import Scope
from layers.declaration import Layer
from layers.render.tile_cache import Box, Tile, TileCache, TileKey
from layers.render.tile_readers import Arguments, TileReaders
from layers.render.tile_sql import TileFunction, tile_function

NOTHING = Tile(b"", '"empty"')
GZIP = 31
"""How zlib is told to write a gzip header, with its widest window."""


class Wanted(NamedTuple):
    """One tile that somebody asks for: what tells it from every other, and how it is cut."""

    key: TileKey
    layer: Layer
    function: TileFunction
    arguments: Arguments


@dataclass(slots=True)
class _Cutting:
    """A tile being cut by whoever asked first; the others wait for it, or for none where the first gave up."""

    done: "asyncio.Future[Tile | None]"
    tables: tuple[str, ...]
    outdated: bool = False


class TileServer:
    """Cuts tiles through a few readers of its own. One per process."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        zone: ZoneInfo,
        *,
        readers: int = 8,
        cache_bytes: int = 256 << 20,
        replica_lag_s: int = 0,
    ) -> None:
        """Take where to read and what time it is; `replica_lag_s` bounds how long a tile from a replica is held."""
        self.clock = clock
        self.zone = zone
        self.cache = TileCache(cache_bytes)
        self.replica_lag_s = replica_lag_s
        self.readers = TileReaders(database, readers)
        self._cutting: dict[TileKey, _Cutting] = {}

    def wanted(
        self, layer: Layer, z: int, x: int, y: int, scope: Scope, at: datetime | None = None, measure: str = ""
    ) -> Wanted:
        """Return which tile is meant: as `scope` may see it at `at` (none: now). Raises BadTile."""
        side = 1 << z if 0 <= z <= 30 else 0
        if not (layer.min_zoom <= z <= layer.max_zoom and 0 <= x < side and 0 <= y < side):
            raise BadTile(layer=layer.id, z=z, x=x, y=y, min_zoom=layer.min_zoom, max_zoom=layer.max_zoom)
        function = tile_function(layer, z, past=at is not None, measure=measure)
        present = self.clock().replace(second=0, microsecond=0)
        today = (at or present).astimezone(self.zone).date()
        moment = at.isoformat() if at else ""
        if function.uses_present:
            moment += present.isoformat()
        elif function.uses_today:
            moment += today.isoformat()
        if self.replica_lag_s:
            moment += str(int(self.clock().timestamp()) // self.replica_lag_s)
        paths, home_paths = scope.settings()
        key = TileKey(layer.id, z, x, y, (paths, home_paths), moment, measure)
        return Wanted(key, layer, function, Arguments(paths, home_paths, z, x, y, present, today, at))

    def held(self, wanted: Wanted) -> Tile | None:
        """Return a tile that is there already, without waiting for anything."""
        return self.cache.get(wanted.key)

    async def cut(self, wanted: Wanted) -> Tile:
        """Cut a tile, or wait for whoever is cutting it. Raises DatabaseAway, TooSlow."""
        while (cutting := self._cutting.get(wanted.key)) is not None and not cutting.outdated:
            tile = await asyncio.shield(cutting.done)
            if tile is not None:
                return tile
        # The one who asks first cuts it in a task that is there already: a task of its own costs as much as an answer.
        cutting = _Cutting(asyncio.get_running_loop().create_future(), wanted.layer.tables)
        self._cutting[wanted.key] = cutting
        tile = None
        try:
            tile = await self._finished(wanted.function, wanted.arguments)
        except Exception as error:
            cutting.done.set_exception(error)
            cutting.done.exception()  # nobody else may have waited for it
            raise
        finally:
            if self._cutting.get(wanted.key) is cutting:
                del self._cutting[wanted.key]
            if not cutting.done.done():
                cutting.done.set_result(tile)
        if not cutting.outdated:
            self.cache.put(wanted.key, tile, wanted.layer.tables)
        return tile

    async def tile(
        self, layer: Layer, z: int, x: int, y: int, scope: Scope, at: datetime | None = None, measure: str = ""
    ) -> Tile:
        """Return one tile, kept or cut. Raises BadTile, DatabaseAway, TooSlow."""
        wanted = self.wanted(layer, z, x, y, scope, at, measure)
        return self.held(wanted) or await self.cut(wanted)

    def changed(self, table: str, box: Box | None) -> None:
        """Forget the tiles that show a change, and do not keep those being cut while it happened."""
        self.cache.changed(table, box)
        for key, cutting in self._cutting.items():
            if table in cutting.tables and key.touches(box):
                cutting.outdated = True

    def forget(self) -> None:
        """Forget every tile: news may have been missed."""
        self.cache.clear()
        for cutting in self._cutting.values():
            cutting.outdated = True

    async def close(self) -> None:
        """Close the readers."""
        await self.readers.close()

    async def _finished(self, function: TileFunction, arguments: Arguments) -> Tile:
        raw = await self.readers.cut(function, arguments)
        if not raw:
            return NOTHING
        body = isal_zlib.compress(raw, 1, GZIP)
        return Tile(body, f'"{blake2b(body, digest_size=9).hexdigest()}"')
