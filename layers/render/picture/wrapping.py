"""Lines of type: where Chinese and other text may be broken, and at which size a text fits its room."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from layers.render.picture.fonts import REGULAR, width_em

LEADING = 1.32
"""Distance of baselines against the size."""
SHRINK = 0.94
"""Each step by which a text becomes smaller until it fits."""
NOT_FIRST = frozenset("，。、；：？！）】》」』〉〕％‰℃…—～·,.;:?!)]}%”’·-")
"""Never begins a line (避头)."""
NOT_LAST = frozenset("（【《「『〈〔“‘([{￥$#")
"""Never ends one (避尾)."""
_WIDE = re.compile(
    r"[\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe6f\uff00-\uffef\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Lines:
    """A text as it is set: its lines, size in pixels and weight; `whole` unless something had to be left out."""

    lines: tuple[str, ...]
    size: float
    weight: int = REGULAR
    whole: bool = True

    @property
    def height(self) -> float:
        """Return the height in pixels, from the top of the first line to the bottom of the last."""
        return len(self.lines) * self.size * LEADING

    @property
    def width(self) -> float:
        """Return the width of the longest line in pixels."""
        return max((width_em(line, self.weight) for line in self.lines), default=0.0) * self.size


@lru_cache(maxsize=4_096)
def pieces(text: str) -> tuple[str, ...]:
    """Return the parts between which a line may end: words with their space, and single Chinese characters.

    Marks stay with what they mark, and punctuation with what it belongs to.
    """
    found: list[str] = []
    for character in text:
        if found and not _may_break(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return tuple(found)


def _may_break(before: str, after: str) -> bool:
    last = before[-1]
    if unicodedata.combining(after) or after == "\u200d" or last == "\u200d" or after in NOT_FIRST or after == " ":
        return False
    if last in NOT_LAST:
        return False
    return last == " " or bool(_WIDE.match(after) or _WIDE.match(last))


def wrapped(text: str, room_em: float, weight: int = REGULAR) -> tuple[str, ...]:
    """Return the lines of a text that are no wider than `room_em` sizes; a word that is longer is broken."""
    lines: list[str] = []
    line = ""
    for piece in _short_enough(pieces(text), room_em, weight):
        if line and width_em((line + piece).rstrip(), weight) > room_em:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return (*lines, line.rstrip()) if line.strip() else tuple(lines)


def _short_enough(parts: Sequence[str], room_em: float, weight: int) -> Iterator[str]:
    for part in parts:
        rest = part
        while len(rest) > 1 and width_em(rest.rstrip(), weight) > room_em:
            fits = next((n for n in range(len(rest) - 1, 1, -1) if width_em(rest[:n], weight) <= room_em), 1)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest


def fitted(
    text: str,
    width: float,
    height: float,
    *,
    largest: float,
    smallest: float,
    weight: int = REGULAR,
    most_lines: int = 2,
) -> Lines:
    """Return a text at the largest size at which it fits `width` × `height` pixels.

    Few lines are tried first; what fits at no size of them may take as many lines as the height has room for. Only where
    it does not fit at the smallest size either is its end left out.
    """
    if not text:
        return Lines((), largest, weight)
    size = largest
    while size > smallest:
        lines = wrapped(text, width / size, weight)
        room = int(height / (size * LEADING))
        comfortable = most_lines if size > largest * 0.6 else room
        if len(lines) <= min(room, comfortable):
            return Lines(balanced(lines, text, width / size, weight), size, weight)
        size *= SHRINK
    lines = wrapped(text, width / smallest, weight)
    return cut(Lines(lines, smallest, weight), width, height)


def balanced(lines: Sequence[str], text: str, room_em: float, weight: int) -> tuple[str, ...]:
    """Return the same number of lines as even as possible, lest one character stands alone on the last."""
    count, best = len(lines), tuple(lines)
    if count < 2:
        return best
    low, high = room_em / 2, room_em
    for _ in range(7):
        middle = (low + high) / 2
        tried = wrapped(text, middle, weight)
        if len(tried) <= count:
            best, high = tried, middle
        else:
            low = middle
    return best


def cut(found: Lines, width: float, height: float) -> Lines:
    """Return as many lines as there is room for; the last says by … that something is left out."""
    room = max(1, int(height / (found.size * LEADING)))
    if len(found.lines) <= room:
        return found
    last = found.lines[room - 1]
    while last and width_em(last + ELLIPSIS, found.weight) * found.size > width:
        last = last[:-1]
    return Lines((*found.lines[: room - 1], last + ELLIPSIS), found.size, found.weight, whole=False)
