"""Points of public layers: the same discs, letters and shoulders that the live map draws (`style_points.py`)."""

from dataclasses import dataclass

from geodata.press.sheet import Spot
from layers.declaration import Layer, Mark
from layers.render.marks import mark_of
from layers.render.picture.board import ASCENT, BOLD, Board, circle
from layers.render.style_points import FINE
from layers.tokens import LIGHT, ink

LETTER = 1.3
"""Size of a letter against the radius of its disc."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """How one point looks: colour of its disc, the letter in it, the letter at its shoulder."""

    colour: str
    letter: str = ""
    badge: str = ""


def symbol(layer: Layer, value: str, sign: str = "") -> Symbol:
    """Return how a layer draws a value and a sign in the light theme; a value without a mark is grey."""
    mark = mark_of(layer, layer.value, value, ()) or _only(layer)
    letter = mark.letter if mark else ""
    colour = mark.light if mark else LIGHT.no_data
    badge = "" if letter == FINE else letter
    if layer.signs:
        kind = mark_of(layer, layer.sign, sign, ())
        return Symbol(colour, kind.letter if kind else "", badge)
    return Symbol(colour, layer.icon, badge) if layer.icon else Symbol(colour, letter)


def of_spot(layer: Layer, spot: Spot) -> Symbol:
    """Return how a layer draws one of its features."""
    return symbol(layer, spot.value, spot.sign)


def _only(layer: Layer) -> Mark | None:
    return layer.marks[0] if layer.marks and not layer.value else None


def paint(board: Board, x: float, y: float, radius: float, looks: Symbol) -> None:
    """Draw one symbol about a point."""
    board.path(circle(x, y, radius + radius * 0.22), fill=LIGHT.halo)
    board.path(circle(x, y, radius), fill=looks.colour, edge=LIGHT.mark_edge, width=max(0.8, radius * 0.12))
    size = radius * LETTER
    if looks.letter:
        board.text(x, y + size * 0.36, looks.letter, size, ink(looks.colour), weight=BOLD, align=0.5)
    if looks.badge:
        size *= 0.95
        edge, up = x + radius * 0.95, y - radius * 0.95
        board.text(
            edge, up + size * (ASCENT - 0.5), looks.badge, size, looks.colour, weight=BOLD, align=0.5, halo=LIGHT.halo
        )
