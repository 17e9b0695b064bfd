"""A sheet as a page that needs no network: drawn by folium, with Leaflet inside and nothing from any other host."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import folium
import shapely
from branca.element import Element, Figure
from folium.template import Template
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pyproj import Transformer
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geodata.press.sheet import Cell, Sheet, Spot
from geodata.words import say
from layers.declaration import Layer
from layers.registry import all_layers
from layers.render.picture import hatching, key, saying, symbols
from layers.render.picture.classes import Classes, classes, number
from layers.tokens import LIGHT, ink

HERE = Path(__file__).parent
DIGITS = 5
"""Decimals of a degree: about a metre."""
FINEST = 4_000
"""Parts of the frame's longer side that can be told apart on the largest screen; what is finer is not carried along."""
HATCHES = {"no_data": hatching.NO_DATA, "suppressed": hatching.SUPPRESSED}
_TO_DEGREES = Transformer.from_crs(3857, 4326, always_xy=True).transform
_SCRIPTS = re.compile(r"<script>(.*?)</script>", re.DOTALL)
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; script-src "
)
"""What a browser lets the page do: nothing is fetched from anywhere, and no script runs but those that we wrote."""


class Ground(folium.Map):
    """folium's map without the files of other hosts, without tiles, and without forbidding anybody to zoom."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - as folium declares it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = Template(
        """
        {% macro html(this, kwargs) %}<div class="folium-map" id={{ this.get_name()|tojson }}></div>{% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }},
            {center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}});
        {% endmacro %}
        """
    )


def page(sheet: Sheet) -> str:
    """Return the whole page; equal sheets are equal pages. Everything that somebody wrote is text in it, never markup."""
    own = classes(sheet)
    figure = Figure()
    ground = _ground(sheet)
    figure.add_child(ground)
    for part in _parts(sheet, own):
        part.add_to(ground)
    for nth, element in enumerate(_all(ground)):
        # folium draws these at random; the page is to be the same each time.
        element._id = "sheet" if element is ground else str(nth)  # noqa: SLF001
    for child in list(figure._children.values()):  # noqa: SLF001 - as branca's own render does
        child.render()
    drawn = {name: Markup(getattr(figure, name).render()) for name in ("header", "html", "script")}  # noqa: S704
    # branca says the character set itself; the page has said it already, as its first line must.
    header = Markup(re.sub(r"<meta http-equiv=\"content-type\"[^>]*>", "", drawn["header"]))  # noqa: S704
    files = {"leaflet_css": _leaflet_css(), "leaflet_js": _file("leaflet/leaflet.js"), "css": _file("web/page.css")}
    facts = {**_facts(sheet, own), **files, "js": _file("web/page.js"), "header": header, "map": drawn["html"]}
    shown = _pages().get_template("page.html").render(**facts, script=drawn["script"], policy="@policy@")
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in _SCRIPTS.findall(shown))
    return shown.replace("@policy@", POLICY + allowed, 1)


def _all(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():  # noqa: SLF001
        yield from _all(child)


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _pages() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


@cache
def _file(name: str) -> Markup:
    """Return a file of ours as it stands."""
    content = (HERE / name).read_text(encoding="utf-8")
    return Markup(re.sub(r"//# sourceMappingURL=.*", "", content))  # noqa: S704


@cache
def _leaflet_css() -> Markup:
    """Return Leaflet's stylesheet without the pictures that it would ask for, after the licence that goes along."""
    bare = re.sub(r"/\*.*?\*/", "", _file("leaflet/leaflet.css"), flags=re.DOTALL)
    licence = _file("leaflet/LICENSE")
    return Markup(f"/* Leaflet 1.9.4\n{licence}*/\n" + re.sub(r"url\([^)]*\)", "none", bare))  # noqa: S704


def _degrees(shape: BaseGeometry) -> BaseGeometry:
    found: BaseGeometry = shapely.transform(shape, _TO_DEGREES, interleaved=False)
    return found


