"""Colours of the interface and the map, by theme; household colours are not here, they belong to the city's scheme."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, each named for what it is for. Values are `#rrggbb`."""

    ground: str
    panel: str
    line: str
    text: str
    quiet: str
    """Text of less weight."""
    halo: str
    """Behind text on the map."""
    accent: str
    """What can be touched, or is selected."""
    severe: str
    warning: str
    information: str
    good: str
    """Something works as it should: a post on duty, a clinic that is open."""
    idle: str
    """Something rests on purpose: off duty, closed."""
    no_data: str
    """Hatch of what is not known."""
    outline: str
    """Edge of grids without news."""
    mark_edge: str
    """Ring around every point, so that white shows on white and black on black."""
    on_mark: str
    """Letter on a light mark."""
    track: str
    """Where a patrol has been."""
    footprint: str
    footprint_edge: str
    water: str
    road: str
    borders: tuple[str, str, str, str]
    """City, county, township, village: quieter as levels go down."""
    classes: tuple[str, str, str, str, str, str]
    """Choropleth, from little to much: one hue that no household state has, told apart by lightness alone."""


DARK = Tokens(
    ground="#0B1118",
    panel="#121A24",
    line="#223041",
    text="#E8EEF5",
    quiet="#8FA1B5",
    halo="#0B1118",
    accent="#4AA8FF",
    severe="#FF5A52",
    warning="#FFB224",
    information="#4AA8FF",
    good="#5FB8A5",
    idle="#6B7A8C",
    no_data="#6B7A8C",
    outline="#4A5A6E",
    mark_edge="#0B1118",
    on_mark="#0B1118",
    track="#6FB3C7",
    footprint="#1B2633",
    footprint_edge="#2C3B4D",
    water="#0F2233",
    road="#263343",
    borders=("#9FB0C3", "#71839A", "#4C5D72", "#354456"),
    classes=("#151C2B", "#232745", "#353461", "#4B447C", "#665A99", "#8576B8"),
)

LIGHT = Tokens(
    ground="#F4F6F8",
    panel="#FFFFFF",
    line="#D8DEE6",
    text="#15202B",
    quiet="#5B6B7C",
    halo="#FFFFFF",
    accent="#0B6BCB",
    severe="#C62828",
    warning="#A86300",
    information="#0B6BCB",
    good="#1F7A6B",
    idle="#7A8794",
    no_data="#8A96A3",
    outline="#9AA7B5",
    mark_edge="#15202B",
    on_mark="#15202B",
    track="#2A6F86",
    footprint="#E3E8EE",
    footprint_edge="#C6CFD9",
    water="#D6E4EF",
    road="#FFFFFF",
    borders=("#4A5866", "#7B8896", "#A9B4C0", "#C9D1DA"),
    classes=("#F1EFF7", "#DEDAEC", "#C3BCDE", "#A397CB", "#7F70B2", "#5B4A93"),
)


def tokens(theme: str) -> Tokens:
    """Return the colours of the `dark` or `light` theme."""
    return LIGHT if theme == "light" else DARK


def classes(theme: str, count: int) -> tuple[str, ...]:
    """Return `count` colours (1 to 6) from little to much, spread over the whole range of the theme."""
    colours = tokens(theme).classes
    last = len(colours) - 1
    # Rounded up: the two lightest lie closest together, so that whoever needs fewer than all leaves one of them out.
    return tuple(colours[math.ceil(i * last / max(1, count - 1))] for i in range(count))


def ink(colour: str) -> str:
    """Return black or white, whichever reads better on a colour (`#rrggbb`)."""
    return "#0B1118" if luminance(colour) > 0.19 else "#FFFFFF"


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` (0 to 1), as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (1 to 21), as WCAG defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
