"""Polygons on the map: choropleths in quiet classes, and outlines in the colours of their marks."""

from typing import Any

from layers.declaration import Layer, Mark, Measure
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
from layers.tokens import classes

FADES_FROM = 11
HATCH_OPACITY = 0.45
LETTERS_FROM = 13


def choropleth(layer: Layer, look: Look, measure: Measure) -> list[Json]:
    """Return the fill by class, the hatch where nothing is known, and the outline of what is touched or selected."""
    colours = classes(look.theme, len(measure.breaks) + 1)
    steps = [part for pair in zip(measure.breaks, colours[1:], strict=True) for part in pair]
    known, last = ["has", layer.value], layer.max_zoom + 1
    opacity = by_zoom((FADES_FROM, 0.8), (layer.max_zoom, 0.35), (last, 0), base=1)
    fill = {"fill-color": ["step", ["get", layer.value], colours[0], *steps], "fill-opacity": opacity}
    hatch = hatch_name("diagonal", look.tokens.no_data)
    unknown = {"fill-pattern": hatch, "fill-opacity": by_zoom((FADES_FROM, HATCH_OPACITY), (last, 0), base=1)}
    return [
        on(layer, "", "fill", filter=known, maxzoom=last, paint=fill),
        on(layer, "unknown", "fill", filter=["!", known], maxzoom=last, paint=unknown),
        on(layer, "edge", "line", layout={"line-join": "round"}, paint=_edge(look)),
    ]


def _edge(look: Look) -> Json:
    return {"line-color": look.tokens.accent, "line-width": chosen_width(0, 1.5, 3)}


def polygons(layer: Layer, look: Look) -> list[Json]:
    """Return a tint to touch, hatches, the outline by mark, and from close by the letters."""
    known = {"filter": ["has", layer.value]} if layer.value else {}
    tint = {"fill-color": look.colour(layer), "fill-opacity": look.by_value(layer, _tint, 0)}
    parts = [on(layer, "", "fill", paint=tint), *_hatches(layer, look)]
    parts.append(on(layer, "outline", "line", layout={"line-join": "round"}, paint=_outline(layer, look), **known))
    if layer.value:
        parts.append(on(layer, "letter", "symbol", **_letters(layer, look), **known))
    if layer.label:
        parts.append(_label(layer, look))
    return parts


def _tint(mark: Mark) -> float:
    return 0.12 if mark.radius > 1 else 0


def _hatches(layer: Layer, look: Look) -> list[Json]:
    hatched = [mark for mark in look.marks(layer) if mark.hatch]
    parts: list[Json] = []
    for kind in dict.fromkeys(mark.hatch for mark in hatched if mark.hatch):
        same = [mark for mark in hatched if mark.hatch == kind]
        pattern = ["match", ["get", layer.value]]
        pattern += [part for mark in same for part in (mark.value, hatch_name(kind, mark.colour(look.theme)))]
        pattern.append(hatch_name(kind, look.tokens.no_data))
        only = ["match", ["get", layer.value], [mark.value for mark in same], True, False]
        paint = {"fill-pattern": pattern, "fill-opacity": HATCH_OPACITY}
        parts.append(on(layer, f"hatch-{kind}", "fill", filter=only, paint=paint))
    return parts


def _outline(layer: Layer, look: Look) -> Json:
    width = look.by_value(layer, lambda mark: mark.radius, 1)
    thin, thick = ["*", layer.radius * 0.5, width], ["*", layer.radius, width]
    return {
        "line-color": touched(look.tokens.accent, look.colour(layer)),
        "line-width": by_zoom((12, chosen_width(thin, 2, 3)), (16, chosen_width(thick, 2.5, 4))),
        "line-opacity": look.by_value(layer, lambda mark: 1 if mark.radius > 1 else 0.5, 0.5),
    }


def _letters(layer: Layer, look: Look) -> Json:
    letter = look.by_value(layer, lambda mark: mark.letter if mark.radius > 1 else "", "")
    layout = label_layout(letter, by_zoom((LETTERS_FROM, 12), (17, 16)), bold=True)
    order: list[Any] = [mark.value for mark in look.marks(layer)]
    layout["symbol-sort-key"] = ["index-of", ["get", layer.value], ["literal", order]]
    paint = label_paint(look, look.tokens.text) | {"text-color": look.colour(layer)}
    return {"minzoom": max(LETTERS_FROM, layer.min_zoom + 1), "layout": layout, "paint": paint}


def _label(layer: Layer, look: Look) -> Json:
    layout = label_layout(["coalesce", ["get", layer.label], ""], 12) | {"text-offset": [0, 1.1]}
    return on(
        layer, "label", "symbol", minzoom=layer.label_zoom, layout=layout, paint=label_paint(look, look.tokens.quiet)
    )