def _ground(sheet: Sheet) -> Ground:
    west, south, east, north = _degrees(sheet.area.geometry).bounds
    middle = [round((south + north) / 2, DIGITS), round((west + east) / 2, DIGITS)]
    return Ground(
        middle,
        tiles=None,
        zoom_start=9,
        zoom_control=False,
        zoom_snap=0.05,
        zoom_delta=0.5,
        attribution_control=False,
        minZoom=5,
        maxZoom=16,
    )


def _parts(sheet: Sheet, own: Classes) -> Iterator[folium.GeoJson]:
    """Yield what is drawn, from the ground up; what has nothing to show is left out."""
    around = [_feature(outline.geometry, sheet, {"n": n}) for n, outline in enumerate(sheet.around)]
    if around:
        yield _still(around, {"fillColor": LIGHT.line, "fillOpacity": 0.35, "color": LIGHT.borders[2], "weight": 1})
    cells = [cell for cell in sheet.cells if cell.geometry is not None]
    if cells:
        looks = {cell.code: _look(cell, own) for cell in cells}
        tooltip = folium.GeoJsonTooltip(["name", "figure"], labels=False, class_name="figure")
        yield folium.GeoJson(
            _collection([_cell(cell, sheet) for cell in cells]),
            style_function=lambda feature: dict(looks[feature["id"]]),
            highlight_function=lambda _: {"weight": 3, "color": LIGHT.accent},
            tooltip=tooltip,
            smooth_factor=0.5,
        )
    frame = _feature(sheet.area.geometry, sheet, {"n": 0})
    yield _still([frame], {"fill": False, "color": LIGHT.borders[0], "weight": 2.5})
    for layer_id, spots in sheet.spots.items():
        yield from _spots(all_layers()[layer_id], spots, sheet)
    names = {
        cell.code: (cell.geometry.representative_point(), _name(cell, sheet))
        for cell in _by_size(cells)
        if cell.geometry
    }
    if names:
        yield _marked(names)


def _still(features: list[dict[str, Any]], look: dict[str, Any]) -> folium.GeoJson:
    """Return outlines that nothing happens on."""
    return folium.GeoJson(
        _collection(features), style_function=lambda _: dict(look), interactive=False, smooth_factor=0.5
    )


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _feature(shape: BaseGeometry, sheet: Sheet, properties: dict[str, Any]) -> dict[str, Any]:
    """Return a feature no finer than any screen shows, in degrees."""
    west, south, east, north = sheet.area.geometry.bounds
    finest = max(east - west, north - south) / FINEST
    # Neighbours may lose other points of a border that they share: what gapes is thinner than a pixel.
    simple = shape if shape.geom_type == "Point" else shape.simplify(finest)
    return {"type": "Feature", "geometry": _rounded(mapping(_degrees(simple))), "properties": properties}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def _look(cell: Cell, own: Classes) -> dict[str, Any]:
    fill = own.colour(cell.value) if cell.value is not None else f"url(#{HATCHES[cell.shown]})"
    lines = {"color": LIGHT.borders[1], "weight": 1, "className": f"cell {cell.shown}"}
    return {"fillColor": fill, "fillOpacity": 1, **lines}


def _cell(cell: Cell, sheet: Sheet) -> dict[str, Any]:
    assert cell.geometry is not None
    # folium puts both into the page as HTML.
    told = {"name": escape(cell.name), "figure": escape(figure_of(cell, sheet))}
    return {**_feature(cell.geometry, sheet, told), "id": cell.code}


def figure_of(cell: Cell, sheet: Sheet) -> str:
    """Return what a reader is told of an area: its figure, that it is withheld, or that there is none."""
    if cell.value is not None:
        unit = saying.in_language(sheet.measure.unit, sheet)
        return f"{number(cell.value, sheet.measure)} {unit}".strip()
    key_ = "press_picture.suppressed" if cell.shown == "suppressed" else "page.no_data"
    return " ".join(dict.fromkeys(say(key_, language) for language in saying.languages(sheet)))


def _by_size(cells: list[Cell]) -> list[Cell]:
    return sorted(cells, key=lambda cell: (0 if cell.geometry is None else -cell.geometry.area, cell.code))


def _name(cell: Cell, sheet: Sheet) -> str:
    figure = f"<b>{escape(number(cell.value, sheet.measure))}</b>" if cell.value is not None else ""
    return f'<div class="name">{escape(cell.name)}{figure}</div>'


