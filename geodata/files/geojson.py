"""GeoJSON: a collection of features."""

import mmap
from collections import Counter
from functools import partial
from pathlib import Path

from geodata.files import gdal, heads
from geodata.files.book import Book
from geodata.files.encodings import Text
from geodata.files.refusals import CutOff, NoRows, UnknownForm

ORDER_TO_GDAL = b"gdal_streamed_alg"
"""By this GDAL takes JSON for a list of things to do, which may read other files."""


def book(text: Text, folder: Path) -> Book:
    """Open a collection. Raises UnreadableFile."""
    _demand_data(text)
    path = folder / "data.geojson"
    path.symlink_to(text.path.absolute())
    layer = gdal.layer(path, gdal.names(path)[0], DATE_AS_STRING="YES")
    if not layer.rows:
        raise NoRows
    found: Counter[str] = Counter()
    columns = heads.cleaned(layer.columns, found)
    source = partial(gdal.pieces, layer, layer.columns, columns)
    return Book("geojson", columns, text.encoding, layer.crs, layer.rows, source, found)


def _demand_data(text: Text) -> None:
    with text.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        if mapped.find(ORDER_TO_GDAL) >= 0:
            raise UnknownForm
        if not mapped[-1024:].rstrip().endswith(b"}"):
            raise CutOff
