"""What is looked at in the cells of any file: how long they are, whether a row is blank, what a spreadsheet would run."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geodata.files.limits import CELL_CHARACTERS
from geodata.files.refusals import TooLongCell

SIGNS = np.zeros(256, bool)
SIGNS[list(b"=+-@")] = True
PLAIN = r"^[+-][\d\s.,()+-]*([eE][+-]?\d+)?%?$"
"""A number with its sign, a telephone number, or a dash where there is nothing to say: no formula."""
_BLANK = "[\\s\u3000]*"
FOOT = (
    rf"^{_BLANK}(?:[合总小共]{_BLANK}计|总{_BLANK}和){_BLANK}[:：]?{_BLANK}$"
    rf"|^{_BLANK}(?:填[表报写]|制表|审核|复核|负责|单位负责|经办|联系)人(?:签[字名])?{_BLANK}(?:[（(]签[字名章][）)])?{_BLANK}[:：]"
)
"""What totals begin with, and lines that somebody signs."""
FOOT_SIGNS = np.zeros(256, bool)
FOOT_SIGNS[[*b" \t\r\n\v\f", *range(0xE3, 0xEA)]] = True
"""Blanks, and the first byte of Chinese in UTF-8."""


def lengths(table: pa.RecordBatch, first: int) -> None:
    """Raise TooLongCell at the first cell, by columns, that is longer than a cell may be."""
    for name, column in zip(table.schema.names, table.columns, strict=True):
        if not len(column) or (pc.max(pc.binary_length(column)).as_py() or 0) <= CELL_CHARACTERS:
            continue
        signs = pc.fill_null(pc.utf8_length(column), 0).to_numpy(zero_copy_only=False)
        if signs.max() > CELL_CHARACTERS:
            row = first + int(np.argmax(signs > CELL_CHARACTERS))
            raise TooLongCell(row=row, column=name, limit=CELL_CHARACTERS)


def blank(table: pa.RecordBatch) -> NDArray[np.bool_] | None:
    """Return which rows have no cell at all, None where none is blank."""
    found: Any = np.ones(table.num_rows, bool)
    for column in table.columns:
        if column.null_count == 0:
            return None
        found &= column.is_null().to_numpy(zero_copy_only=False)
        if not found.any():
            return None
    return None if not found.any() else found


def feet(table: pa.RecordBatch) -> NDArray[np.bool_] | None:
    """Return which rows are no records but totals or what is signed below a table, by their first cell; None where none is."""
    if not table.num_columns:
        return None
    first = table.column(0) if not table.column(0).null_count else pc.coalesce(*table.columns)
    if not _any_begins(first, FOOT_SIGNS):
        return None
    found = pc.fill_null(pc.match_substring_regex(first, FOOT), False)
    return found.to_numpy(zero_copy_only=False) if pc.any(found).as_py() else None


def formulas(table: pa.RecordBatch) -> int:
    """Return how many cells a spreadsheet program would run. They are text here, and are never evaluated."""
    return sum(_formulas(column) for column in table.columns)


def _formulas(column: pa.Array) -> int:
    if not _any_begins(column, SIGNS):
        return 0
    suspects = column.filter(pc.match_substring_regex(column, r"^[=+\-@]"))
    return len(suspects) - int(pc.sum(pc.match_substring_regex(suspects, PLAIN)).as_py() or 0)


def _any_begins(column: pa.Array, signs: NDArray[np.bool_]) -> bool:
    """Say whether any cell begins with one of these bytes: so much cheaper than a look at each that codes cost nothing."""
    if column.null_count == len(column):
        return False
    _, ends, data = column.buffers()
    starts = np.frombuffer(ends, np.int32)[column.offset : column.offset + len(column) + 1]
    filled = starts[:-1][np.diff(starts) > 0]
    return bool(signs[np.frombuffer(data, np.uint8)[filled]].any())
