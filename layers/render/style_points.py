"""Points on the map: a disc in its mark's colour, a letter in it, a second one at its shoulder, a name beside it."""

from itertools import pairwise
from typing import Any

from layers.declaration import Layer
from layers.render.style_parts import BASE, Json, Look, by_zoom, chosen_width, label_layout, label_paint, match, on

SIGNS_FROM = 15
READABLE_PX = 8.0
"""Letters smaller than this are left out."""
LETTER_PX = 1.35
"""Size of a letter against the radius of its disc."""
TOTAL_PX = 9
"""Radius of a point that stands for many and says how many."""
FINE = "✓"
"""Drawn inside a disc and in the legend, but not at its shoulder: what is as it should be keeps quiet."""
QUIET, QUIET_UNTIL = 0.5, 13
"""Where thousands of points lie on one screen, those that are smaller than others anyway shrink to half."""
SPARSE_PX = 7
"""Layers of discs this large have few of them, and every disc keeps its letter; of many small ones, where there is room."""
GROWTH = ((10, 0.7), (13, 0.75), (15, 1.0), (18, 2.0))
"""Size of a point by zoom against the layer's own radius."""


def points(layer: Layer, look: Look) -> list[Json]:
    """Return the parts of a point layer; where points stand for many and have a label, those are drawn larger."""
    totals = bool(layer.single_from and layer.label)
    near = {"minzoom": layer.single_from} if totals else {}
    parts = [on(layer, "", "circle", **near, layout=_order(layer, look, over=True), paint=_disc(layer, look))]
    parts += _letters(layer, look)
    if layer.label:
        parts.append(on(layer, "label", "symbol", minzoom=layer.label_zoom, **_name(layer, look)))
    return [*_totals(layer, look), *parts] if totals else parts


def _order(layer: Layer, look: Look, *, over: bool) -> Json:
    """Return the sort key: what must be seen first is drawn last, and its letter is placed first."""
    marks = look.marks(layer)
    if not (layer.value and marks):
        return {}
    rank: list[Any] = ["match", ["get", layer.value]]
    for place, mark in enumerate(marks):
        rank += [mark.value, len(marks) - place if over else place]
    return {"circle-sort-key" if over else "symbol-sort-key": [*rank, 0 if over else len(marks)]}


def _disc(layer: Layer, look: Look, radius: Any = None) -> Json:
    near = look.by_value(layer, lambda mark: mark.radius, 1)
    far = look.by_value(layer, lambda mark: mark.radius if mark.radius >= 1 else mark.radius * QUIET, 1)
    stops = ((zoom, layer.radius * share, far if zoom <= QUIET_UNTIL else near) for zoom, share in GROWTH)
    sized = by_zoom(*((zoom, ["*", size, relative]) for zoom, size, relative in stops))
    return {
        "circle-radius": radius or sized,
        "circle-color": look.fill(layer),
        "circle-stroke-color": look.edge(layer),
        "circle-stroke-width": chosen_width(1.25, 3, 4),
    }


def _letters(layer: Layer, look: Look) -> list[Json]:
    status = look.by_value(layer, lambda mark: mark.letter, "")
    from_zoom = max(_readable_from(layer), layer.single_from if layer.label else 0)
    if not layer.signs:
        letter = status if layer.value and not layer.icon else layer.icon or status
        near = _inside(layer, look, "letter", letter, {"minzoom": from_zoom})
        return [*_loud(layer, look, from_zoom), near, *_shoulder(layer, look, from_zoom)]
    kind = match(layer.sign, layer.signs, lambda mark: mark.letter, "")
    signs_from = max(SIGNS_FROM, from_zoom)
    inside = [*_loud(layer, look, from_zoom), _inside(layer, look, "sign", kind, {"minzoom": signs_from})]
    if from_zoom < signs_from:
        loud = look.by_value(layer, lambda mark: mark.letter if mark.radius >= 1 else "", "")
        inside.append(_inside(layer, look, "letter", loud, {"minzoom": from_zoom, "maxzoom": signs_from}))
    return inside + _badge(layer, look, signs_from)


