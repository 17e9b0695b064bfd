"""Files of places through GDAL: opened under a name of ours in a folder of ours, as text and shapely geometries."""

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyogrio.raw import open_arrow

from geodata.files import cells
from geodata.files.book import Piece, Places
from geodata.files.limits import COLUMNS
from geodata.files.refusals import Damaged, TooManyColumns

BATCH = 20_000
OPTIONS = {
    # Nothing that a file names is ever fetched: requests end at a port of this machine where nobody listens.
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "127.0.0.1:9",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    # A shapefile without its index is read all the same; the index is made in our folder.
    "SHAPE_RESTORE_SHX": "YES",
}
AS_BYTES = "ISO-8859-1"
"""Read so, every byte of a text comes through as one character, also where a name is cut within a Chinese one."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a file that GDAL opens."""

    path: Path
    name: str
    columns: tuple[str, ...]
    crs: str | None
    rows: int | None
    texts: str | None = None
    """The encoding of its texts where that is not UTF-8 for sure; they and the columns then come as their bytes."""
    options: Mapping[str, str] = field(default_factory=dict)

    def opening(self) -> dict[str, Any]:
        """Return how it is opened."""
        return {"layer": self.name, "encoding": AS_BYTES if self.texts else None, **self.options}

    def clear(self, text: str) -> str:
        """Return a text or name as it was meant; half a character at its end is left out."""
        return text.encode("latin-1").decode(self.texts, "ignore") if self.texts and not text.isascii() else text


@cache
def _closed_off() -> None:
    """Set what holds for everything that GDAL does in this process."""
    pyogrio.set_gdal_config_options(OPTIONS)


@contextmanager
def _quiet() -> Iterator[None]:
    """Turn GDAL's errors into ours; its warnings are about what is judged here anyway."""
    _closed_off()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        try:
            yield
        except (
            DataSourceError,
            DataLayerError,
            pa.ArrowException,
            UnicodeDecodeError,
            ValueError,
            RuntimeError,
        ) as error:
            raise Damaged(why=_why(error)) from error


def _why(error: Exception) -> str:
    """Return what GDAL says, without where the file lies."""
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    return " ".join(word for word in said.split() if "/" not in word)[:200]


def names(path: Path) -> list[str]:
    """Return the layers that a file has. Raises Damaged."""
    with _quiet():
        return [str(name) for name, _ in pyogrio.list_layers(path)]


def layer(path: Path, name: str, texts: str | None = None, **options: str) -> Layer:
    """Return what a layer says about itself. Raises Damaged, TooManyColumns."""
    with _quiet():
        info = pyogrio.read_info(path, layer=name, encoding=AS_BYTES if texts else None, **options)
    columns = tuple(str(column) for column in info["fields"])
    if len(columns) > COLUMNS:
        raise TooManyColumns(limit=COLUMNS)
    rows = int(info["features"])
    return Layer(path, name, columns, info["crs"], rows if rows >= 0 else None, texts, options)


def pieces(found: Layer, wanted: Sequence[str], heads: Sequence[str], counted: Counter[str]) -> Iterator[Piece]:
    """Read a layer: the columns `wanted`, called `heads`; one that the layer lacks is empty. Raises Damaged."""
    schema = pa.schema([(head, pa.string()) for head in heads])
    with ExitStack() as stack:
        with _quiet():
            how = {"use_pyarrow": True, "datetime_as_string": True, "batch_size": BATCH, **found.opening()}
            meta, reader = stack.enter_context(open_arrow(found.path, **how))
        place = str(meta["geometry_name"] or "wkb_geometry")
        for batch in _batches(reader):
            arrays = [_texts(batch, name, found, counted) for name in wanted]
            yield Piece(pa.record_batch(arrays, schema=schema), _places(batch, place))


def _batches(reader: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield what GDAL reads; only while it does are its warnings kept quiet."""
    while True:
        with _quiet():
            batch = next(reader, None)
        if batch is None:
            return
        yield batch


def _texts(batch: pa.RecordBatch, name: str, layer: Layer, counted: Counter[str]) -> pa.Array:
    at = batch.schema.get_field_index(name)
    if at < 0:
        return pa.nulls(batch.num_rows, pa.string())
    column = batch.column(at)
    if pa.types.is_integer(column.type):
        return column.cast(pa.string())
    texts = (cells.text(value, counted) for value in column.to_pylist())
    return pa.array([text if text is None else layer.clear(text) for text in texts], pa.string())


def _places(batch: pa.RecordBatch, name: str) -> Places:
    """Return geometries as they are, empty and endless ones too; None where there is none or it cannot be built."""
    at = batch.schema.get_field_index(name)
    if at < 0:
        return np.full(batch.num_rows, None, object)
    made: Places = shapely.from_wkb(batch.column(at).to_numpy(zero_copy_only=False), on_invalid="ignore")
    return made
