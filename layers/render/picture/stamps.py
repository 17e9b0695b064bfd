"""Marks over a picture: demonstration data, a draft without number, a release that was withdrawn."""

import math

import numpy as np
from matplotlib.path import Path

from geodata.press.sheet import Sheet
from geodata.words import say
from layers.render.picture.board import BOLD, Board, Box, rectangle
from layers.render.picture.fonts import width_em
from layers.render.picture.plan import Plan
from layers.tokens import LIGHT

ANGLE = 24.0
WATER_ALPHA = 0.12
WIDEST = 0.36
"""Share of the map's width that one mark takes: there are always several."""


def both(name: str) -> str:
    """Return a mark in both languages, whatever the picture's own: it speaks to whoever finds the picture."""
    return " ".join(say(f"press_picture.{name}", language) for language in ("zh", "en"))


def texts(sheet: Sheet) -> tuple[str, ...]:
    """Return the marks of a sheet that are printed over its map."""
    return tuple(both(name) for name, on in (("demo", sheet.demo), ("draft", not sheet.number)) if on)


def watermark(board: Board, sheet: Sheet, box: Box, plan: Plan) -> None:
    """Write the marks over the map, slanting, again and again, so that no part cut out of it is without one."""
    found = texts(sheet)
    if not found:
        return
    text = "　".join(found)
    turn, long = math.radians(ANGLE), width_em(text, BOLD)
    size = min(
        plan.type.fine * 2.6, box.width * WIDEST / (long * math.cos(turn)), box.height * 0.6 / (long * math.sin(turn))
    )
    run, rise = long * size * math.cos(turn), long * size * math.sin(turn)
    across = max(1, int(box.width / (run * 1.25)))
    down = max(1, int(box.height / (rise * 1.1 + size * 3)))
    for row in range(down):
        for column in range(across):
            x = box.x + box.width * (column + 0.5) / across - run / 2
            y = box.y + box.height * (row + 0.5) / down + rise / 2
            board.text(x, y, text, size, LIGHT.text, weight=BOLD, alpha=WATER_ALPHA, angle=ANGLE)


def withdrawn(board: Board, sheet: Sheet, box: Box, plan: Plan) -> None:
    """Cross the map of a withdrawn release with a band that says so."""
    if not sheet.withdrawn:
        return
    text = both("withdrawn")
    turn = math.radians(ANGLE)
    size = min(plan.type.title * 1.6, box.width * 0.8 / (width_em(text, BOLD) * math.cos(turn)))
    x, y = box.middle
    along, up = np.array([math.cos(turn), -math.sin(turn)]), np.array([math.sin(turn), math.cos(turn)])
    middle = np.array((x, y))
    long, high = (box.width + box.height) * along, size * 0.95 * up
    corners = [middle - long - high, middle + long - high, middle + long + high, middle - long + high]
    band = Path([*corners, corners[0]], [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY])
    board.path(band, fill=LIGHT.halo, edge=LIGHT.severe, width=size * 0.08, alpha=0.94, clip=rectangle(box))
    start = middle - along * width_em(text, BOLD) * size / 2 + up * size * 0.36
    board.text(float(start[0]), float(start[1]), text, size, LIGHT.severe, weight=BOLD, angle=ANGLE)


def badge(board: Board, sheet: Sheet, right: float, top: float, plan: Plan) -> None:
    """Draw the outlined marks in a row that ends at `right`."""
    size = plan.type.text
    for name, colour in reversed(_marks(sheet)):
        width = width_em(both(name), BOLD) * size + size * 1.1
        box = Box(right - width, top, width, size * 1.75)
        board.box(box, fill=LIGHT.panel, edge=colour, width=size * 0.1)
        board.text(box.x + size * 0.55, top + size * 1.24, both(name), size, colour, weight=BOLD)
        right = box.x - size * 0.6


def badge_on_map(board: Board, sheet: Sheet, box: Box, plan: Plan) -> None:
    """Draw the outlined marks in the upper left corner of the map."""
    gap = plan.type.fine * 0.9
    badge(board, sheet, box.x + gap + badge_width(sheet, plan) - plan.type.text * 0.6, box.y + gap, plan)


def badge_width(sheet: Sheet, plan: Plan) -> float:
    """Return the width that the outlined marks take, with a gap after the last."""
    return sum((width_em(both(name), BOLD) + 1.7) * plan.type.text for name, _ in _marks(sheet))


def _marks(sheet: Sheet) -> list[tuple[str, str]]:
    """Return the marks that a sheet bears, each with its colour."""
    every = (
        ("demo", LIGHT.quiet, sheet.demo),
        ("draft", LIGHT.warning, not sheet.number),
        ("withdrawn", LIGHT.severe, sheet.withdrawn),
    )
    return [(name, colour) for name, colour, on in every if on]