def _loud(layer: Layer, look: Look, until: float) -> list[Json]:
    """Return the letters of the largest discs, which can be read before those of all others: no colour stands alone."""
    most = max((mark.radius for mark in look.marks(layer)), default=1)
    from_zoom = max(_readable_from(layer, most), layer.single_from if layer.label else 0)
    if not layer.value or layer.icon or from_zoom >= until:
        return []
    letter = look.by_value(layer, lambda mark: mark.letter if mark.radius == most else "", "")
    return [_inside(layer, look, "loud", letter, {"minzoom": from_zoom, "maxzoom": until}, most)]


def _shoulder(layer: Layer, look: Look, from_zoom: float) -> list[Json]:
    """Return the status beside the disc where an icon stands in it."""
    if not (layer.icon and layer.value):
        return []
    return _badge(layer, look, from_zoom)


def _readable_from(layer: Layer, relative: float = 1) -> float:
    """Return the first zoom (in halves) at which a letter can be read in a disc of a size against the layer's own."""
    for half in range(2 * layer.min_zoom, 2 * 18):
        if _share(half / 2) * layer.radius * relative * LETTER_PX >= READABLE_PX:
            return half / 2
    return 18


def _share(zoom: float) -> float:
    for (z0, low), (z1, high) in pairwise(GROWTH):
        if zoom < z1:
            part = (BASE ** (zoom - z0) - 1) / (BASE ** (z1 - z0) - 1)
            return float(low + (high - low) * max(0.0, part))
    return GROWTH[-1][1]


def _inside(layer: Layer, look: Look, part: str, letter: Any, zooms: Json, relative: float = 1) -> Json:
    size = by_zoom(*((zoom, round(layer.radius * share * relative * LETTER_PX, 2)) for zoom, share in GROWTH))
    layout = label_layout(letter, size, bold=True) | {"text-padding": 0} | _order(layer, look, over=False)
    layout["text-allow-overlap"] = layer.radius >= SPARSE_PX
    paint = {"text-color": look.letter_colour(layer)}
    return on(layer, part, "symbol", **zooms, layout=layout, paint=paint)


def _badge(layer: Layer, look: Look, from_zoom: float) -> list[Json]:
    letter = look.by_value(layer, lambda mark: "" if mark.letter == FINE else mark.letter, "")
    layout = label_layout(letter, by_zoom((8, 9), (15, 13)), bold=True)
    layout |= {"text-offset": [0.85, -0.85], "text-allow-overlap": True, "text-padding": 0}
    paint = label_paint(look, look.tokens.text) | {"text-color": look.colour(layer), "text-halo-width": 2}
    return [on(layer, "badge", "symbol", minzoom=from_zoom, layout=layout, paint=paint)]


def _name(layer: Layer, look: Look) -> Json:
    layout = label_layout(["coalesce", ["get", layer.label], ""], 12)
    layout |= {
        "text-padding": 1,
        "text-variable-anchor": ["left", "right", "top", "bottom"],
        "text-radial-offset": 1.1,
        "text-justify": "auto",
    }
    return {"layout": layout, "paint": label_paint(look, look.tokens.text)}


def _totals(layer: Layer, look: Look) -> list[Json]:
    """Return the points that stand for many: larger, with their letter and their count at every zoom."""
    far = {"maxzoom": layer.single_from}
    disc = on(
        layer, "total", "circle", **far, layout=_order(layer, look, over=True), paint=_disc(layer, look, TOTAL_PX)
    )
    status = look.by_value(layer, lambda mark: mark.letter, "")
    layout = label_layout(status, TOTAL_PX * LETTER_PX, bold=True) | {"text-padding": 0, "text-allow-overlap": True}
    name = _name(layer, look)
    # Only below its own disc: beside it, the number of a small area lies under the disc of the next one.
    name["layout"]["text-variable-anchor"] = ["top"]
    letter = on(layer, "total-letter", "symbol", **far, layout=layout, paint={"text-color": look.letter_colour(layer)})
    return [disc, letter, on(layer, "total-label", "symbol", **far, **name)]
