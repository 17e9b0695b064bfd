"""Lines on the map: in their mark's colour, fading with age where the layer tells it."""

from typing import Any

from layers.declaration import Layer
from layers.render.style_parts import Json, Look, by_zoom, chosen_width, on, touched

AGE = "age_hours"
"""A line layer whose tiles carry this column fades over a day."""


def lines(layer: Layer, look: Look) -> list[Json]:
    """Return the line, and under it one in the ground's colour that keeps crossing lines apart."""
    width = by_zoom((10, layer.radius * 0.6), (15, layer.radius), (18, layer.radius * 2))
    round_ends = {"line-join": "round", "line-cap": "round"}
    casing = {
        "line-color": look.tokens.halo,
        "line-width": by_zoom((10, 2), (18, layer.radius * 2 + 3)),
        "line-opacity": 0.6,
    }
    paint = {
        "line-color": touched(look.tokens.accent, look.colour(layer)),
        "line-width": width,
        "line-gap-width": 0,
        "line-opacity": _opacity(layer),
    }
    chosen = {"line-color": look.tokens.accent, "line-width": chosen_width(0, layer.radius * 1.5, layer.radius * 2)}
    return [
        on(layer, "casing", "line", layout=round_ends, paint=casing),
        on(layer, "", "line", layout=round_ends, paint=paint),
        on(layer, "chosen", "line", layout=round_ends, paint=chosen),
    ]


def _opacity(layer: Layer) -> Any:
    if AGE not in layer.tile_columns:
        return 1
    return ["interpolate", ["linear"], ["coalesce", ["get", AGE], 24], 0, 0.95, 6, 0.6, 24, 0.25]
