"""GeoPackage: the one layer that has features."""

from collections import Counter
from functools import partial
from pathlib import Path

from geodata.files import gdal, heads
from geodata.files.book import Book
from geodata.files.refusals import CutOff, NoRows, SeveralLayers, UnknownForm

APPLICATIONS = (b"GPKG", b"GP10", b"GP11")


def book(path: Path, folder: Path) -> Book:
    """Open a GeoPackage as it is: nothing is written beside it. Raises UnreadableFile."""
    _demand_whole(path)
    mine = folder / "data.gpkg"
    mine.symlink_to(path.absolute())
    layers = [gdal.layer(mine, name, IMMUTABLE="YES", LIST_ALL_TABLES="NO") for name in gdal.names(mine)]
    filled = [layer for layer in layers if layer.rows != 0]
    if not filled:
        raise NoRows
    if len(filled) > 1:
        raise SeveralLayers(layers=", ".join(layer.name for layer in filled[:5]))
    found: Counter[str] = Counter()
    columns = heads.cleaned(filled[0].columns, found)
    source = partial(gdal.pieces, filled[0], filled[0].columns, columns)
    return Book("gpkg", columns, "utf-8", filled[0].crs, filled[0].rows, source, found)


def _demand_whole(path: Path) -> None:
    """Look at the head of the database: whose it is, and how many pages it should have."""
    with path.open("rb") as file:
        head = file.read(100)
    if head[68:72] not in APPLICATIONS:
        raise UnknownForm
    page = int.from_bytes(head[16:18], "big")
    if path.stat().st_size < int.from_bytes(head[28:32], "big") * (65_536 if page == 1 else page):
        raise CutOff
