"""A city's own base map: tiles of a file, or of a server in its closed network, handed on from our own origin.

A browser asks nobody but us. Data are in WGS 84; a base map in the shifted systems of Amap or Baidu would lie hundreds of
metres beside them. Pictures in GCJ-02 are cut anew; everything else that is shifted is refused at the start instead of
being wrong in silence. CGCS2000 differs by centimetres.
"""

import asyncio
import json
import sqlite3
import threading
import urllib.request
from collections import OrderedDict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit

from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType

from app.errors import BaseMapAway
from app.settings import BadSettings, BaseMapSettings
from geodata.errors import BadTile
from geodata.unshift import recut
from layers.render.style_base import BaseStyle

BESIDE = (
    "BASE_MAP_COORDINATES: {what} lies hundreds of metres beside the data; name one in wgs84 or cgcs2000, pictures in "
    "gcj02, or set BASE_MAP_KIND=none"
)
PATIENCE_S = 8
LARGEST = 5_000_000
KEPT_BYTES = 64 << 20
FORMATS = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "pbf": "application/vnd.mapbox-vector-tile",
}
PM_FORMATS = {
    TileType.PNG: "png",
    TileType.JPEG: "jpg",
    TileType.WEBP: "webp",
    TileType.AVIF: "avif",
    TileType.MVT: "pbf",
}
WMTS = "service=WMTS&request=GetTile&version=1.0.0&style=default&format=tiles&tilematrix={z}&tilerow={y}&tilecol={x}&tk={key}"
"""What Tianditu asks for beside its layer and tile matrix set, which the address names."""


@dataclass(frozen=True, slots=True)
class BaseTile:
    """One tile as it goes to the browser; `gzipped` says that the body is compressed already."""

    body: bytes
    media_type: str
    gzipped: bool = False


Fetch = Callable[[int, int, int], BaseTile | None]


class Kept:
    """A fetch that remembers its newest answers up to a number of bytes, so that a neighbour is asked once a tile."""

    def __init__(self, fetch: Fetch, most_bytes: int = KEPT_BYTES) -> None:
        """Remember what `fetch` returns; what it raises is not remembered."""
        self._fetch = fetch
        self._room = most_bytes
        self._tiles: OrderedDict[tuple[int, int, int], BaseTile | None] = OrderedDict()
        self._alone = threading.Lock()

    def __call__(self, z: int, x: int, y: int) -> BaseTile | None:
        """Return a tile, from memory if it is there."""
        place = (z, x, y)
        with self._alone:
            if place in self._tiles:
                self._tiles.move_to_end(place)
                return self._tiles[place]
        tile = self._fetch(z, x, y)
        with self._alone:
            if place not in self._tiles:
                self._tiles[place] = tile
                self._room -= _cost(tile)
            while self._room < 0 and self._tiles:
                self._room += _cost(self._tiles.popitem(last=False)[1])
        return tile


def _cost(tile: BaseTile | None) -> int:
    return 300 + (len(tile.body) if tile else 0)


@dataclass(frozen=True, slots=True)
class BaseMap:
    """Where tiles come from (`fetch(z, x, y)` runs in a thread), and what the style must know."""

    fetch: "Fetch"
    min_zoom: int
    max_zoom: int
    attribution: str
    vector_layers: tuple[str, ...] = ()
    pictures: bool = True

    async def tile(self, z: int, x: int, y: int) -> BaseTile | None:
        """Return a tile, none where there is none. Raises BadTile, BaseMapAway."""
        side = 1 << z if 0 <= z <= 30 else 0
        if not (self.min_zoom <= z <= self.max_zoom and 0 <= x < side and 0 <= y < side):
            raise BadTile(layer="base", z=z, x=x, y=y, min_zoom=self.min_zoom, max_zoom=self.max_zoom)
        return await asyncio.to_thread(self.fetch, z, x, y)

    def style(self, root: str) -> BaseStyle:
        """Return what the style needs; `root` is our own address."""
        address = f"{root}/base/{{z}}/{{x}}/{{y}}"
        return BaseStyle(address, self.min_zoom, self.max_zoom, self.attribution, self.vector_layers)


def base_map(settings: BaseMapSettings) -> BaseMap | None:
    """Return the base map that the settings name, none where it comes out of PostGIS. Raises BadSettings."""
    if settings.kind == "none":
        return None
    if settings.coordinates == "bd09":
        raise BadSettings(why=BESIDE.format(what="a base map in BD-09"))
    found = _relayed(settings) if settings.kind in ("xyz", "wmts") else _filed(settings)
    if settings.coordinates != "gcj02":
        return found
    if found.vector_layers or not found.pictures:
        raise BadSettings(why=BESIDE.format(what="a vector base map in GCJ-02"))
    return replace(found, fetch=Kept(_unshifted(found.fetch)))


