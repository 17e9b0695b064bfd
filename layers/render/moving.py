"""What moves, drawn by deck.gl over the tiles: any live layer out of its declaration and its features in GeoJSON.

Points are discs with their mark's letter and their label, lines fade with the age of each piece, polygons are a tint.
Every deck.gl layer is named after its own, with a part behind a hyphen, so that the page switches them together.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import pydeck

from layers.declaration import Layer, Mark
from layers.tokens import Tokens, ink, tokens

FONT = "Noto Sans CJK SC, sans-serif"
STRONG, FAINT = 235, 30
"""How opaque the newest and the oldest piece of a line is, of 255."""
FADES_S = 20 * 60
SILENT_S = 300
"""Whoever has told nothing for so long fades as a whole; what is told in time looks the same whenever it is asked for."""
TINT, RIM = 38, 170
Features = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Shown:
    """For whom and of when it is drawn."""

    theme: str
    language: str
    moment: datetime

    @property
    def tokens(self) -> Tokens:
        """Return the colours of the theme."""
        return tokens(self.theme)


def moving(
    found: Iterable[tuple[Layer, Features]], moment: datetime, theme: str, language: str = "zh"
) -> list[dict[str, Any]]:
    """Return the deck.gl layers, as JSON, of live layers with their features at a moment, in drawing order."""
    shown = Shown(theme, language, moment)
    drawn: list[pydeck.Layer] = []
    for layer, features in sorted(found, key=lambda pair: pair[0].order):
        if features:
            drawn += _DRAWN[layer.geometry](layer, features, shown)
    return list(json.loads(pydeck.Deck(drawn, map_provider=None).to_json())["layers"])


def _points(layer: Layer, features: Features, shown: Shown) -> list[pydeck.Layer]:
    mark = layer.marks[0]
    data = [
        {**_named(layer, one), "p": one["geometry"]["coordinates"][:2], "t": _label(layer, one, shown.language)}
        for one in features
    ]
    disc = pydeck.Layer(
        "ScatterplotLayer",
        data,
        id=layer.id,
        get_position="p",
        get_radius=layer.radius,
        radius_units=pydeck.types.String("pixels"),
        stroked=True,
        get_fill_color=rgb(mark.colour(shown.theme)),
        get_line_color=rgb(shown.tokens.mark_edge),
        line_width_min_pixels=2,
        pickable=True,
    )
    return [disc, *_letters(layer, data, mark, shown.theme), _names(layer, data, shown.tokens)]


def _letters(layer: Layer, data: list[dict[str, Any]], mark: Mark, theme: str) -> list[pydeck.Layer]:
    if not mark.letter:
        return []
    inside = {"l": mark.letter}
    return [
        pydeck.Layer(
            "TextLayer",
            [{**row, **inside} for row in data],
            id=f"{layer.id}-letters",
            get_position="p",
            get_text="l",
            get_size=layer.radius * 1.5,
            get_color=rgb(ink(mark.colour(theme))),
            character_set=pydeck.types.String("auto"),
            font_family=pydeck.types.String(FONT),
        )
    ]


def _names(layer: Layer, data: list[dict[str, Any]], colours: Tokens) -> pydeck.Layer:
    return pydeck.Layer(
        "TextLayer",
        data,
        id=f"{layer.id}-names",
        get_position="p",
        get_text="t",
        get_size=13,
        get_color=rgb(colours.text),
        get_pixel_offset=[layer.radius + 5, 0],
        get_text_anchor=pydeck.types.String("start"),
        character_set=pydeck.types.String("auto"),
        font_family=pydeck.types.String(FONT),
        background=True,
        get_background_color=[*rgb(colours.halo), 170],
    )


def _lines(layer: Layer, features: Features, shown: Shown) -> list[pydeck.Layer]:
    colour = rgb(layer.marks[0].colour(shown.theme))
    pieces = [
        {**_named(layer, one), "s": start, "e": end, "c": [*colour, fainter(late + age)]}
        for one, late in ((one, _late(one, shown.moment)) for one in features)
        for (start, end), age in zip(
            pairwise(one["geometry"]["coordinates"]), one["properties"]["ages"][1:], strict=True
        )
    ]
    return [
        pydeck.Layer(
            "LineLayer",
            pieces,
            id=layer.id,
            get_source_position="s",
            get_target_position="e",
            get_color="c",
            get_width=layer.radius,
            width_units=pydeck.types.String("pixels"),
        )
    ]


def _late(feature: dict[str, Any], moment: datetime) -> float:
    """Return how long before the moment the newest of a line was true, in seconds, in whole steps of five minutes."""
    late = (moment - datetime.fromisoformat(feature["properties"]["data_time"])).total_seconds()
    return late // SILENT_S * SILENT_S


def fainter(age_s: float) -> int:
    """Return how opaque (0 to 255) a piece of a line is that was true so many seconds ago."""
    left = min(1.0, max(0.0, 1 - age_s / FADES_S))
    return round(FAINT + (STRONG - FAINT) * left)


def _polygons(layer: Layer, features: Features, shown: Shown) -> list[pydeck.Layer]:
    colour = rgb(layer.marks[0].colour(shown.theme))
    data = [{**_named(layer, one), "p": one["geometry"]["coordinates"]} for one in features]
    return [
        pydeck.Layer(
            "PolygonLayer",
            data,
            id=layer.id,
            get_polygon="p",
            stroked=True,
            filled=True,
            get_fill_color=[*colour, TINT],
            get_line_color=[*colour, RIM],
            line_width_min_pixels=1,
            get_line_width=1,
            line_width_units=pydeck.types.String("pixels"),
        )
    ]


_DRAWN = {"point": _points, "line": _lines, "polygon": _polygons}


def _named(layer: Layer, feature: dict[str, Any]) -> dict[str, Any]:
    return {"id": feature["id"], "layer": layer.id}


def _label(layer: Layer, feature: dict[str, Any], language: str) -> str:
    """Return a feature's label and, behind it, what its tiles carry besides, with the unit of the card's field."""
    values, units = feature["properties"], {field.column: field.unit for field in layer.fields}
    parts = [str(values.get(layer.label) or "")]
    for column in layer.tile_columns:
        unit = units.get(column)
        if isinstance(value := values.get(column), int | float):
            parts.append(f"{value:.0f}" + (f" {unit.in_(language)}" if unit else ""))
    return " ".join(parts)


def rgb(colour: str) -> list[int]:
    """Return `#rrggbb` as three numbers."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
