"""Lines on the map: in their mark's colour, fading with age where the layer tells it."""

from typing import Any

from layers.declaration import Layer
from layers.render.style_parts import (
    Json,
    Look,
    by_zoom,
    chosen_width,
    hatch_name,
    label_layout,
    label_paint,
    on,
    touched,
)

AGE = "age_hours"
"""A line layer whose tiles carry this column fades over a day."""
SURFACE = ["==", ["geometry-type"], "Polygon"]
HATCH_OPACITY = 0.5
LETTERS_FROM = 13


def lines(layer: Layer, look: Look) -> list[Json]:
    """Return the line, and under it one in the ground's colour that keeps crossing lines apart."""
    width = by_zoom((10, layer.radius * 0.6), (15, layer.radius), (18, layer.radius * 2))
    round_ends = {"line-join": "round", "line-cap": "round"}
    casing = {
        "line-color": look.tokens.halo,
        "line-width": by_zoom((10, 2), (18, layer.radius * 2 + 3)),
        "line-opacity": 0.6,
    }
    colour = look.colour(layer)
    paint = {
        "line-color": colour if layer.value else touched(look.tokens.accent, colour),
        "line-width": width,
        "line-gap-width": 0,
        "line-opacity": _opacity(layer),
    }
    chosen = {"line-color": look.tokens.accent, "line-width": chosen_width(0, layer.radius * 1.5, layer.radius * 2)}
    own = on(layer, "", "line", layout=round_ends, paint=paint)
    over = on(layer, "chosen", "line", layout=round_ends, paint=chosen)
    # A line whose colour means something keeps it when it is chosen; the accent then stands out on both sides.
    drawn = [over, own] if layer.value else [own, over]
    under = on(layer, "casing", "line", layout=round_ends, paint=casing)
    return [*_surfaces(layer, look), under, *drawn, *_letters(layer, look)]


def _opacity(layer: Layer) -> Any:
    if AGE not in layer.tile_columns:
        return 1
    return ["interpolate", ["linear"], ["coalesce", ["get", AGE], 24], 0, 0.95, 6, 0.6, 24, 0.25]


def _surfaces(layer: Layer, look: Look) -> list[Json]:
    """Return the hatch inside what was drawn as an area, where a layer's lines have marks of their own."""
    if not layer.value or any(mark.hatch is None for mark in look.marks(layer)):
        return []
    hatch = look.by_value(layer, lambda mark: hatch_name(mark.hatch or "", mark.colour(look.theme)), "")
    return [on(layer, "surface", "fill", filter=SURFACE, paint={"fill-pattern": hatch, "fill-opacity": HATCH_OPACITY})]


def _letters(layer: Layer, look: Look) -> list[Json]:
    """Return the second sign along each line: its mark's letter, again and again."""
    if not layer.value:
        return []
    letter = look.by_value(layer, lambda mark: mark.letter, "")
    layout = label_layout(letter, by_zoom((LETTERS_FROM, 14), (17, 20)), bold=True)
    layout |= {"symbol-placement": "line", "symbol-spacing": 60, "text-padding": 0, "text-keep-upright": True}
    paint = label_paint(look, look.tokens.text) | {"text-color": look.colour(layer), "text-halo-width": 3}
    return [on(layer, "letter", "symbol", minzoom=LETTERS_FROM, layout=layout, paint=paint)]