def _unshifted(fetch: Fetch) -> Fetch:
    """Return pictures of GCJ-02 cut anew for WGS 84."""

    def body(z: int, x: int, y: int) -> bytes | None:
        tile = fetch(z, x, y)
        return tile.body if tile else None

    def cut(z: int, x: int, y: int) -> BaseTile | None:
        try:
            picture = recut(body, z, x, y)
        except OSError as error:
            raise BaseMapAway from error
        return BaseTile(picture, FORMATS["png"]) if picture else None

    return cut


def _filed(settings: BaseMapSettings) -> BaseMap:
    file = Path(settings.address)
    try:
        return (_pmtiles if settings.kind == "pmtiles" else _mbtiles)(file, settings.attribution)
    except Exception as error:
        raise BadSettings(why=f"BASE_MAP_ADDRESS: {file} is no {settings.kind} file ({error})") from error


def _relayed(settings: BaseMapSettings) -> BaseMap:
    address = settings.address
    if urlsplit(address).scheme not in ("http", "https"):
        raise BadSettings(why="BASE_MAP_ADDRESS: must begin with http:// or https://")
    if settings.kind == "wmts" and "{z}" not in address:
        address += ("&" if "?" in address else "?") + WMTS
    if not all(part in address for part in ("{z}", "{x}", "{y}")):
        raise BadSettings(why="BASE_MAP_ADDRESS: must say where {z}, {x} and {y} go")
    key = quote(settings.key.get_secret_value(), safe="")

    def fetch(z: int, x: int, y: int) -> BaseTile | None:
        place = address
        for name, value in {"{z}": z, "{x}": x, "{y}": y, "{key}": key}.items():
            place = place.replace(name, str(value))
        return _asked(place)

    return BaseMap(Kept(fetch), 0, 18, settings.attribution)


def _asked(address: str) -> BaseTile | None:
    """Return what another server says, none where it knows no such tile. Raises BaseMapAway."""
    request = urllib.request.Request(address, headers={"User-Agent": "Wangge"})  # noqa: S310 - http(s), checked at the start
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310 - the same
            body, media_type = answer.read(LARGEST + 1), answer.headers.get_content_type()
    except HTTPError as error:
        if error.code in (404, 204):
            return None
        raise BaseMapAway from error
    except (OSError, HTTPException, ValueError) as error:
        raise BaseMapAway from error
    if len(body) > LARGEST or not media_type.startswith("image/"):
        raise BaseMapAway
    return BaseTile(body, media_type)


def _pmtiles(file: Path, attribution: str) -> BaseMap:
    with file.open("rb") as opened:
        reader: Any = Reader(MmapSource(opened))  # type: ignore[no-untyped-call]
    header, metadata = reader.header(), reader.metadata()
    if header["tile_compression"] not in (Compression.NONE, Compression.GZIP):
        raise ValueError(f"its tiles are compressed by {header['tile_compression'].name}")
    media_type = FORMATS[PM_FORMATS[header["tile_type"]]]
    gzipped = header["tile_compression"] is Compression.GZIP

    def fetch(z: int, x: int, y: int) -> BaseTile | None:
        body = reader.get(z, x, y)
        return BaseTile(body, media_type, gzipped) if body else None

    said = attribution or str(metadata.get("attribution", ""))
    return BaseMap(
        fetch, header["min_zoom"], header["max_zoom"], said, _names(metadata, media_type), media_type != FORMATS["pbf"]
    )


def _mbtiles(file: Path, attribution: str) -> BaseMap:
    if not file.is_file():
        raise FileNotFoundError(file)
    connection = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True, check_same_thread=False)
    alone = threading.Lock()
    with closing(connection.execute("SELECT name, value FROM metadata")) as rows:
        facts = dict(rows.fetchall())
    media_type = FORMATS[facts["format"]]

    def fetch(z: int, x: int, y: int) -> BaseTile | None:
        # Rows are counted from the south there.
        place = (z, x, (1 << z) - 1 - y)
        question = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
        with alone, closing(connection.execute(question, place)) as rows:
            found = rows.fetchone()
        return BaseTile(found[0], media_type, found[0][:2] == b"\x1f\x8b") if found else None

    described = json.loads(facts.get("json", "{}"))
    said = attribution or facts.get("attribution", "")
    zooms = int(facts.get("minzoom", 0)), int(facts.get("maxzoom", 18))
    return BaseMap(fetch, *zooms, said, _names(described, media_type), media_type != FORMATS["pbf"])


def _names(described: dict[str, Any], media_type: str) -> tuple[str, ...]:
    """Return the layers' names of vector tiles; none where tiles are pictures."""
    if media_type != FORMATS["pbf"]:
        return ()
    return tuple(str(layer["id"]) for layer in described.get("vector_layers", ()))
