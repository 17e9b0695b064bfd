"""What every part of the style is made with: colours by value, sizes by zoom, fonts, selection."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from layers.declaration import Layer, Mark
from layers.render.marks import State, marks_of
from layers.tokens import Tokens, ink, tokens

Json = dict[str, Any]
FONT = ["Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei"]
BOLD = ["Noto Sans CJK SC Bold", *FONT]
"""MapLibre takes the weight from the first name, which no machine has as a family, and the family from the next."""


@dataclass(frozen=True)
class Look:
    """A theme and a scheme: what a value looks like on the map."""

    theme: str
    scheme: tuple[State, ...]

    @property
    def tokens(self) -> Tokens:
        """Return the colours of the theme."""
        return tokens(self.theme)

    def marks(self, layer: Layer) -> tuple[Mark, ...]:
        """Return the marks of a layer, first what must be seen first."""
        return marks_of(layer, self.scheme)

    def ground(self) -> Json:
        """Return the layer under everything."""
        return {"id": "ground", "type": "background", "paint": {"background-color": self.tokens.ground}}

    def colour(self, layer: Layer) -> Any:
        """Return the expression for a feature's own colour; a value without a mark is grey."""
        return self.by_value(layer, lambda mark: mark.colour(self.theme), self.tokens.no_data)

    def fill(self, layer: Layer) -> Any:
        """Return the colour inside a point: its own, also where a mark is hatched, for an open disc on light ground is white."""
        return self.by_value(layer, lambda mark: mark.colour(self.theme), self.tokens.ground)

    def letter_colour(self, layer: Layer) -> Any:
        """Return the colour of a letter that reads on `fill`."""
        return self.by_value(layer, lambda mark: ink(mark.colour(self.theme)), self.tokens.no_data)

    def edge(self, layer: Layer) -> Any:
        """Return the ring's colour: the accent when selected or touched, else the theme's."""
        plain = self.by_value(layer, lambda _: self.tokens.mark_edge, self.tokens.no_data)
        return touched(self.tokens.accent, plain)

    def by_value(self, layer: Layer, of: Callable[[Mark], Any], otherwise: Any) -> Any:
        """Return the expression that gives each value of a layer what `of` says of its mark."""
        return match(layer.value, self.marks(layer), of, otherwise)


def match(column: str, marks: tuple[Mark, ...], of: Callable[[Mark], Any], otherwise: Any) -> Any:
    """Return a `match` over the marks' values, or the one mark's own where there is no column; equal results fold."""
    if not column:
        return of(marks[0]) if marks else otherwise
    cases: dict[Any, list[str]] = {}
    for mark in marks:
        cases.setdefault(of(mark), []).append(mark.value)
    if not cases:
        return otherwise
    flat = [part for result, values in cases.items() for part in (values, result)]
    return ["match", ["get", column], *flat, otherwise]


def touched(when: Any, otherwise: Any) -> Any:
    """Return `when` for the selected feature and the one under the pointer."""
    hovered = ["boolean", ["feature-state", "hover"], False]
    return ["case", ["any", ["boolean", ["feature-state", "selected"], False], hovered], when, otherwise]


def chosen_width(plain: Any, hover: float, selected: float) -> Any:
    """Return a line's width by whether its feature is selected, under the pointer, or neither."""
    return [
        "case",
        ["boolean", ["feature-state", "selected"], False],
        selected,
        ["boolean", ["feature-state", "hover"], False],
        hover,
        plain,
    ]


BASE = 1.4
"""How sizes grow from one zoom to the next between two stops."""


def by_zoom(*stops: tuple[float, Any], base: float = BASE) -> Any:
    """Return a value that grows between (zoom, value) stops."""
    return ["interpolate", ["exponential", base], ["zoom"], *(part for stop in stops for part in stop)]


def on(layer: Layer, part: str, kind: str, **more: Any) -> Json:
    """Return one style layer of a layer: its id, source and the metadata that switches it."""
    name = f"{layer.id}-{part}" if part else layer.id
    metadata = {} if layer.group == "base" else {"metadata": {"wangge:layer": layer.id}}
    return {"id": name, "type": kind, "source": layer.id, "source-layer": layer.id, **metadata, **more}


def hatch_name(kind: str, colour: str) -> str:
    """Return the name of the image that the page draws when it is first missed: `hatch-diagonal-6b7a8c`."""
    return f"hatch-{kind}-{colour.lstrip('#').lower()}"


def label_layout(text: Any, size: Any, *, bold: bool = False) -> Json:
    """Return the layout of text that never collides."""
    return {"text-field": text, "text-font": BOLD if bold else FONT, "text-size": size, "text-padding": 4}


def label_paint(look: Look, colour: str) -> Json:
    """Return the paint of text that reads on anything."""
    return {"text-color": colour, "text-halo-color": look.tokens.halo, "text-halo-width": 1.5}
