"""From chunks of a file to rows as their feed wants them: texts mended, places moved, faults with their row and column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from geodata.feeds.floor.refusal import Refusal
from geodata.files import Book, Chunk
from geodata.imports.mending import DEGREES, Column, Mending
from geodata.imports.placing import Placing


@dataclass
class Part:
    """Some rows of a file: mended columns by field, and what is wrong with some of them."""

    chunk: Chunk
    fields: Mapping[str, str]
    columns: dict[str, Column | list[Any]]
    """Of each field a column, or its values as they are (places)."""
    refusals: list[Refusal]
    ready: Any = None
    """What a writer made of it beforehand."""
    lost: set[int] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return int(self.chunk.table.num_rows)

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.chunk.first + self.count - 1

    @property
    def good(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The places of the rows that nothing is wrong with so far."""
        wrong = {refusal.row - self.chunk.first for refusal in self.refusals}
        return np.array([place for place in range(self.count) if place not in wrong], dtype=np.int64)

    def sent(self, row: int) -> dict[str, Any]:
        """Return a row as far as its columns are fields: mended where that could be done, otherwise as it was delivered."""
        place = row - self.chunk.first
        if not 0 <= place < self.count:
            return {}
        cells = {name: self.chunk.table[head][place].as_py() for name, head in self.fields.items()}
        cells |= {name: value for name in self.columns if (value := self._mended(name, place)) is not None}
        return {name: cell for name, cell in cells.items() if cell is not None}

    def _mended(self, name: str, place: int) -> Any:
        """Return a value as its field takes it; none where there is none, or a geometry."""
        column = self.columns[name]
        if isinstance(column, Column):
            index = int(column.index[place])
            return None if index < 0 or index in column.wrong else column.values[index]
        value = column[place]
        return float(value) if isinstance(value, float) and np.isfinite(value) else None


def parts_of(book: Book, mending: Mending, placing: Placing | None, fields: Mapping[str, str]) -> Iterator[Part]:
    """Yield the rows of a file in parts, in their order."""
    for nth, chunk in enumerate(book.chunks()):
        part = Part(chunk, fields, {}, [])
        for name, head in fields.items():
            if placing is not None and name in (*DEGREES, "place"):
                continue
            column = mending.mended(name, chunk.table[head])
            part.columns[name] = column
        if placing is not None:
            _place(part, placing, nth)
        yield part


def _place(part: Part, placing: Placing, nth: int) -> None:
    """Give rows their places; a row without one leaves it out, and its feed says whether it needs one."""
    part.refusals += placing.doubtful(nth)
    lon, lat, shapes = placing.placed(nth)
    if placing.feed.paper.place == "point":
        if middled := placing.middled(nth):
            placing.mending.counted["middles"] += middled
        part.columns["lon"], part.columns["lat"] = lon, lat  # type: ignore[assignment]
    elif shapes is not None:
        part.columns["place"] = list(shapes)


def arrays(part: Part, mending: Mending) -> dict[str, pa.Array]:
    """Return checked columns of a part; adds what their fields refuse to its refusals."""
    made: dict[str, pa.Array] = {}
    for name, column in part.columns.items():
        if isinstance(column, Column):
            made[name] = mending.array(name, column)
            part.refusals += mending.refusals(name, column, part.chunk.first)
            part.refusals += _lacking(part, mending, name, made[name])
        else:
            made[name] = pa.array(column, from_pandas=True)
    return made


def _lacking(part: Part, mending: Mending, name: str, column: pa.Array) -> list[Refusal]:
    """Return the rows without a value where their field needs one, less those that are refused already."""
    if not column.null_count or not mending.feed.row.model_fields[name].is_required():
        return []
    wrong = {refusal.row for refusal in part.refusals}
    rows = part.chunk.first + np.flatnonzero(np.asarray(column.is_null()))
    facts = {"columns": ", ".join(mending.feed.row.model_fields)}
    return [Refusal(int(row), name, "missing", facts) for row in rows if int(row) not in wrong]
