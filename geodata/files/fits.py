"""Whether a line of a text that is no UTF-8 as a whole is UTF-8 all the same: two departments' rows pasted into one file."""

from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

BLOCK = 4 * 1024**2
TWO_SIGNS = 6
"""Two Chinese characters in a row in UTF-8: by chance rare in GB18030, and then looked at more closely."""


def utf8_line(path: Path) -> int:
    """Return the number of the first line that is rather UTF-8 than GB18030, 0 where there is none."""
    line = 1
    with path.open("rb") as file:
        while block := file.read(BLOCK) + file.readline():
            for at in _two_signs(block):
                start, stop = block.rfind(b"\n", 0, at) + 1, block.find(b"\n", at)
                if _rather_utf8(block[start : stop if stop >= 0 else None]):
                    return line + block.count(b"\n", 0, start)
            line += block.count(b"\n")
    return 0


def is_utf8_line(path: Path, number: int) -> bool:
    """Say whether one line is UTF-8 and more than ASCII."""
    with path.open("rb") as file:
        line = next(islice(file, number - 1, None), b"")
    return not line.isascii() and _decoded(line, "utf-8") is not None


def _two_signs(block: bytes) -> list[int]:
    """Return where two Chinese characters of UTF-8 follow each other: bytes E4–E9, 80–BF, 80–BF, and again."""
    signs: Any = np.frombuffer(block, np.uint8)
    if len(signs) < TWO_SIGNS:
        return []
    lead, next_ones = (signs - np.uint8(0xE4)) < 6, (signs & 0xC0) == 0x80
    one = lead[:-2] & next_ones[1:-1] & next_ones[2:]
    return [int(at) for at in np.flatnonzero(one[:-3] & one[3:])]


def _rather_utf8(line: bytes) -> bool:
    clear, other = _decoded(line, "utf-8"), _decoded(line, "gb18030")
    return clear is not None and (other is None or _usual(clear) > _usual(other))


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _usual(line: str) -> float:
    """Return which part of the characters beyond ASCII is among the 6,763 usual ones."""
    signs = [sign for sign in line if not sign.isascii()]
    return sum(bool(sign.encode("gb2312", "ignore")) for sign in signs) / max(1, len(signs))
