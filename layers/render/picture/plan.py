"""The plan of a picture: sizes of type for its format, and which region lies where in which proportions."""

from dataclasses import dataclass, replace
from typing import Literal

from geodata.press.order import PAGES_MM, size_of
from layers.render.picture.board import PAPER_DPI, SCREEN_DPI

Shape = Literal["cover", "landscape", "square", "portrait"]
SMALLEST_TYPE, TINY_TYPE = 11.0, 8.0
"""Pixels; Chinese characters cannot be read below the first with ease, below the second at all."""
TINY = 600
"""A picture with a side shorter than this has room for tiny type only."""


@dataclass(frozen=True, slots=True)
class Type:
    """Sizes of type in pixels: one hierarchy, everything a step of the fine print."""

    fine: float

    @property
    def label(self) -> float:
        """Return the size of names on the map."""
        return self.fine * 1.25

    @property
    def text(self) -> float:
        """Return the size of the legend."""
        return self.fine * 1.2

    @property
    def head(self) -> float:
        """Return the size of the legend's heading and of the subtitle."""
        return self.fine * 1.45

    @property
    def title(self) -> float:
        """Return the size of a short title."""
        return self.fine * 2.9


@dataclass(frozen=True, slots=True)
class Plan:
    """Proportions of one format, in pixels."""

    width: int
    height: int
    dpi: int
    shape: Shape
    type: Type
    margin: float
    gap: float

    def smaller(self, step: float) -> "Plan":
        """Return the same format in smaller type."""
        return replace(self, type=Type(self.type.fine * step), gap=self.gap * step)


def plan(size: str) -> Plan:
    """Return the plan of an order's size."""
    width, height = size_of(size)
    paper = size in PAGES_MM
    shape = _shape(width / height)
    fine = _paper_fine(size) if paper else _screen_fine(width, height, shape)
    margin = (0.05 if paper else 0.036 if shape != "cover" else 0.045) * min(width, height)
    if shape == "portrait" and not paper:
        margin = 0.05 * width
    return Plan(width, height, PAPER_DPI if paper else SCREEN_DPI, shape, Type(fine), margin, fine * 1.6)


def _shape(ratio: float) -> Shape:
    if ratio >= 2:
        return "cover"
    if ratio > 1.2:
        return "landscape"
    return "square" if ratio > 0.82 else "portrait"


def _paper_fine(size: str) -> float:
    """Return the fine print of paper: seven points on A4, eight and a half on A3, which hangs on a wall."""
    return (8.5 if size.startswith("a3") else 7.0) / 72 * PAPER_DPI


def _screen_fine(width: int, height: int, shape: Shape) -> float:
    """Return the fine print of a screen; a telephone shows a picture a third as large as a desk does."""
    parts = {
        "cover": min(height / 33, width / 76),
        "landscape": min(height / 64, width / 100),
        "square": min(width, height) / 56,
    }
    least = TINY_TYPE if shape != "cover" and min(width, height) < TINY else SMALLEST_TYPE
    return max(least, parts.get(shape, width / 48))
