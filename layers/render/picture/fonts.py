"""Fonts of pictures: one chain from common to rare characters, what none of them draws, how wide a text is."""

import logging
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from matplotlib.font_manager import FontProperties, findSystemFonts, fontManager, get_font
from matplotlib.ft2font import FT2Font, LoadFlags

from geodata.errors import FontsMissing

CHAIN = ("Noto Sans CJK SC", "DejaVu Sans", "HanaMinA", "HanaMinB")
"""Families in the order in which each character is looked up."""
FILES = {
    "Noto Sans CJK SC": ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
    "HanaMinA": ("HanaMinA.ttf",),
    "HanaMinB": ("HanaMinB.ttf",),
}
REGULAR, BOLD = 400, 700
GETA = "〓"
"""Stands for a character that cannot be printed, as printers have done since lead type."""
EM = 1000
"""Size at which texts are measured, in pixels."""
JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
"""Invisible, and needed inside Persian words and emoji."""
REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that are instructions, not text: controls, changes of direction, private use."""

# A font with one weight stands for both; matplotlib would say so with every picture.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


@cache
def chain() -> tuple[str, ...]:
    """Return the chain's families, once each is known to matplotlib. Raises FontsMissing without the first of them."""
    known = {entry.name for entry in fontManager.ttflist}
    lacking = [name for name in CHAIN if name not in known]
    if lacking:
        files = {Path(path).name: path for path in findSystemFonts()}
        for name in lacking:
            for file in FILES.get(name, ()):
                if file in files:
                    fontManager.addfont(files[file])
    known = {entry.name for entry in fontManager.ttflist}
    if CHAIN[0] not in known:
        raise FontsMissing(font=CHAIN[0])
    return tuple(name for name in CHAIN if name in known)


@cache
def properties(weight: int = REGULAR) -> FontProperties:
    """Return the chain as matplotlib takes it, in one weight."""
    return FontProperties(family=list(chain()), weight=weight)


@cache
def faces(weight: int = REGULAR) -> tuple[FT2Font, ...]:
    """Return each font of the chain alone."""
    return tuple(get_font(path) for path in fontManager._find_fonts_by_props(properties(weight)))  # noqa: SLF001 - as matplotlib's own text does


@cache
def _drawn(weight: int) -> tuple[frozenset[int], ...]:
    return tuple(frozenset(face.get_charmap()) for face in faces(weight))


@lru_cache(maxsize=65_536)
def place_of(character: str, weight: int = REGULAR) -> int | None:
    """Return which font of the chain draws a character, none where none does."""
    code = ord(character)
    return next((place for place, codes in enumerate(_drawn(weight)) if code in codes), None)


def missing(text: str) -> str:
    """Return the characters of a text that cannot be printed, each once, in their order; empty where all can."""
    return "".join(dict.fromkeys(character for character in text if not _printable(character)))


@lru_cache(maxsize=65_536)
def _printable(character: str) -> bool:
    if character in JOINERS:
        return True
    if unicodedata.category(character) in REFUSED:
        return False
    return all(place_of(character, weight) is not None for weight in (REGULAR, BOLD))


def named(characters: str) -> str:
    """Return characters for a sentence: those that can be seen as they are, each with its number."""
    return "  ".join(
        f"{c} U+{ord(c):04X}" if c.isprintable() and not c.isspace() else f"U+{ord(c):04X}" for c in characters
    )


def mended(text: str) -> str:
    """Return a name out of the data with 〓 for whatever cannot be printed."""
    return "".join(character if _printable(character) else GETA for character in folded(text))


def folded(text: str) -> str:
    """Return a text on one line: line breaks and tabs are spaces, and emoji selectors, which say nothing here, are gone."""
    return " ".join(text.replace("\ufe0e", "").replace("\ufe0f", "").split())


@lru_cache(maxsize=32_768)
def width_em(text: str, weight: int = REGULAR) -> float:
    """Return how wide a text runs, against its size."""
    if not text:
        return 0.0
    font = get_font(fontManager._find_fonts_by_props(properties(weight)))  # noqa: SLF001 - as matplotlib's own text does
    # The font is shared with the drawing, which sets it to its own sizes.
    font.set_size(EM, 72)
    font.set_text(text, 0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64 / EM
