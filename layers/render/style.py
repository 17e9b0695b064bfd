"""The whole map as one MapLibre style: ground, base map out of PostGIS, every visible layer, labels on top.

It names neither `glyphs` nor `sprite`: without them MapLibre draws text with the fonts of the machine in front of the
user, and hatches are made where they are first missed. So nothing is asked of any other host.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from geodata.words import say
from layers.declaration import Layer
from layers.render.legend import chosen
from layers.render.marks import State
from layers.render.style_base import BaseStyle, base_source, beneath, borders, footprints, names, outline_of
from layers.render.style_lines import lines
from layers.render.style_parts import Look
from layers.render.style_points import points
from layers.render.style_polygons import choropleth, polygons

Json = dict[str, Any]


def style(
    layers: Iterable[Layer],
    scheme: Sequence[State],
    *,
    theme: str,
    language: str,
    tiles_root: str,
    demo: bool = False,
    measure: str = "",
    at: str = "",
    outline: str = "",
    base: BaseStyle | None = None,
) -> Json:
    """Return the style of the layers that a reader may see, in `dark` or `light`.

    `tiles_root` is the absolute address before `/{layer}/…`; `at` and `measure` go into the tiles' addresses;
    `outline` is the code of an area whose border is drawn in the accent; `base` a city's own base map underneath.
    Every style layer that belongs to a layer with a switch carries it as metadata `wangge:layer`.
    """
    drawn = [layer for layer in layers if not layer.live]
    look = Look(theme, tuple(scheme))
    sources = {layer.id: _source(layer, tiles_root, measure, at) for layer in drawn}
    if demo and drawn:
        sources[drawn[0].id]["attribution"] = say("layer.demonstration", language)
    parts = [look.ground(), *_areas(drawn, look, measure), *_marks(drawn, look), *_written(drawn, look, outline)]
    if base is not None:
        sources["base"] = base_source(base)
        parts[1:1] = beneath(base, look)
    return {
        "version": 8,
        "name": f"wangge {theme}",
        "transition": {"duration": 0, "delay": 0},
        "sources": sources,
        "layers": parts,
    }


def _source(layer: Layer, root: str, measure: str, at: str) -> Json:
    asked = {"at": at, "measure": chosen(layer, measure).id if layer.measures and measure else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    address = f"{root}/{layer.id}/{{z}}/{{x}}/{{y}}.mvt" + (f"?{query}" if query else "")
    return {"type": "vector", "tiles": [address], "minzoom": layer.min_zoom, "maxzoom": layer.max_zoom}


def _areas(drawn: list[Layer], look: Look, measure: str) -> list[Json]:
    """Return what lies flat: choropleths, footprints, borders, then polygons by mark."""
    parts: list[Json] = []
    for layer in drawn:
        if layer.measures:
            parts += choropleth(layer, look, chosen(layer, measure))
    parts += footprints(drawn, look) + borders(drawn, look)
    for layer in drawn:
        if layer.geometry == "polygon" and not layer.measures:
            parts += polygons(layer, look)
    return parts


def _marks(drawn: list[Layer], look: Look) -> list[Json]:
    parts: list[Json] = []
    for layer in drawn:
        if layer.group != "base" and layer.geometry == "line":
            parts += lines(layer, look)
    for layer in drawn:
        if layer.group != "base" and layer.geometry == "point":
            parts += points(layer, look)
    return parts


def _written(drawn: list[Layer], look: Look, outline: str) -> list[Json]:
    """Return the names of areas and the border of the chosen one: over everything else."""
    return outline_of(drawn, look, outline) + names(drawn, look)
