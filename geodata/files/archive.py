"""Zip: looked at before a byte is unpacked, and measured while it is."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from geodata.files.limits import ZIP_BYTES, ZIP_ENTRIES, ZIP_RATIO, ZIP_RATIO_FROM
from geodata.files.refusals import (
    Damaged,
    Locked,
    NoAttributes,
    PartOfShapefile,
    ZipBomb,
    ZipEmpty,
    ZipEntries,
    ZipInZip,
    ZipPath,
)

MAIN = {
    ".shp",
    ".csv",
    ".txt",
    ".tsv",
    ".xlsx",
    ".xls",
    ".ods",
    ".ndjson",
    ".jsonl",
    ".json",
    ".geojson",
    ".gpkg",
    ".kml",
}
BESIDE_SHAPES = {".shx", ".dbf", ".prj", ".cpg"}
ARCHIVES = {".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".kmz"}
OF_A_MAC = "__MACOSX"
LOCKED, UTF_8 = 0x1, 0x800
END_OF_ENTRIES, COUNT = b"PK\x05\x06", 10
STEP = 1024**2
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, struct.error, ValueError, RuntimeError)
"""What the reader of archives raises at a damaged one, also for names that are no text and methods that it lacks."""


@contextmanager
def checked(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose names, number and sizes are harmless.

    Raises ZipEntries, ZipPath, ZipBomb, Locked, Damaged; the latter also for what goes wrong in the block.
    """
    _demand_few(path)
    try:
        with zipfile.ZipFile(path) as packed:
            for entry in packed.infolist():
                _demand_harmless(entry)
            _demand_small(packed)
            yield packed
    except BROKEN as error:
        raise Damaged(why=str(error)[:200]) from error


def _demand_few(path: Path) -> None:
    """Look at the number of entries that the archive's own end names, before its list is read."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 66_000))
        tail = file.read()
    at = tail.rfind(END_OF_ENTRIES)
    if at >= 0 and int.from_bytes(tail[at + COUNT : at + COUNT + 2], "little") > ZIP_ENTRIES:
        raise ZipEntries(limit=ZIP_ENTRIES)


def _demand_harmless(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename.replace("\\", "/")
    if name.startswith("/") or name[1:2] == ":" or ".." in PurePosixPath(name).parts or "\x00" in name:
        raise ZipPath
    if entry.flag_bits & LOCKED:
        raise Locked


def _demand_small(packed: zipfile.ZipFile) -> None:
    """Measure what really comes out: the sizes that an archive names may lie."""
    entries = packed.infolist()
    if len(entries) > ZIP_ENTRIES:
        raise ZipEntries(limit=ZIP_ENTRIES)
    _demand_sizes(sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries))
    total = 0
    for entry in entries:
        if entry.is_dir():
            continue
        for block in _blocks(packed, entry):
            total += len(block)
            _demand_sizes(total, sum(entry.compress_size for entry in entries))


def _demand_sizes(unpacked: int, size: int) -> None:
    if unpacked > ZIP_BYTES or (unpacked > ZIP_RATIO_FROM and unpacked > ZIP_RATIO * size):
        raise ZipBomb(megabytes=ZIP_BYTES // 1024**2)


def _blocks(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack an entry to its real end, whatever size it names; its checksum is looked at there."""
    entry.file_size = ZIP_BYTES + 1
    with packed.open(entry) as file:
        while block := file.read(STEP):
            yield block


def unpacked(packed: zipfile.ZipFile, main: zipfile.ZipInfo, folder: Path) -> Path:
    """Unpack a file that is read, a shapefile with its parts, and return its path; names are our own. Raises NoAttributes."""
    entries = _entries(packed)
    stem, kind = _split(main)
    wanted = {kind: main}
    if kind == ".shp":
        beside = {_split(entry)[1]: entry for entry in entries if _split(entry)[0] == stem}
        wanted |= {part: entry for part, entry in beside.items() if part in BESIDE_SHAPES}
        if ".dbf" not in wanted:
            raise NoAttributes
    for part, entry in wanted.items():
        with (folder / f"packed{part}").open("wb") as out:
            out.writelines(_blocks(packed, entry))
    return folder / f"packed{kind}"


def mains(packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the files that are read by their names, with their folders only where two share a name.

    Raises ZipEmpty, ZipInZip, PartOfShapefile.
    """
    entries = _entries(packed)
    kinds = {_split(entry)[1] for entry in entries}
    if kinds & ARCHIVES:
        raise ZipInZip
    found = [entry for entry in entries if _split(entry)[1] in MAIN]
    shapes = [entry for entry in found if _split(entry)[1] == ".shp"]
    found = shapes or found
    if not found:
        raise PartOfShapefile if kinds & BESIDE_SHAPES else ZipEmpty
    paths = [PurePosixPath(_called(entry)) for entry in found]
    names = [path.name for path in paths]
    return {
        name if names.count(name) == 1 else str(path): entry
        for name, path, entry in zip(names, paths, found, strict=True)
    }


def _entries(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [entry for entry in packed.infolist() if not entry.is_dir() and not _hidden(entry)]


def _called(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name as it was written: programs of a Chinese Windows do not say that theirs are GB18030."""
    if entry.flag_bits & UTF_8 or entry.filename.isascii():
        return entry.filename
    with suppress(UnicodeError):
        return entry.filename.encode("cp437").decode("gb18030")
    return entry.filename


def _hidden(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename).parts
    return not parts or OF_A_MAC in parts or parts[-1].startswith(".")


def _split(entry: zipfile.ZipInfo) -> tuple[str, str]:
    """Return an entry's name without its suffix, and the suffix; both without regard to case."""
    name = PurePosixPath(entry.filename.lower())
    return str(name.with_suffix("")), name.suffix
