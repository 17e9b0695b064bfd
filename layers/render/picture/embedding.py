"""Fonts inside an SVG: of each font of the chain just the characters that are drawn, so that it opens alike anywhere."""

import base64
import io
import re
from functools import lru_cache
from html import unescape

from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib.font_manager import fontManager

from layers.render.picture.fonts import BOLD, REGULAR, chain, faces, place_of, properties

_TEXT = re.compile(r'<text style="([^"]*)"[^>]*>([^<]*)</text>')
_OUTSIDE = re.compile(r"<!DOCTYPE[^>]*>\s*")
_DEFS = "<defs>"
UNSHAPED = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG")
"""Tables that Chinese set in rows does not need; a script that joins its letters keeps them."""


def with_fonts(svg: str) -> str:
    """Return an SVG of matplotlib's whose `<text>` brings its own fonts; nothing in it refers to anything outside."""
    svg = _OUTSIDE.sub("", svg)
    used: dict[tuple[str, int], set[str]] = {}
    for style, text in _TEXT.findall(svg):
        weight = BOLD if "font-weight: 700" in style else REGULAR
        for character in unescape(text):
            place = place_of(character, weight)
            if place is not None:
                used.setdefault((chain()[place], weight), set()).add(character)
    rules = "".join(
        f"@font-face{{font-family:'{family}';font-weight:{weight};"
        f"src:url(data:font/woff2;base64,{_packed(family, weight, ''.join(sorted(characters)))}) format('woff2')}}"
        for (family, weight), characters in sorted(used.items())
    )
    return svg.replace(
        _DEFS, f'<defs><style type="text/css">{rules} text{{white-space:pre}}</style></defs>\n <defs>', 1
    )


@lru_cache(maxsize=64)
def _packed(family: str, weight: int, characters: str) -> str:
    """Return the part of one font that draws some characters, as WOFF2 in base64."""
    path = fontManager._find_fonts_by_props(properties(weight))[chain().index(family)]  # noqa: SLF001 - as `faces` does
    shaped = family == "DejaVu Sans"
    options = subset.Options(
        layout_features=["*"] if shaped else [],
        hinting=False,
        desubroutinize=True,
        recalc_timestamp=False,
        notdef_outline=True,
    )
    if not shaped:
        options.drop_tables += UNSHAPED
    font = TTFont(path.path, fontNumber=path.face_index, lazy=True, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    font.flavor = "woff2"
    file = io.BytesIO()
    font.save(file)
    font.close()
    return base64.b64encode(file.getvalue()).decode()


__all__ = ["faces", "with_fonts"]
