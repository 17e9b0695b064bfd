"""GeoPackage: the layer that has features, or the one of several that is named."""

from collections import Counter
from functools import partial
from pathlib import Path

from geodata.files import gdal, heads
from geodata.files.book import Book
from geodata.files.refusals import CutOff, NoRows, SeveralLayers, UnknownForm, demand_one_of

APPLICATIONS = (b"GPKG", b"GP10", b"GP11")


def book(path: Path, folder: Path, sheet: str | None) -> Book:
    """Open a layer of a GeoPackage as it is: nothing is written beside it. Raises UnreadableFile, NoSuchSheet."""
    _demand_whole(path)
    mine = folder / "data.gpkg"
    mine.symlink_to(path.absolute())
    layers = [gdal.layer(mine, name, IMMUTABLE="YES", LIST_ALL_TABLES="NO") for name in gdal.names(mine)]
    filled = {layer.name: layer for layer in layers if layer.rows != 0}
    if not filled:
        raise NoRows
    demand_one_of(list(filled), sheet)
    if len(filled) > 1 and not sheet:
        raise SeveralLayers(list(filled))
    layer = filled[sheet or next(iter(filled))]
    found: Counter[str] = Counter()
    columns = heads.cleaned(layer.columns, found)
    source = partial(gdal.pieces, layer, layer.columns, columns)
    return Book("gpkg", columns, "utf-8", layer.crs, layer.rows, source, found, sheets=tuple(filled), sheet=layer.name)


def _demand_whole(path: Path) -> None:
    """Look at the head of the database: whose it is, and how many pages it should have."""
    with path.open("rb") as file:
        head = file.read(100)
    if head[68:72] not in APPLICATIONS:
        raise UnknownForm
    page = int.from_bytes(head[16:18], "big")
    if path.stat().st_size < int.from_bytes(head[28:32], "big") * (65_536 if page == 1 else page):
        raise CutOff
