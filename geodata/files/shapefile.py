"""Shapefile: its parts under one name in our folder, its texts in the encoding that they really have."""

from collections import Counter
from functools import partial
from pathlib import Path

from geodata.files import dbase, gdal, heads
from geodata.files.book import Book
from geodata.files.refusals import CutOff, NoAttributes, NoRows, Uneven

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
HEAD, SHAPE_HEAD = 100, 8
SYSTEM_BYTES = 64 * 1024


def book(path: Path, folder: Path, encoding: str | None) -> Book:
    """Open a shapefile. Without .prj its crs is None; without .shx the index is made anew. Raises UnreadableFile."""
    mine = _gathered(path, folder)
    if not mine.with_suffix(".dbf").exists():
        raise NoAttributes
    found: Counter[str] = Counter()
    found["shx"] = not mine.with_suffix(".shx").exists()
    _demand_whole(mine)
    records = dbase.opened(mine.with_suffix(".dbf"))
    _demand_even(mine, records.rows)
    texts = dbase.encoding(records, mine.with_suffix(".cpg"), encoding, found)
    layer = gdal.layer(mine, gdal.names(mine)[0], texts)
    columns = heads.cleaned([layer.clear(name) for name in layer.columns], found)
    source = partial(gdal.pieces, layer, layer.columns, columns)
    return Book("shapefile", columns, texts, layer.crs, layer.rows, source, found)


def _gathered(path: Path, folder: Path) -> Path:
    """Link the parts, whatever the case of their suffixes, under one name."""
    shapes = folder / "shapes"
    shapes.mkdir()
    beside = {part.suffix.lower(): part for part in sorted(path.parent.iterdir()) if part.stem == path.stem}
    for suffix in PARTS:
        if suffix == ".prj" and suffix in beside:
            _copy_system(beside[suffix], shapes / "data.prj")
        elif suffix in beside:
            (shapes / f"data{suffix}").symlink_to(beside[suffix].absolute())
    return shapes / "data.shp"


def _copy_system(there: Path, mine: Path) -> None:
    """Copy what a file says about its system, without names in Chinese: they come in any encoding and mean nothing."""
    with there.open("rb") as file:
        said = file.read(SYSTEM_BYTES)
    mine.write_text(said.decode("ascii", "replace").replace("\ufffd", "?").replace("\x00", ""), encoding="ascii")


def _demand_whole(shapes: Path) -> None:
    """Compare how long the file is with how long it says to be, in words of two bytes."""
    with shapes.open("rb") as file:
        head = file.read(HEAD)
    if len(head) < HEAD or shapes.stat().st_size < int.from_bytes(head[24:28], "big") * 2:
        raise CutOff
    if shapes.stat().st_size == HEAD:
        raise NoRows


def _demand_even(shapes: Path, records: int) -> None:
    index = shapes.with_suffix(".shx")
    if not index.exists():
        return
    found = (index.stat().st_size - HEAD) // SHAPE_HEAD
    if found != records:
        raise Uneven(shapes=found, records=records)
