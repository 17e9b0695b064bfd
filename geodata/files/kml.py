"""KML: every folder of it is a layer to GDAL, and all of them are rows of one file."""

import mmap
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from geodata.files import gdal, heads
from geodata.files.book import Book, Piece
from geodata.files.encodings import Text
from geodata.files.limits import COLUMNS
from geodata.files.refusals import CutOff, Entities, NoRows, TooManyColumns

DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"'][^>]*\?>")
FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
END = re.compile(rb"</(?:\w+:)?kml\s*>\s*(?:<!--.*?-->\s*)*$", re.DOTALL)
OF_THE_VIEWER = {"id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility"} | {
    "drawOrder",
    "icon",
    "snippet",
}
"""Fields that GDAL adds to every placemark: how a globe shows it."""


def declared(path: Path) -> str | None:
    """Return the encoding that an XML file says it is in."""
    with path.open("rb") as file:
        found = DECLARATION.match(file.read(1024))
    return found.group(1).decode() if found else None


def book(text: Text, folder: Path) -> Book:
    """Open all placemarks. Raises UnreadableFile; also where the XML declares entities, which are never looked up."""
    path = _as_utf8(text, folder)
    layers = [gdal.layer(path, name) for name in gdal.names(path)]
    names = list(dict.fromkeys(name for layer in layers for name in layer.columns if name not in OF_THE_VIEWER))
    if len(names) > COLUMNS:
        raise TooManyColumns(limit=COLUMNS)
    rows = sum(layer.rows or 0 for layer in layers)
    if not rows:
        raise NoRows
    found: Counter[str] = Counter()
    columns = heads.cleaned(names, found)
    source = partial(_pieces, layers, names, columns)
    return Book("kml", columns, text.encoding, "EPSG:4326", rows, source, found)


def _pieces(
    layers: list[gdal.Layer], names: list[str], columns: tuple[str, ...], counted: Counter[str]
) -> Iterator[Piece]:
    for layer in layers:
        yield from gdal.pieces(layer, names, columns, counted)


def _as_utf8(text: Text, folder: Path) -> Path:
    """Write the text anew without what it says about its encoding, which is UTF-8 by now."""
    with text.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        if FORBIDDEN.search(mapped):
            raise Entities
        if not END.search(mapped[-4096:]):
            raise CutOff
        said = re.compile(rb"\s*<\?xml.*?\?>", re.DOTALL).match(mapped, text.start)
        mapped.seek(said.end() if said else text.start)
        path = folder / "data.kml"
        with path.open("wb") as out:
            while block := mapped.read(1024**2):
                out.write(block)
    return path
