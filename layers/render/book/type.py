"""Fonts of the machine: how wide a text is, which font has which character, and the part of a font that a file needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

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
    glyphs: dict[int, str]
    wide: dict[str, float]
    """Of each glyph."""
    keyed: bool
    """Its glyphs are numbered by the Adobe way (CFF with CIDs), and not by their place in the file."""
    box: tuple[int, int, int, int]
    ascent: int
    descent: int

    def advance(self, letter: str) -> float:
        """Return a character's width."""
        return self.wide[self.glyphs[ord(letter)]]

    def part(self, letters: set[str]) -> tuple[bytes, dict[str, int]]:
        """Return as much of the font as these characters need, and the number of each in it."""
        options = subset.Options(
            layout_features=[], hinting=False, notdef_outline=True, desubroutinize=True, recalc_timestamp=False
        )
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "FFTM"]
        maker = subset.Subsetter(options)
        maker.populate(unicodes=[ord(letter) for letter in letters])
        with TTFont(self.file, fontNumber=self.number, lazy=True, recalcTimestamp=False) as fresh:
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


def faces(*, bold: bool) -> Iterator[Face]:
    """Yield the fonts that this machine has of a weight, each read when it is asked. Raises NoChineseFont."""
    if not FACES[bold][0][0].exists():
        raise NoChineseFont(file=FACES[bold][0][0].name)
    yield from (_face(file, number) for file, number in FACES[bold] if file.exists())


@cache
def _face(file: Path, number: int) -> Face:
    with TTFont(file, fontNumber=number, lazy=True) as font:
        head, line = font["head"], font["hhea"]
        unit = 1000 / head.unitsPerEm
        left, bottom, right, top = (round(v * unit) for v in (head.xMin, head.yMin, head.xMax, head.yMax))
        return Face(
            name=str(font["name"].getDebugName(6) or file.stem),
            file=file,
            number=number,
            glyphs=dict(font.getBestCmap() or {}),
            wide={name: wide * unit for name, (wide, _) in font["hmtx"].metrics.items()},
            keyed="CFF " in font and hasattr(font["CFF "].cff[0], "ROS"),
            box=(left, bottom, right, top),
            ascent=round(line.ascent * unit),
            descent=round(line.descent * unit),
        )


@cache
def placed(letter: str, *, bold: bool) -> tuple[Face, float]:
    """Return the font that has a character, and its width in thousandths; for one that none has, the sign for that."""
    for face in faces(bold=bold):
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
