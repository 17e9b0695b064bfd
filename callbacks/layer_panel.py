"""Layers and legend as one control: each layer a switch, under it what its colours and letters mean."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from dash import Dash, Input, State, html
from dash.development.base_component import Component

from callbacks import ids
from callbacks.below import chooser
from callbacks.parts import aria, data, swatch
from callbacks.regions import drawn, into
from callbacks.services import Services
from callbacks.wording import clock, day, moment_of
from geodata.errors import BadValue, WanggeError
from geodata.model import SchemeState
from geodata.schemes import drawn_states
from geodata.words import say
from layers.declaration import Layer, Measure
from layers.registry import visible
from layers.render.legend import LegendRow, legend

GROUPS = ("areas", "homes", "plan", "posts", "care", "patrols", "reports")
DAYS_BACK = (1, 3, 7, 14)


def panel(
    layers: Iterable[Layer],
    states: tuple[SchemeState, ...],
    on: list[str] | None,
    measure: str,
    theme: str,
    language: str,
    *,
    homes: bool,
) -> list[Component]:
    """Return the switches by group; `on` is none where the address names no layers, and each layer's default holds.

    A choropleth that does not know the asked measure is coloured by its own first one; `homes` is whether the reader may
    see figures about homes.
    """
    listed = list(layers)
    regions: list[Component] = []
    for group in GROUPS:
        members = [layer for layer in listed if layer.group == group]
        parts: list[Component] = [html.H3(say(f"layers.{group}", language), className="out-of-sight")]
        for layer in members:
            shown = layer.shown if on is None else layer.id in on
            choices = tuple(one for one in layer.measures if homes or not one.homes)
            chosen = next((one for one in choices if one.id == measure), next(iter(choices), None))
            rows = legend(layer, states, chosen)
            parts += [switch(layer, shown, language), _legend(layer, rows, choices, chosen, theme, language)]
        regions += [html.Div(parts, role="group", **aria(label=say(f"layers.{group}", language)))] if members else []
    return regions


def switch(layer: Layer, shown: bool, language: str) -> Component:
    """Return a layer's switch; map.js turns the layer on and off and says so in the address."""
    closer = html.Span(say("layers.closer", language), className="beyond")
    return html.Button(
        [html.Span(layer.title.in_(language), className="title"), closer, html.Span(className="switch")],
        type="button",
        className="row",
        **aria(pressed=str(shown).lower()),
        **data(layer=layer.id, min_zoom=str(layer.min_zoom)),
    )


def _legend(
    layer: Layer,
    rows: list[LegendRow],
    choices: tuple[Measure, ...],
    chosen: Measure | None,
    theme: str,
    language: str,
) -> Component:
    parts: list[Component] = [chooser(choices, chosen.id, language)] if chosen is not None else []
    if rows:
        parts.append(html.Ul([_row(row, layer, theme, language) for row in rows]))
    if layer.note is not None:
        parts.append(html.P(layer.note.in_(language), className="note"))
    return html.Div(parts, className="legend")


def _row(row: LegendRow, layer: Layer, theme: str, language: str) -> Component:
    shape = {"point": "round", "line": "line"}.get(layer.geometry, "")
    return html.Li(
        [
            swatch(row.light if theme == "light" else row.dark, row.letter, row.hatch, shape),
            html.Span(row.words.in_(language)),
        ]
    )


def moments(asked: str, now: datetime, language: str) -> Component:
    """Return the picker of the moment that is shown: now, or the evening of an earlier day."""
    evenings = {f"{(now - timedelta(days=n)).date()}T20:00": n for n in DAYS_BACK}
    options = [html.Option(say("layers.now", language), value="", selected=not asked)]
    for evening, n in evenings.items():
        words = say("layers.days_ago", language, day=day(datetime.fromisoformat(evening), language), n=n)
        options.append(html.Option(words, value=evening, selected=asked == evening))
    if asked and asked not in evenings:
        options.append(html.Option(say("layers.asked", language), value=asked, selected=True))
    label = html.Span(say("layers.moment", language))
    return html.Label([label, html.Select(options, className="choice", **data(ask="at"))], className="row")


def past(asked: str, services: Services, language: str) -> list[Any]:
    """Return the sentence over the map that says it shows the past; nothing where it shows the present."""
    if not asked:
        return []
    try:
        moment = moment_of(asked, services.installation.zone)
    except BadValue:
        return [say("trouble.moment", language), _back(language)]
    assert moment is not None
    written = clock(moment, services.now(), language)
    return [html.Span(say("when.past", language, moment=written)), _back(language)]


def moment_or_now(asked: str, services: Services) -> datetime:
    """Return the moment that is shown: the asked one, or the present where none is asked or it cannot be read."""
    try:
        return moment_of(asked, services.installation.zone) or services.now()
    except BadValue:
        return services.now()


def _back(language: str) -> Component:
    return html.A(say("when.back_to_now", language), href="/map", className="button", **data(go="at="))


async def show(services: Services, on: list[str] | None, at: str, measure: str, taste: dict[str, str]) -> Any:
    """Return the inside of the control and the sentence about the past."""
    language = taste["language"]
    scope = services.principal().scope
    states: tuple[SchemeState, ...] = ()
    try:
        async with services.reading() as connection:
            day = services.installation.today(moment_or_now(at, services))
            states = await drawn_states(connection, services.installation.city_code, day)
    except WanggeError:
        states = ()
    inside = panel(visible(scope), states, on, measure, taste["theme"], language, homes=scope.homes)
    inside.append(html.Hr())
    inside.append(moments(at, services.now(), language))
    return inside, past(at, services, language)


def register(app: Dash, services: Services) -> None:
    """Fill the control when the address or the taste changes; switching a layer is done on the page alone."""

    @app.callback(
        into(ids.LAYERS_INSIDE),
        into(ids.PAST),
        Input(ids.MOMENT, "data"),
        Input(ids.MEASURE, "data"),
        Input(ids.TASTE, "data"),
        State(ids.ON, "data"),
        prevent_initial_call=True,
    )
    async def _(at: str, measure: str, taste: dict[str, str], on: list[str] | None) -> Any:
        inside, moment = await show(services, on, at or "", measure or "", taste)
        return drawn(inside), drawn(moment)
