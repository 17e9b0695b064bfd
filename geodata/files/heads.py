"""Which row is the head of a table, and how its names are cleaned."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from geodata.files.limits import COLUMNS, HEAD_CHARACTERS
from geodata.files.refusals import NoHead, TooLongHead, TooManyColumns


def row_of_head(rows: Sequence[Sequence[str | None]]) -> int:
    """Return the position of the head among the first rows: titles, which fill a single cell, may stand above it.

    Raises NoHead.
    """
    filled = [sum(1 for cell in row if cell and cell.strip()) for row in rows]
    wide = next((at for at, cells in enumerate(filled) if cells > 1), None)
    found = wide if wide is not None else next((at for at, cells in enumerate(filled) if cells), None)
    if found is None:
        raise NoHead
    return found


def cleaned(heads: Sequence[str | None], mended: Counter[str]) -> tuple[str, ...]:
    """Return names without blanks and invisible characters, each once; a column without one is called by its number.

    Counts `head` for each name that was cleaned and `doubled` for each that was there before.
    Raises TooManyColumns, TooLongHead.
    """
    if len(heads) > COLUMNS:
        raise TooManyColumns(limit=COLUMNS)
    names: dict[str, None] = {}
    for at, head in enumerate(heads, 1):
        name = _clean(head or "") or f"#{at}"
        if len(name) > HEAD_CHARACTERS:
            raise TooLongHead(column=at, limit=HEAD_CHARACTERS)
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
