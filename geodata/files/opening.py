"""Any file that a department brings, opened by what is in it and not by what it is called."""

import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir

from geodata.files import archive, geojson, geopackage, kml, lines, shapefile, sheets, table
from geodata.files.book import Book
from geodata.files.encodings import Text, text
from geodata.files.limits import FILE_BYTES
from geodata.files.refusals import (
    EmptyFile,
    NoFile,
    NoSheets,
    PartOfShapefile,
    TooLargeFile,
    UnknownForm,
    WebPage,
    ZipSeveral,
    demand_one_of,
)

FOLDER = "wangge-file-"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SQLITE = b"SQLite format 3\x00"
FOREIGN = (b"%PDF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xff\xd8\xff", b"\x89PNG")
"""Documents, pictures and archives that come in by mistake."""
SHAPES = b"\x00\x00\x27\x0a"
WORKBOOKS = {"xl/workbook.xml", "xl/workbook.bin"}
PARTS = {".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx"}
COLLECTION = re.compile(r'"type"\s*:\s*"FeatureCollection"|"features"\s*:\s*\[')
FEATURE = re.compile(r'"type"\s*:\s*"Feature"')


@contextmanager
def opened(path: Path, *, encoding: str | None = None, sheet: str | None = None) -> Iterator[Book]:
    """Open a file for as long as the block lasts; whatever is unpacked or transcoded for it is gone afterwards.

    `encoding` (utf-8, gb18030, …) wins over what is found. `sheet` names a sheet, a layer, a folder of a KML, or a file of an
    archive that has several; without it that is a book's first sheet, and all folders. Raises UnreadableFile with a sentence,
    here or from `chunks`, of which Several asks for a sheet; NoSuchSheet and NoSheets where one is named that is not there.
    """
    _sweep()
    with TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-") as folder:
        book = _book(path, Path(folder), encoding, sheet)
        if sheet and not book.sheet:
            raise NoSheets(name="sheet", value=sheet, wanted="")
        yield book


def _sweep() -> None:
    """Take away what programs that were killed have left unpacked: it may name persons."""
    for left in Path(gettempdir()).glob(f"{FOLDER}*"):
        number = left.name.removeprefix(FOLDER).partition("-")[0]
        if number.isdigit() and not Path(f"/proc/{number}").exists():
            rmtree(left, ignore_errors=True)


def _book(path: Path, folder: Path, encoding: str | None, sheet: str | None) -> Book:
    _demand(path)
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(FOREIGN):
        raise UnknownForm
    if head.startswith(ZIP):
        return _packed(path, folder, encoding, sheet)
    if head.startswith(OLD_EXCEL):
        return sheets.book(path, folder, sheet)
    if head.startswith(SQLITE):
        return geopackage.book(path, folder, sheet)
    if head.startswith(SHAPES) and path.suffix.lower() == ".shp":
        return shapefile.book(path, folder, encoding)
    if path.suffix.lower() in PARTS:
        raise PartOfShapefile
    return _written(path, folder, encoding, sheet)


def _demand(path: Path) -> None:
    if not path.is_file():
        raise NoFile(name=path.name)
    size = path.stat().st_size
    if not size:
        raise EmptyFile
    if size > FILE_BYTES:
        raise TooLargeFile(megabytes=FILE_BYTES // 1024**2)


def _packed(path: Path, folder: Path, encoding: str | None, sheet: str | None) -> Book:
    with archive.checked(path) as packed:
        if _is_workbook(packed):
            return sheets.book(path, folder, sheet)
        found = archive.mains(packed)
        several = tuple(found) if len(found) > 1 else ()
        if several:
            demand_one_of(several, sheet)
            if not sheet:
                raise ZipSeveral(several)
        inner = archive.unpacked(packed, found[sheet if several and sheet else next(iter(found))], folder)
    if not several:
        return _book(inner, folder, encoding, sheet)
    return replace(_book(inner, folder, encoding, None), sheets=several, sheet=sheet or "")


def _is_workbook(packed: zipfile.ZipFile) -> bool:
    names = set(packed.namelist())
    return {"mimetype", "content.xml"} <= names or bool(names & WORKBOOKS)


def _written(path: Path, folder: Path, encoding: str | None, sheet: str | None) -> Book:
    """Open a text: XML, JSON or a table."""
    declared = encoding or kml.declared(path)
    found = text(path, folder, declared)
    start = _start(found)
    if start.startswith("<"):
        if re.search(r"<(\w+:)?kml[\s>]", start):
            return kml.book(found, folder, sheet)
        raise WebPage if re.search(r"<(html|table|!doctype html|\?mso)", start, re.IGNORECASE) else UnknownForm
    if start.startswith("["):
        return lines.book(found)
    if start.startswith("{"):
        return geojson.book(found, folder) if _is_geojson(start) else lines.book(found)
    return table.book(found)


def _start(found: Text) -> str:
    with found.path.open("rb") as file:
        file.seek(found.start)
        start = file.read(64 * 1024).decode("utf-8", "replace").lstrip()
    if not start:
        raise EmptyFile
    return start


def _is_geojson(start: str) -> bool:
    """Say whether it is a collection, or one feature over several lines; features one a line are NDJSON."""
    if COLLECTION.search(start):
        return True
    return FEATURE.search(start) is not None and not lines.is_object(start.partition("\n")[0])
