"""The base map: out of PostGIS itself (borders, footprints, names), and under it a city's own map where it has one."""

from dataclasses import dataclass
from typing import Any

from layers.declaration import Layer
from layers.render.style_parts import Json, Look, by_zoom, label_paint, on
from layers.render.style_parts import label_layout as text_layout

LEVELS = ("city", "county", "township", "village", "grid")
BORDER_WIDTHS = (2.0, 1.4, 1.0, 0.8)
NAME_SIZES = (18, 15, 13, 12, 11)


@dataclass(frozen=True, slots=True)
class BaseStyle:
    """A city's own base map as the page sees it: tiles of our own server, whatever they are made from."""

    address: str
    """Absolute, with `{z}/{x}/{y}`."""
    min_zoom: int
    max_zoom: int
    attribution: str = ""
    vector_layers: tuple[str, ...] = ()
    """Names of the layers in vector tiles; none where the tiles are pictures."""


def base_source(base: BaseStyle) -> Json:
    """Return the source of a city's own base map."""
    zooms = {"minzoom": base.min_zoom, "maxzoom": base.max_zoom}
    kind: Json = {"type": "vector"} if base.vector_layers else {"type": "raster", "tileSize": 256}
    return {**kind, "tiles": [base.address], **zooms, "attribution": base.attribution}


def beneath(base: BaseStyle, look: Look) -> list[Json]:
    """Return the layers of a city's own base map, subdued so that the data stays in front."""
    if base.vector_layers:
        return [part for name in base.vector_layers for part in _known(name, look)]
    dim = (
        {"raster-brightness-max": 0.45, "raster-saturation": -0.7}
        if look.theme == "dark"
        else {"raster-saturation": -0.4}
    )
    return [{"id": "base", "type": "raster", "source": "base", "paint": {"raster-fade-duration": 0, **dim}}]


def _known(name: str, look: Look) -> list[Json]:
    """Return what can be drawn of a vector layer by its usual name: water, roads, buildings."""
    word, part = name.lower(), {"source": "base", "source-layer": name}
    surface = ["==", ["geometry-type"], "Polygon"]
    if "name" in word or "label" in word:
        return []
    if "water" in word:
        area = {"type": "fill", "filter": surface, "paint": {"fill-color": look.tokens.water}}
        stream = {"type": "line", "filter": ["!", surface], "paint": {"line-color": look.tokens.water}}
        return [{"id": f"base-{name}", **part, **area}, {"id": f"base-{name}-line", **part, **stream}]
    if any(road in word for road in ("road", "transport", "highway", "street")):
        paint = {"line-color": look.tokens.road, "line-width": by_zoom((8, 0.5), (14, 1.5), (18, 8))}
        return [{"id": f"base-{name}", **part, "type": "line", "filter": ["!", surface], "paint": paint}]
    if "building" in word:
        return [{"id": f"base-{name}", **part, "type": "fill", "paint": {"fill-color": look.tokens.footprint}}]
    return []


def footprints(drawn: list[Layer], look: Look) -> list[Json]:
    """Return the plain footprints of buildings; they stay when the layer about them is switched off."""
    buildings = _one(drawn, "buildings")
    if buildings is None:
        return []
    paint = {"fill-color": look.tokens.footprint, "fill-outline-color": look.tokens.footprint_edge}
    part = {"source": buildings.id, "source-layer": buildings.id, "minzoom": buildings.min_zoom}
    return [{"id": "footprints", "type": "fill", **part, "paint": paint}]


def borders(drawn: list[Layer], look: Look) -> list[Json]:
    """Return the borders of areas, from the quiet low levels up to the city's."""
    layer = _one(drawn, "boundaries")
    if layer is None:
        return []
    parts = []
    for rank in reversed(range(len(BORDER_WIDTHS))):
        width = by_zoom((6, BORDER_WIDTHS[rank] * 0.6), (12, BORDER_WIDTHS[rank]), (18, BORDER_WIDTHS[rank] * 1.8))
        dashes = {"line-dasharray": [4, 2]} if rank >= 2 else {}
        paint = {"line-color": look.tokens.borders[rank], "line-width": width, **dashes}
        only = ["==", ["get", "level"], LEVELS[rank]]
        parts.append(on(layer, LEVELS[rank], "line", filter=only, layout={"line-join": "round"}, paint=paint))
    return parts


def outline_of(drawn: list[Layer], look: Look, code: str) -> list[Json]:
    """Return the border of one area in the accent; the filter by code may be changed in the page."""
    layer = _one(drawn, "boundaries")
    if layer is None:
        return []
    paint = {"line-color": look.tokens.accent, "line-width": by_zoom((6, 2), (18, 4)), "line-opacity": 0.9}
    return [
        on(layer, "outline", "line", filter=["==", ["get", "code"], code], layout={"line-join": "round"}, paint=paint)
    ]


def names(drawn: list[Layer], look: Look) -> list[Json]:
    """Return the names of areas: higher levels larger and placed first, none over another."""
    layer = _one(drawn, "names")
    if layer is None:
        return []
    by_level: list[Any] = ["match", ["get", "level"]]
    for level, size in zip(LEVELS, NAME_SIZES, strict=True):
        by_level += [level, size]
    layout = text_layout(["get", "name"], [*by_level, NAME_SIZES[-1]])
    layout |= {"symbol-sort-key": ["get", "rank"], "text-max-width": 8, "text-padding": 3}
    # Points that stand for a whole area lie on the same spot: the name stands above them.
    layout |= {"text-anchor": "bottom", "text-offset": [0, -0.7]}
    upper = ["match", ["get", "level"], ["city", "county", "township"], look.tokens.text, look.tokens.quiet]
    return [on(layer, "", "symbol", layout=layout, paint=label_paint(look, "") | {"text-color": upper})]


def _one(drawn: list[Layer], name: str) -> Layer | None:
    return next((layer for layer in drawn if layer.id == name), None)
