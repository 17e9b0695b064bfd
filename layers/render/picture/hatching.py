"""Hatches that say 'not known' and 'withheld': drawn as lines, alike in every format, dense enough for small areas."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.path import Path
from shapely.geometry.base import BaseGeometry

from layers.render.picture.board import Board, path_of
from layers.tokens import LIGHT

DIAGONAL, CROSS = "diagonal", "cross"
NO_DATA, SUPPRESSED = DIAGONAL, CROSS
GROUND = "#FFFFFF"
"""White, which no class is: hatched areas are light, but never a light shade."""
INK = {DIAGONAL: LIGHT.borders[2], CROSS: LIGHT.no_data}


def hatched(board: Board, polygons: Sequence[BaseGeometry], hatch: str, step: float) -> None:
    """Fill polygons (in pixels) with a hatch whose lines are `step` pixels apart."""
    area = path_of(polygons)
    if area is None:
        return
    board.path(area, fill=GROUND)
    lines = ruled(area, step, cross=hatch == CROSS)
    board.path(lines, edge=INK[hatch], width=step * (0.16 if hatch == DIAGONAL else 0.13), clip=area)


def ruled(area: Path, step: float, *, cross: bool) -> Path:
    """Return slanting lines over the bounds of a path, both ways where `cross`; they run on from area to area."""
    corners = np.asarray(area.vertices, dtype=float)
    west, top = corners.min(axis=0)
    east, bottom = corners.max(axis=0)
    apart = step * math.sqrt(2)
    vertices: list[tuple[float, float]] = []
    for across in np.arange(math.floor((west + top) / apart) * apart, east + bottom, apart):
        low, high = max(west, across - bottom), min(east, across - top)
        if low < high:
            vertices += [(low, across - low), (high, across - high)]
    if cross:
        for along in np.arange(math.floor((west - bottom) / apart) * apart, east - top, apart):
            low, high = max(west, along + top), min(east, along + bottom)
            if low < high:
                vertices += [(low, low - along), (high, high - along)]
    if not vertices:
        vertices = [(west, top), (east, bottom)]
    return Path(np.array(vertices), np.array([Path.MOVETO, Path.LINETO] * (len(vertices) // 2), dtype=Path.code_type))
