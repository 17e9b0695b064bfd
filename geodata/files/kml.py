"""KML: the placemarks of all its folders are rows of one file, or those of the folder that is named."""

import mmap
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from html import unescape
from pathlib import Path

from geodata.files import gdal, heads
from geodata.files.book import Book
from geodata.files.encodings import Text
from geodata.files.refusals import CutOff, Entities, NoRows, demand_one_of

DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"'][^>]*\?>")
FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
END = re.compile(rb"</(?:\w+:)?kml\s*>\s*(?:(?><!--.*?-->)\s*)*+$", re.DOTALL)
ROOT = re.compile(rb"<(\w+:)?kml(?:\s[^<>]*)?>")
FOLDERS = re.compile(rb"<(/?)(?:\w+:)?(Folder|Document)(?:\s[^<>]*)?(/?)>")
PLACEMARK = re.compile(rb"<(?:\w+:)?Placemark[\s>]")
NAME = re.compile(rb"<(?:\w+:)?name\s*>\s*(?:<!\[CDATA\[(.*?)\]\]>|([^<]*?))\s*</", re.DOTALL)
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


def book(text: Text, folder: Path, sheet: str | None) -> Book:
    """Open all placemarks, or those below folders of a name.

    Raises NoSuchSheet, UnreadableFile; also where the XML declares entities, which are never looked up.
    """
    path, sheets = _flat(text, folder, sheet)
    demand_one_of(sheets, sheet)
    layer = gdal.layer(path, gdal.names(path)[0])
    names = [name for name in layer.columns if name not in OF_THE_VIEWER]
    if not layer.rows:
        raise NoRows
    found: Counter[str] = Counter()
    columns = heads.cleaned(names, found)
    source = partial(gdal.pieces, layer, names, columns)
    return Book("kml", columns, text.encoding, "EPSG:4326", layer.rows, source, found, sheets=sheets, sheet=sheet or "")


def _flat(text: Text, folder: Path, sheet: str | None) -> tuple[Path, tuple[str, ...]]:
    """Write the text anew: all placemarks in one document, and not a word on its encoding, which is UTF-8 by now.

    To GDAL each folder is a layer, told from the others by a name that they may share, and each is parsed anew.
    Returns where it is, and the names of folders that have placemarks.
    """
    path = folder / "data.kml"
    with text.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        start, end = _inside(mapped)
        root = mapped[start.start() : start.end()]
        prefix = start.group(1) or b""
        with path.open("wb") as out:
            out.write(root + b"<" + prefix + b"Document>")
            names: dict[str, None] = {}
            for part, inside in _parts(mapped, start.end(), end):
                place = PLACEMARK.search(part)
                if place is not None:
                    names |= dict.fromkeys(filter(None, inside))
                # What stands before the placemarks may be said for those of other folders too.
                out.write(part if place is None or not sheet or sheet in inside else part[: place.start()])
            out.write(b"</" + prefix + b"Document></" + prefix + b"kml>")
    return path, tuple(names)


def _parts(mapped: mmap.mmap, start: int, end: int) -> Iterator[tuple[bytes, list[str]]]:
    """Yield what stands between the marks of folders and documents, with the names of the folders around it."""
    around: list[str] = []
    at, fresh = start, False
    for found in FOLDERS.finditer(mapped, start, end):
        part, at = mapped[at : found.start()], found.end()
        if fresh:
            around[-1] = _name(part)
        yield part, around
        closing, what, empty = found.groups()
        fresh = what == b"Folder" and not closing and not empty
        if fresh:
            around.append("")
        elif what == b"Folder" and closing and around:
            around.pop()
    yield mapped[at:end], around


def _name(part: bytes) -> str:
    """Return what a folder is called in what stands at its beginning; empty where it has no name."""
    place = PLACEMARK.search(part)
    found = NAME.search(part, 0, place.start() if place else len(part))
    return unescape((found.group(1) or found.group(2) or b"").decode()) if found else ""


def _inside(mapped: mmap.mmap) -> tuple[re.Match[bytes], int]:
    """Return the opening of the root and where its end begins. Raises Entities, CutOff."""
    if FORBIDDEN.search(mapped):
        raise Entities
    tail = max(0, len(mapped) - 4096)
    start, end = ROOT.search(mapped), END.search(mapped[tail:])
    if start is None or end is None or tail + end.start() < start.end():
        raise CutOff
    return start, tail + end.start()
