"""KML: the placemarks of all its folders are rows of one file."""

import mmap
import re
from collections import Counter
from functools import partial
from pathlib import Path

from geodata.files import gdal, heads
from geodata.files.book import Book
from geodata.files.encodings import Text
from geodata.files.refusals import CutOff, Entities, NoRows

DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"'][^>]*\?>")
FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
END = re.compile(rb"</(?:\w+:)?kml\s*>\s*(?:(?><!--.*?-->)\s*)*+$", re.DOTALL)
ROOT = re.compile(rb"<(\w+:)?kml(?:\s[^<>]*)?>")
FOLDERS = re.compile(rb"</?(?:\w+:)?(?:Folder|Document)(?:\s[^<>]*)?/?>")
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
    path = _flat(text, folder)
    layer = gdal.layer(path, gdal.names(path)[0])
    names = [name for name in layer.columns if name not in OF_THE_VIEWER]
    if not layer.rows:
        raise NoRows
    found: Counter[str] = Counter()
    columns = heads.cleaned(names, found)
    source = partial(gdal.pieces, layer, names, columns)
    return Book("kml", columns, text.encoding, "EPSG:4326", layer.rows, source, found)


def _flat(text: Text, folder: Path) -> Path:
    """Write the text anew: all placemarks in one document, and not a word on its encoding, which is UTF-8 by now.

    To GDAL each folder is a layer, told from the others by a name that they may share, and each is parsed anew.
    """
    path = folder / "data.kml"
    with text.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        start, end = _inside(mapped)
        root = mapped[start.start() : start.end()]
        prefix = start.group(1) or b""
        with path.open("wb") as out:
            out.write(root + b"<" + prefix + b"Document>")
            at = start.end()
            for found in FOLDERS.finditer(mapped, start.end(), end):
                out.write(mapped[at : found.start()])
                at = found.end()
            out.write(mapped[at:end] + b"</" + prefix + b"Document></" + prefix + b"kml>")
    return path


def _inside(mapped: mmap.mmap) -> tuple[re.Match[bytes], int]:
    """Return the opening of the root and where its end begins. Raises Entities, CutOff."""
    if FORBIDDEN.search(mapped):
        raise Entities
    tail = max(0, len(mapped) - 4096)
    start, end = ROOT.search(mapped), END.search(mapped[tail:])
    if start is None or end is None or tail + end.start() < start.end():
        raise CutOff
    return start, tail + end.start()