def _marked(points: Mapping[str, tuple[BaseGeometry, str]]) -> folium.GeoJson:
    """Return points by an id of each, drawn as a piece of HTML."""
    features = [
        {"type": "Feature", "id": name, "geometry": _rounded(mapping(_degrees(place))), "properties": {}}
        for name, (place, _) in points.items()
    ]
    return folium.GeoJson(
        _collection(features),
        style_function=lambda feature: {"html": points[feature["id"]][1]},
        marker=folium.Marker(icon=folium.DivIcon(icon_size=(0, 0)), interactive=False, keyboard=False),
    )


def _spots(layer: Layer, spots: tuple[Spot, ...], sheet: Sheet) -> Iterator[folium.GeoJson]:
    """Yield what a public layer shows: places with their signs, lines and outlines in their colour."""
    places = [spot for spot in spots if spot.geometry.geom_type == "Point"]
    points = {str(nth): (spot.geometry, _symbol(layer, spot)) for nth, spot in enumerate(places)}
    if points:
        yield _marked(points)
    for nth, spot in enumerate(spots):
        if spot.geometry.geom_type != "Point":
            looks = symbols.of_spot(layer, spot)
            yield _still(
                [_feature(spot.geometry, sheet, {"n": nth})], {"color": looks.colour, "weight": 2, "fill": False}
            )


def _symbol(layer: Layer, spot: Spot) -> str:
    looks = symbols.of_spot(layer, spot)
    badge = f'<i style="color:{looks.colour}">{escape(looks.badge)}</i>' if looks.badge else ""
    return (
        f'<div class="symbol" title="{escape(spot.label)}" style="background:{looks.colour};color:{ink(looks.colour)}">'
        f"{escape(looks.letter)}{badge}</div>"
    )


def _facts(sheet: Sheet, own: Classes) -> dict[str, Any]:
    """Return the words and numbers around the map."""
    leading = saying.languages(sheet)[0]
    west, south, east, north = (round(side, DIGITS) for side in _degrees(sheet.area.geometry).bounds)
    demo = saying.printed("demo", sheet) if sheet.demo else ""
    return {
        "lang": "en" if leading == "en" else "zh-CN",
        "title": saying.title(sheet),
        "second": saying.second_title(sheet),
        "subtitle": saying.subtitle(sheet),
        "marks": _marks(sheet),
        "bounds": json.dumps([[south, west], [north, east]]),
        "zoom_in": say("page.zoom_in", leading),
        "zoom_out": say("page.zoom_out", leading),
        "table_title": say("page.table", leading),
        "table": [(cell.name, figure_of(cell, sheet)) for cell in sheet.cells],
        "demo": demo,
        "demo_wide": 90 + sum(16 if letter.isascii() else 31 for letter in demo),
        "withdrawn": saying.printed("withdrawn", sheet) if sheet.withdrawn else "",
        "north": say("press_picture.north", leading),
        "ground": hatching.GROUND,
        "ink_diagonal": hatching.INK[hatching.DIAGONAL],
        "ink_cross": hatching.INK[hatching.CROSS],
        "edge": LIGHT.borders[1],
        "groups": [_group(group, sheet) for group in key.groups(sheet, own)],
        "note": sheet.order.note,
        "fine_print": saying.fine_print(sheet),
        "review": saying.printed("review", sheet, " / "),
        "review_number": sheet.order.review_number,
        "number": saying.number_line(sheet),
    }


def _marks(sheet: Sheet) -> list[tuple[str, str]]:
    found = {"withdrawn": sheet.withdrawn, "draft": not sheet.number, "demo": sheet.demo}
    return [(name, saying.printed(name, sheet, " ")) for name, holds in found.items() if holds]


def _group(group: key.Group, sheet: Sheet) -> dict[str, Any]:
    rows = [
        {
            "words": saying.in_language(row.words, sheet),
            "symbol": row.symbol,
            "fill": row.colour or f"url(#{row.hatch})",
            "ink": ink(row.symbol.colour) if row.symbol else "",
        }
        for row in group.rows
    ]
    return {"head": group.head.split("\n"), "rows": rows}
