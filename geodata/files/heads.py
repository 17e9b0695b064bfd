"""Which rows are the head of a table, and how its names are cleaned."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from geodata.arrival.somebody import covered
from geodata.files.limits import COLUMNS, HEAD_CHARACTERS
from geodata.files.refusals import NoHead, TooLongHead, TooManyColumns

NUMBER = re.compile(r"[\d\s.,:/%+-]+")
Rows = Sequence[Sequence[str | None]]


class Head(NamedTuple):
    """The names of the columns as they stand there, and the position of the first row below them."""

    names: list[str | None]
    below: int


def head_of(rows: Rows, mended: Counter[str]) -> Head:
    """Return the head out of the first rows of a table; counts `title` and `two_rows`. Raises NoHead."""
    at = _row_of_head(rows)
    names, below = list(rows[at]), at + 1
    if below < len(rows) and _goes_on(names, rows[below]):
        names, below = _joined(names, rows[below]), below + 1
        mended["two_rows"] += 1
    mended["title"] = sum(any(row) for row in rows[:at])
    return Head(names, below)


def _row_of_head(rows: Rows) -> int:
    """Return the position of the head's first row: titles, which fill less than half of what most rows do, may stand above.

    Raises NoHead.
    """
    filled = [sum(1 for cell in row if _said(cell)) for row in rows]
    widths = sorted(cells for cells in filled if cells > 1)
    enough = max(2, -(-widths[(len(widths) - 1) // 2] // 2)) if widths else 2
    wide = next((at for at, cells in enumerate(filled) if cells >= enough), None)
    found = wide if wide is not None else next((at for at, cells in enumerate(filled) if cells), None)
    if found is None:
        raise NoHead
    return found


def _goes_on(first: Sequence[str | None], second: Sequence[str | None]) -> bool:
    """Say whether a second row names what the first leaves open: cells that were merged down and across leave such gaps."""
    above, below = ([_said(cell) for cell in row] for row in _even(first, second))
    open_ones = [under for over, under in zip(above, below, strict=True) if not over]
    gaps = any(over and not under for over, under in zip(above, below, strict=True))
    return bool(open_ones) and all(open_ones) and gaps and not any(NUMBER.fullmatch(cell or "") for cell in second)


def _joined(first: Sequence[str | None], second: Sequence[str | None]) -> list[str | None]:
    return [under if _said(under) else over for over, under in zip(*_even(first, second), strict=True)]


def _even(*rows: Sequence[str | None]) -> list[list[str | None]]:
    """Return rows of one length, without columns at the end that none of them names."""
    width = max((at for row in rows for at, cell in enumerate(row, 1) if _said(cell)), default=0)
    return [[*row[:width], *[None] * (width - len(row))] for row in rows]


def _said(cell: str | None) -> bool:
    return bool(cell and cell.strip())


def cleaned(heads: Sequence[str | None], mended: Counter[str]) -> tuple[str, ...]:
    """Return names without blanks and invisible characters, each once; a column without one is called by its number.

    Counts `head` for each name that was cleaned and `doubled` for each that was there before.
    Raises TooManyColumns, TooLongHead; NoHead where one is somebody's number, for then it is a row.
    """
    if len(heads) > COLUMNS:
        raise TooManyColumns(limit=COLUMNS)
    names: dict[str, None] = {}
    for at, head in enumerate(heads, 1):
        name = _clean(head or "") or f"#{at}"
        if len(name) > HEAD_CHARACTERS:
            raise TooLongHead(column=at, limit=HEAD_CHARACTERS)
        if covered(name) != name:
            raise NoHead
        mended["head"] += bool(head) and name != head
        mended["doubled"] += name in names
        names[_unlike(name, names)] = None
    return tuple(names)


def _clean(head: str) -> str:
    """Take away what cannot be seen: marks of byte order, control characters, line ends, blanks of any width around."""
    seen = "".join(sign for sign in head if unicodedata.category(sign) not in {"Cc", "Cf"} and sign != "\u3000")
    return seen.strip()


def _unlike(name: str, names: dict[str, None]) -> str:
    number, made = 2, name
    while made in names:
        made, number = f"{name}_{number}", number + 1
    return made
