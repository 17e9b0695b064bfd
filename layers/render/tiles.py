"""Vector tiles of any layer: scoped, compressed, cached until what they show changes."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from zoneinfo import ZoneInfo

from geodata.database import Database
from geodata.errors import BadTile
from geodata.scope import Scope
from layers.declaration import Layer
from layers.render.tile_cache import Box, Tile, TileCache, TileKey
from layers.render.tile_readers import Arguments, TileReaders
from layers.render.tile_sql import tile_function

Cut = Callable[[], Awaitable[bytes | None]]
NOTHING = Tile(b"", '"empty"')


@dataclass(slots=True)
class _Cutting:
    """A tile being cut, shared by everybody who asks for it meanwhile."""

    task: "asyncio.Task[Tile]"
    tables: tuple[str, ...]
    waiting: int = 0
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

    async def tile(
        self, layer: Layer, z: int, x: int, y: int, scope: Scope, at: datetime | None = None, measure: str = ""
    ) -> Tile:
        """Return one tile as `scope` may see it at `at` (none: now). Raises BadTile, DatabaseAway, TooSlow."""
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
        held = self.cache.get(key)
        if held is not None:
            return held
        arguments = Arguments(paths, home_paths, z, x, y, present, today, at)
        return await self._shared(key, layer, lambda: self.readers.cut(function, arguments))

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
        """Stop cutting and close the readers."""
        for cutting in list(self._cutting.values()):
            cutting.task.cancel()
        await self.readers.close()

    async def _shared(self, key: TileKey, layer: Layer, cut: Cut) -> Tile:
        cutting = self._cutting.get(key)
        if cutting is None or cutting.outdated:
            cutting = _Cutting(asyncio.ensure_future(_finish(cut)), layer.tables)
            self._cutting[key] = cutting
        cutting.waiting += 1
        try:
            tile = await asyncio.shield(cutting.task)
        except asyncio.CancelledError:
            if cutting.waiting == 1:
                cutting.task.cancel()
            raise
        finally:
            cutting.waiting -= 1
            if self._cutting.get(key) is cutting and (cutting.task.done() or not cutting.waiting):
                del self._cutting[key]
        if not cutting.outdated:
            self.cache.put(key, tile, layer.tables)
        return tile


async def _finish(cut: Cut) -> Tile:
    raw = await cut()
    if not raw:
        return NOTHING
    squeeze = zlib.compressobj(1, zlib.DEFLATED, 31)
    body = squeeze.compress(raw) + squeeze.flush()
    return Tile(body, f'"{blake2b(raw, digest_size=9).hexdigest()}"')
