"""The desk 态势图: search and breadcrumb on top, the map, one panel of figures, layers folded at the left edge."""

import json
from collections.abc import Iterable

import pydeck
from dash import dcc, html
from dash.development.base_component import Component

from callbacks import homes, ids, regions
from callbacks.parts import aria, skeleton
from callbacks.services import Taste
from geodata.words import say
from layers.declaration import Layer

STORES = (
    ids.ADDRESS, ids.AREA, ids.MOMENT, ids.MEASURE, ids.ON, ids.PICK, ids.NEWS, ids.LISTEN, ids.MAP_VIEW, ids.MAP_PICK,
    ids.MAP_HEALTH, ids.FIT, ids.SPOT, ids.MOVING, ids.DONE, ids.BEFORE, ids.GRID, ids.HOMES_STATE,
    ids.SOUGHT, ids.BEAT, ids.REPORTED,
)  # fmt: skip


def layout(taste: Taste) -> Component:
    """Return the page as it stands before any figure is there: every region in its place."""
    language = taste.language
    stores: list[Component] = [dcc.Store(id=name) for name in (*STORES, *map(regions.told, ids.REGIONS))]
    stores.append(dcc.Store(id=ids.TASTE, data={"theme": taste.theme, "language": language}))
    skip = html.A(say("map.skip", language), href=f"#{ids.SIDE}", id=ids.SKIP, className="skip")
    return html.Div([skip, _bar(language), *_map(language), _side(language), *stores], id=ids.PAGE)


def _bar(language: str) -> Component:
    return html.Header(
        [
            html.Div(html.Span(say("product.name", language), className="mark"), id=ids.BRAND, className="brand"),
            html.Nav(id=ids.TRAIL, className="trail", **aria(label=say("map.trail", language))),
            html.Div(
                [*_field(language), html.Div(id=ids.FOUND, className="found", **aria(live="polite"))],
                className="search",
                role="search",
            ),
            html.Div(id=ids.ACCOUNT, className="who"),
        ],
        className="bar",
    )


def _field(language: str) -> list[Component]:
    return [
        html.Label(say("find.label", language), htmlFor=ids.SEARCH, id=ids.SEARCH_LABEL, className="out-of-sight"),
        dcc.Input(
            id=ids.SEARCH,
            type="search",
            placeholder=say("find.hint", language),
            autoComplete="off",
            maxLength=80,
        ),
        html.Kbd("/", **aria(hidden="true")),
    ]


def _map(language: str) -> list[Component]:
    summary = html.Summary(say("layers.title", language), id=ids.LAYERS_TITLE)
    inside = html.Div(skeleton(), id=ids.LAYERS_INSIDE, className="inside")
    return [
        html.Section(
            html.Details([summary, inside], id=ids.LAYERS, className="layers"),
            **aria(labelledby=ids.LAYERS_TITLE),
        ),
        html.Div(id=ids.PAST, className="moment", role="status"),
        html.Section(id=ids.TOOLS, className="zoom", **aria(label=say("map.tools", language))),
        html.Div(
            id=ids.CARD,
            className="card",
            role="region",
            **aria(label=say("map.card", language), live="polite"),
        ),
        html.Section(id=ids.DRAW, className="draw", hidden=True, **aria(label=say("plan.draw", language))),
        html.Div(id=ids.PLAN_SAID, className="said", role="alert"),
        html.Section(id=ids.FACE, className="face", tabIndex=-1, **aria(label=say("face.panel", language))),
        html.Div(id=ids.TROUBLE, className="trouble", role="status"),
    ]


def _side(language: str) -> Component:
    return html.Aside(
        [
            html.Div(html.Section(skeleton(9)), id=ids.NUMBERS),
            _reported(language),
            html.Div(id=ids.ALERTS),
            html.Div(id=ids.BELOW),
            html.Section([html.Div(id=ids.HOMES_HEAD), homes.table()], id=ids.HOMES, hidden=True),
        ],
        id=ids.SIDE,
        className="side",
        tabIndex=-1,
        **aria(label=say("map.figures", language)),
    )


def _reported(language: str) -> Component:
    """Return the numbers of feeds, folded: they are read only while somebody looks at them."""
    summary = html.Summary(say("reported.title", language), id=ids.REPORTED_TITLE)
    inside = html.Div(skeleton(), id=ids.REPORTED_INSIDE, className="inside")
    return html.Details([summary, inside], id=ids.REPORTED_BOX, className="reported")


def deck() -> str:
    """Return pydeck's description of the map, as JSON; map.js puts the true place and style into it."""
    view = pydeck.ViewState(longitude=0, latitude=0, zoom=4)
    described = pydeck.Deck([], initial_view_state=view, map_provider="maplibre", map_style="/style.json")
    return str(described.to_json())


def facts(layers: Iterable[Layer]) -> str:
    """Return what map.js must know of each layer, as JSON: whether it is on, and what a click on it does."""
    return json.dumps(
        {
            layer.id: {
                "on": layer.shown,
                "drills": layer.id == "grids" or bool(layer.measures),
                "covers": bool(layer.measures),
                "single": layer.single_from,
                "live": layer.live,
                "face": layer.face_from,
            }
            for layer in layers
            if layer.group != "base"
        }
    )
