"""A file that is open: its columns as delivered, and its rows as text, in pieces."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geodata.files import checks

Places = NDArray[np.object_]


class Piece(NamedTuple):
    """Rows as a reader hands them over: string columns, and places where the form has any."""

    table: pa.RecordBatch
    places: Places | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows: `first` is the number of the first one, and 1 is the first below the head.

    `table` has string columns only, null where a cell is empty. `places` are shapely geometries in the file's own
    coordinates, one a row and None where a row has none; it is None where the form has no places.
    """

    first: int
    table: pa.RecordBatch
    places: Places | None


@dataclass
class Book:
    """One file. What is counted in `mended` while rows are read is whole when `chunks` has come to its end."""

    form: str
    """csv, excel, ndjson, geojson, gpkg, shapefile or kml."""
    columns: tuple[str, ...]
    """The heads as delivered, without blanks around them, each once."""
    encoding: str
    crs: str | None
    """What the file itself says, as pyproj reads it."""
    rows: int | None
    """About how many rows there are, to show how far one is; None where that is not known beforehand."""
    source: Callable[[Counter[str]], Iterator[Piece]]
    """Reads the rows from the start; counts what it mends."""
    found: Counter[str] = field(default_factory=Counter)
    """What was mended as the file was opened."""
    counted: Counter[str] = field(default_factory=Counter)
    sheets: tuple[str, ...] = ()
    """Its sheets, layers, folders or packed files that have rows; none where its form has no such thing."""
    sheet: str = ""
    """Which of them is read; none where that is all of it."""

    @property
    def mended(self) -> dict[str, int]:
        """Return how often what was mended or noticed: head, two_rows, title, foot, float and others."""
        return {what: count for what, count in sorted((self.found + self.counted).items()) if count}

    def chunks(self, rows: int = 50_000) -> Iterator[Chunk]:
        """Read the file once more, in chunks of at most `rows` rows. Blank rows and a table's foot are left out, counted.

        Raises UnreadableFile.
        """
        self.counted = Counter()
        first = 1
        for piece in _in_steps(self.source(self.counted), rows):
            for start, filled in _records(piece, self.counted):
                checks.lengths(filled.table, first + start)
                self.counted["formula"] += checks.formulas(filled.table)
                yield Chunk(first + start, filled.table, filled.places)
            first += piece.table.num_rows


def _in_steps(pieces: Iterator[Piece], rows: int) -> Iterator[Piece]:
    """Yield pieces of exactly `rows` rows, and what is left at the end."""
    held: list[Piece] = []
    count = 0
    for piece in pieces:
        held.append(piece)
        count += piece.table.num_rows
        while count >= rows:
            whole = _joined(held)
            yield _part(whole, 0, rows)
            held, count = [_part(whole, rows, count)], count - rows
    if count:
        yield _joined(held)


def _joined(pieces: list[Piece]) -> Piece:
    if len(pieces) == 1:
        return pieces[0]
    table: pa.RecordBatch = pa.concat_batches([piece.table for piece in pieces])
    places = [piece.places for piece in pieces if piece.places is not None]
    return Piece(table, np.concatenate(places) if places else None)


def _part(piece: Piece, start: int, stop: int) -> Piece:
    places = None if piece.places is None else piece.places[start:stop]
    return Piece(piece.table.slice(start, stop - start), places)


def _records(piece: Piece, counted: Counter[str]) -> Iterator[tuple[int, Piece]]:
    """Yield the runs of rows that are records, each with its start; counts `blank` and `foot`. A row of places is one."""
    blank, feet = (None, None) if piece.places is not None else (checks.blank(piece.table), checks.feet(piece.table))
    out = [rows for rows in (blank, feet) if rows is not None]
    if not out:
        yield 0, piece
        return
    counted["blank"] += 0 if blank is None else int(blank.sum())
    counted["foot"] += 0 if feet is None else int(feet.sum())
    edges: Any = np.flatnonzero(np.diff(np.concatenate(([True], np.logical_or.reduce(out), [True]))))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield start, _part(piece, start, stop)
