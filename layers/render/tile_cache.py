"""A bounded store of finished tiles that forgets exactly what a change touched."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from typing import NamedTuple

HALF_WORLD_M = 20037508.342789244
Box = tuple[float, float, float, float]
"""West, south, east, north in EPSG:3857 metres."""


class TileKey(NamedTuple):
    """What makes two requests the same tile: layer, address, scope, moment and measure."""

    layer: str
    z: int
    x: int
    y: int
    scope: tuple[str, str]
    moment: str
    measure: str

    def touches(self, box: Box | None) -> bool:
        """Say whether this tile shows anything of a changed box (none: the whole table changed)."""
        if box is None:
            return True
        side = 2 * HALF_WORLD_M / (1 << self.z)
        margin = side / 32
        west = self.x * side - HALF_WORLD_M
        north = HALF_WORLD_M - self.y * side
        return (
            box[0] <= west + side + margin
            and box[2] >= west - margin
            and box[1] <= north + margin
            and box[3] >= north - side - margin
        )


@dataclass(frozen=True, slots=True)
class Tile:
    """One finished tile: gzip-compressed MVT (empty bytes where nothing is), and the tag of its content."""

    body: bytes
    etag: str


class TileCache:
    """The most recently used tiles, up to a number of bytes, indexed by the tables they came from."""

    OVERHEAD = 500
    """Bytes that one entry costs besides its body."""

    def __init__(self, most_bytes: int) -> None:
        """Hold at most `most_bytes` of tiles."""
        self.most_bytes = most_bytes
        self.bytes = 0
        self._tiles: OrderedDict[TileKey, Tile] = OrderedDict()
        self._by_table: defaultdict[str, set[TileKey]] = defaultdict(set)
        self._tables: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        """Return how many tiles are held."""
        return len(self._tiles)

    def get(self, key: TileKey) -> Tile | None:
        """Return a held tile and mark it as used."""
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def put(self, key: TileKey, tile: Tile, tables: tuple[str, ...]) -> None:
        """Hold a tile, letting the longest unused ones go."""
        self._drop(key)
        self._tables[key.layer] = tables
        self._tiles[key] = tile
        self.bytes += len(tile.body) + self.OVERHEAD
        for table in tables:
            self._by_table[table].add(key)
        while self.bytes > self.most_bytes and self._tiles:
            self._drop(next(iter(self._tiles)))

    def changed(self, table: str, box: Box | None) -> None:
        """Forget the tiles that show a changed place of a table."""
        for key in [key for key in self._by_table[table] if key.touches(box)]:
            self._drop(key)

    def clear(self) -> None:
        """Forget everything: after news may have been missed, nothing held can be trusted."""
        self._tiles.clear()
        self._by_table.clear()
        self.bytes = 0

    def _drop(self, key: TileKey) -> None:
        tile = self._tiles.pop(key, None)
        if tile is None:
            return
        self.bytes -= len(tile.body) + self.OVERHEAD
        for table in self._tables[key.layer]:
            self._by_table[table].discard(key)
