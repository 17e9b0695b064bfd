"""Fonts of the machine: how wide a text is, which font has which character, and the part of a font that a file needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from fontTools import subset
from fontTools.ttLib import TTFont

from geodata.errors import WanggeError

NOTO = Path("/usr/share/fonts/opentype/noto")
RARE = Path("/usr/share/fonts/truetype/hanazono")
SIMPLIFIED = 2
"""Which font of Noto's collection is drawn as on the mainland."""
OWN = Path(mpl.get_data_path()) / "fonts" / "ttf"
FACES: dict[bool, tuple[tuple[Path, int], ...]] = {
    bold: (
        (NOTO / f"NotoSansCJK-{'Bold' if bold else 'Regular'}.ttc", SIMPLIFIED),
        (RARE / "HanaMinA.ttf", -1),
        (RARE / "HanaMinB.ttf", -1),
        (OWN / f"DejaVuSans{'-Bold' if bold else ''}.ttf", -1),
    )
    for bold in (False, True)
}
"""Of each weight the fonts that are asked in turn for a character: the Chinese one, those with rare ones, then any."""


class NoChineseFont(WanggeError):
    """The machine has no Chinese font, so that every sheet would be full of boxes."""

    key = "book.no_font"


@dataclass(frozen=True, eq=False)
class Face:
    """One font: characters to glyphs, and their widths in thousandths of the size."""

    name: str
    file: Path
    number: int
    font: TTFont
    glyphs: dict[int, str]
    keyed: bool
    """Its glyphs are numbered by the Adobe way (CFF with CIDs), and not by their place in the file."""

    def advance(self, letter: str) -> float:
        """Return a character's width."""
        wide, _ = self.font["hmtx"][self.glyphs[ord(letter)]]
        return float(wide) * 1000 / float(self.font["head"].unitsPerEm)

    def part(self, letters: set[str]) -> tuple[bytes, dict[str, int]]:
        """Return as much of the font as these characters need, and the number of each in it."""
        options = subset.Options(
            layout_features=[], hinting=False, notdef_outline=True, desubroutinize=True, recalc_timestamp=False
        )
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
        fresh = TTFont(self.file, fontNumber=self.number, lazy=True, recalcTimestamp=False)
        maker = subset.Subsetter(options)
        maker.populate(unicodes=[ord(letter) for letter in letters])
        maker.subset(fresh)
        cmap = fresh.getBestCmap() or {}
        if self.keyed:
            # A CID is part of a glyph's name there, and stays what it was.
            numbers = {letter: int(cmap[ord(letter)].removeprefix("cid")) for letter in letters}
            return fresh.getTableData("CFF "), numbers
        numbers = {letter: fresh.getGlyphID(cmap[ord(letter)]) for letter in letters}
        out = BytesIO()
        fresh.save(out, reorderTables=False)
        return out.getvalue(), numbers


@cache
def faces(*, bold: bool) -> tuple[Face, ...]:
    """Return the fonts that this machine has of a weight, in the order in which they are asked. Raises NoChineseFont."""
    found = [_face(file, number) for file, number in FACES[bold] if file.exists()]
    if not found or found[0].number != SIMPLIFIED:
        raise NoChineseFont(file=FACES[bold][0][0].name)
    return tuple(found)


@cache
def _face(file: Path, number: int) -> Face:
    font = TTFont(file, fontNumber=number, lazy=True)
    glyphs: dict[int, str] = font.getBestCmap() or {}
    name = str(font["name"].getDebugName(6) or file.stem)
    keyed = "CFF " in font and hasattr(font["CFF "].cff[0], "ROS")
    return Face(name, file, number, font, glyphs, keyed)


@cache
def placed(letter: str, *, bold: bool) -> tuple[Face, float]:
    """Return the font that has a character, and its width in thousandths; for one that none has, the sign for that."""
    known = faces(bold=bold)
    for face in known:
        if ord(letter) in face.glyphs:
            return face, face.advance(letter)
    return placed("〓", bold=bold)


def _spaced(text: str) -> str:
    """Return a text on one line, every kind of space and every control character a plain space."""
    return "".join(" " if letter.isspace() or not letter.isprintable() else letter for letter in text)


def runs(text: str, *, bold: bool) -> Iterator[tuple[Face, str]]:
    """Yield a text in pieces of one font each; what no font has becomes the geta mark 〓, as printers do."""
    piece, own = "", None
    for letter in _spaced(text):
        face, _ = placed(letter, bold=bold)
        shown = letter if ord(letter) in face.glyphs else "〓"
        if own is not None and face is not own:
            yield own, piece
            piece = ""
        piece, own = piece + shown, face
    if own is not None:
        yield own, piece


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is, in the unit of its size."""
    return sum(placed(letter, bold=bold)[1] for letter in _spaced(text)) * size / 1000


def fitted(text: str, size: float, most: float, *, bold: bool = False) -> str:
    """Return a text cut with an ellipsis so that it is not wider than `most`."""
    if width(text, size, bold=bold) <= most:
        return text
    while text and width(text + "…", size, bold=bold) > most:
        text = text[:-1]
    return text + "…"


def metrics(face: Face) -> dict[str, Any]:
    """Return what a PDF says about a font, in thousandths."""
    unit = 1000 / face.font["head"].unitsPerEm
    head, line = face.font["head"], face.font["hhea"]
    return {
        "box": [round(value * unit) for value in (head.xMin, head.yMin, head.xMax, head.yMax)],
        "ascent": round(line.ascent * unit),
        "descent": round(line.descent * unit),
    }
