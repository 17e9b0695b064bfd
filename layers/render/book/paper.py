"""One A4 sheet in millimetres from its upper left corner: text, boxes, lines, hatches, all of it vectors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from shapely.geometry import MultiLineString, box
from shapely.geometry.base import BaseGeometry

from layers.render.book.pdf import POINTS
from layers.render.book.type import Face, fitted, runs, width

WIDTH, HEIGHT = 210, 297
INK, QUIET, HAIR, EDGE, ALARM = "#15202B", "#4A5866", "#B7C0CA", "#15202B", "#B3261E"
PALE = "#C9D1DA"
"""Of hatches on a state's colour."""
GLYPH_MIDDLE = 0.36
"""How far above the baseline letters and characters have their middle, of the size."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in millimetres."""
Operator = tuple[str, Face, str] | str


@dataclass
class Paper:
    """One sheet. Everything lies on the height `z` that it is given, and otherwise in the order in which it came."""

    _laid: list[tuple[float, Operator]] = field(default_factory=list)

    def operators(self) -> list[Operator]:
        """Return what is on the sheet, from the ground up."""
        return [operator for _, operator in sorted(self._laid, key=lambda laid: laid[0])]

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 8,
        *,
        colour: str = INK,
        bold: bool = False,
        align: Literal["left", "center", "right"] = "left",
        most: float | None = None,
        middle: bool = False,
        z: float = 10,
        halo: float = 0,
    ) -> None:
        """Write a line of `size` points at its baseline, or at its middle; `most` is the width that it may take."""
        high = size / POINTS
        said = words if most is None else fitted(words, high, most, bold=bold)
        long = width(said, high, bold=bold)
        x -= {"left": 0, "center": long / 2, "right": long}[align]
        y += GLYPH_MIDDLE * high if middle else 0
        if halo and said:
            self.box(
                (x - halo, y - high - halo, x + long + halo, y + 0.25 * high + halo),
                fill="#FFFFFF",
                edge=None,
                z=z - 0.1,
            )
        for face, piece in runs(said, bold=bold):
            before = f"{_rgb(colour)} rg BT /{{font}} {high:.3f} Tf 1 0 0 -1 {x:.3f} {y:.3f} Tm"
            self._laid.append((z, (before, face, piece)))
            x += width(piece, high, bold=bold)

    def box(
        self, at: Box, *, fill: str | None = None, edge: str | None = INK, wide: float = 0.15, z: float = 2
    ) -> None:
        """Draw a box, `wide` its edge in millimetres."""
        left, top, right, bottom = at
        self._path(f"{left:.3f} {top:.3f} {right - left:.3f} {bottom - top:.3f} re", fill, edge, wide, z)

    def line(
        self,
        points: Sequence[Any],
        *,
        colour: str = INK,
        wide: float = 0.15,
        dash: tuple[float, ...] = (),
        z: float = 3,
    ) -> None:
        """Draw a line through points; `dash` in millimetres."""
        self._path(_trace(points), None, colour, wide, z, dash)

    def shape(
        self, shown: BaseGeometry, *, fill: str | None = None, edge: str | None = INK, wide: float = 0.15, z: float = 2
    ) -> None:
        """Draw a polygon or several, holes left open; lines are drawn as their edge."""
        for part in getattr(shown, "geoms", [shown]):
            if part.is_empty:
                continue
            if part.geom_type == "Polygon":
                traced = " ".join(f"{_trace(ring.coords[:-1])} h" for ring in (part.exterior, *part.interiors))
                self._path(traced, fill, edge, wide, z)
            elif part.geom_type in ("LineString", "LinearRing") and edge:
                self.line(list(part.coords), colour=edge, wide=wide, z=z)

    def hatch(
        self, shown: BaseGeometry, kind: str, *, step: float = 1.1, colour: str = "#FFFFFF", z: float = 4
    ) -> None:
        """Draw a pattern (`diagonal`, `cross`, `dots`) into a shape, as lines that any printer keeps."""
        left, top, right, bottom = shown.bounds
        high = bottom - top
        count = int((right - left + high) / step) + 1
        down = [((left + n * step - high, top), (left + n * step, bottom)) for n in range(1, count)]
        up = [((left + n * step - high, bottom), (left + n * step, top)) for n in range(1, count)]
        rays = down + up if kind == "cross" else up
        inside = MultiLineString(rays).intersection(shown) if rays else None
        for part in getattr(inside, "geoms", [] if inside is None else [inside]):
            if part.geom_type == "LineString" and part.length > 0.1:
                dash = (0.25, 0.5) if kind == "dots" else ()
                self.line(list(part.coords), colour=colour, wide=0.22, dash=dash, z=z)

    def badge(self, at: Box, sign: Sequence[Any], *, size: float, wide: float = 0.15, z: float = 2) -> None:
        """Draw a state as it is everywhere: colour, hatch, letter. `sign` is [letter, words, colour, ink, hatch]."""
        colour, hatch = sign[2], sign[4]
        left, top, right, bottom = at
        self.box(at, fill=colour, edge=None, z=z)
        self.box(at, edge=EDGE, wide=wide, z=z + 0.4)
        if hatch:
            self.hatch(box(*at), hatch, colour=PALE, z=z + 0.2)
        self.letter((left + right) / 2, (top + bottom) / 2, sign, size, z=z + 0.3)

    def letter(self, x: float, y: float, sign: Sequence[Any], size: float, *, z: float) -> None:
        """Write a state's letter around a point, on a piece of its own colour where it lies on a hatch."""
        letter, _, colour, ink, hatch = sign[:5]
        if hatch and letter:
            half = size / POINTS * 0.5
            self.box((x - half * 0.72, y - half, x + half * 0.72, y + half), fill=colour, edge=None, z=z)
        self.text(x, y, letter, size, colour=ink, bold=True, align="center", middle=True, z=z + 0.2)

    def _path(
        self, traced: str, fill: str | None, edge: str | None, wide: float, z: float, dash: tuple[float, ...] = ()
    ) -> None:
        """Lay a path down with its whole look, so that nothing depends on what came before it."""
        paint = "B*" if fill and edge else "f*" if fill else "S" if edge else "n"
        look = [f"{_rgb(fill)} rg"] if fill else []
        if edge:
            look.append(f"{_rgb(edge)} RG {wide:.2f} w [{' '.join(f'{part:.2f}' for part in dash)}] 0 d")
        self._laid.append((z, f"{' '.join(look)} {traced} {paint}"))


def _trace(points: Sequence[Any]) -> str:
    (x, y), *rest = points
    return f"{x:.3f} {y:.3f} m " + " ".join(f"{x:.3f} {y:.3f} l" for x, y in rest)


def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5))
