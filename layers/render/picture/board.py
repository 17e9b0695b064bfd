"""The surface that pictures are drawn on: a figure of matplotlib without axes, in pixels from the upper left corner."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D
from shapely.geometry.base import BaseGeometry

from layers.render.picture.fonts import BOLD, REGULAR, properties, width_em

SCREEN_DPI, PAPER_DPI = 96, 300
ASCENT = 0.88
"""Height of a Chinese character above its baseline, against the size."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; `y` grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Return the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Return the lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Return the middle point."""
        return self.x + self.width / 2, self.y + self.height / 2

    def inset(self, by: float) -> "Box":
        """Return the box less a margin on all sides."""
        return Box(self.x + by, self.y + by, max(1.0, self.width - 2 * by), max(1.0, self.height - 2 * by))

    def overlaps(self, other: "Box") -> bool:
        """Say whether two boxes share more than an edge."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def holds(self, other: "Box") -> bool:
        """Say whether the other lies wholly inside."""
        inside = self.x <= other.x and other.right <= self.right
        return inside and self.y <= other.y and other.bottom <= self.bottom


class Board:
    """One picture being drawn. Sizes, widths and places are pixels of the finished picture."""

    def __init__(self, width: int, height: int, dpi: int) -> None:
        """Begin an empty white picture."""
        self.width, self.height, self.dpi = width, height, dpi
        self.figure = Figure(figsize=(width / dpi, height / dpi), dpi=dpi, facecolor="white")
        self._pixels = Affine2D().scale(1 / dpi, -1 / dpi).translate(0, height / dpi) + self.figure.dpi_scale_trans
        self._layer = 0

    def points(self, pixels: float) -> float:
        """Return a length in points of 1/72 inch."""
        return pixels * 72 / self.dpi

    def path(
        self,
        path: Path,
        *,
        fill: str | None = None,
        edge: str | None = None,
        width: float = 0.0,
        alpha: float | None = None,
        clip: Path | None = None,
        dashes: Sequence[float] = (),
    ) -> None:
        """Draw one path of pixel coordinates, clipped to another."""
        patch = PathPatch(
            path,
            facecolor=fill or "none",
            edgecolor=edge if edge and width else "none",
            linewidth=self.points(width),
            alpha=alpha,
            joinstyle="round",
            capstyle="round",
            transform=self._pixels,
        )
        if dashes:
            patch.set_linestyle((0, [dash / width for dash in dashes]))
        if clip is not None:
            patch.set_clip_path(clip, self._pixels)
        self._add(patch)

    def box(self, box: Box, *, fill: str | None = None, edge: str | None = None, width: float = 0.0) -> None:
        """Draw a rectangle."""
        self.path(rectangle(box), fill=fill, edge=edge, width=width)

    def line(self, points: Sequence[tuple[float, float]], colour: str, width: float) -> None:
        """Draw a line through points."""
        self.path(Path(np.asarray(points, dtype=float)), edge=colour, width=width)

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        size: float,
        colour: str,
        *,
        weight: int = REGULAR,
        align: float = 0.0,
        halo: str | None = None,
        halo_width: float = 0.0,
        alpha: float | None = None,
        angle: float = 0.0,
    ) -> None:
        """Write one line: `align` 0 begins at x, 0.5 is centred, 1 ends there. `angle` in degrees, about that point."""
        if not text:
            return
        left = x - align * width_em(text, weight) * size
        if halo:
            self._halo(left, baseline, text, size, weight, halo, halo_width or size * 0.22)
        artist = Text(
            left,
            baseline,
            text,
            color=colour,
            alpha=alpha,
            fontproperties=_sized(weight, self.points(size)),
            horizontalalignment="left",
            verticalalignment="baseline",
            rotation=angle,
            rotation_mode="anchor",
            parse_math=False,
            transform=self._pixels,
        )
        self._add(artist)

    def _halo(self, x: float, y: float, text: str, size: float, weight: int, colour: str, width: float) -> None:
        outline = _outline(text, weight)
        vertices = np.asarray(outline.vertices, dtype=float) * (size / 100, -size / 100) + (x, y)
        self.path(Path(vertices, outline.codes), edge=colour, width=width, alpha=0.9)

    def _add(self, artist: Artist) -> None:
        self._layer += 1
        artist.set_zorder(self._layer)
        self.figure.add_artist(artist, clip=False)


def _sized(weight: int, points: float) -> FontProperties:
    found = properties(weight).copy()
    found.set_size(points)
    return found


_OUTLINES: dict[tuple[str, int], Path] = {}


def _outline(text: str, weight: int) -> Path:
    """Return the outline of a text at size 100."""
    key = text, weight
    if key not in _OUTLINES:
        if len(_OUTLINES) > 8_192:
            _OUTLINES.clear()
        _OUTLINES[key] = TextPath((0, 0), text, size=100, prop=properties(weight), usetex=False)
    return _OUTLINES[key]


def rectangle(box: Box) -> Path:
    """Return a box as a path."""
    return Path(
        [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom), (box.x, box.y)],
        [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY],
    )


def circle(x: float, y: float, radius: float) -> Path:
    """Return a circle as a path."""
    unit = Path.unit_circle()
    return Path(np.asarray(unit.vertices, dtype=float) * radius + (x, y), unit.codes)


def path_of(geometries: Sequence[BaseGeometry]) -> Path | None:
    """Return polygons in pixels as one path, holes included; none where there is nothing to draw."""
    parts = shapely.get_parts(shapely.get_parts(np.asarray(geometries, dtype=object)))
    parts = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)] if len(parts) else parts
    if not len(parts):
        return None
    rings = shapely.get_rings(shapely.orient_polygons(parts))
    vertices, owner = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(vertices), Path.LINETO, dtype=Path.code_type)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    codes[starts] = Path.MOVETO
    codes[np.append(starts[1:], len(codes)) - 1] = Path.CLOSEPOLY
    return Path(vertices, codes)


__all__ = ["BOLD", "REGULAR", "Board", "Box", "circle", "path_of", "rectangle"]
