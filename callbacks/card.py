"""The card of what was clicked: what it is, since when, how old its data is; a household with its history."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dash import Dash, Input, Output, html, no_update
from dash.development.base_component import Component
from shapely.geometry import shape
from sqlalchemy.ext.asyncio import AsyncConnection

from callbacks import alert_card, ids, plan_card
from callbacks.face import opener
from callbacks.parts import aria, data, notice, swatch, time_of, to_area
from callbacks.regions import drawn, into
from callbacks.services import Services
from callbacks.wording import clock, days_left, moment_of
from geodata.alerts.reading import one
from geodata.errors import BadValue, DatabaseAway, TooSlow, UnknownFeature, WanggeError
from geodata.gates import may_write
from geodata.households import household
from geodata.model import SchemeState
from geodata.schemes import drawn_states
from geodata.words import catalogue, say
from layers.declaration import Field, Layer, View
from layers.registry import get
from layers.render.card import Line, card
from layers.render.features import feature


@dataclass(frozen=True, slots=True)
class Picked:
    """What was clicked: its layer and row, its home of states, and where it lies."""

    layer: Layer
    row: dict[str, Any]
    door: dict[str, Any] | None
    """The household with its history, where it is one."""
    states: tuple[SchemeState, ...]
    building: int | None
    """The building it is or lies in, where it is one of homes."""
    spot: tuple[float, float]
    """Longitude and latitude in degrees."""
    plan: dict[str, Any] | None = None
    """The gate with its history, or the closure, where it is one."""
    alert: dict[str, Any] | None = None
    """The alert with its journal, where it is one."""


def picked(words: str) -> tuple[str, int]:
    """Read `layer:id` of an address. Raises BadValue."""
    layer, _, row = words.partition(":")
    if not layer or not row.isascii() or not row.isdigit() or len(row) > 18:
        raise BadValue(name="pick", value=words, wanted="layer:id")
    return layer, int(row)


async def load(services: Services, words: str, at: datetime | None) -> Picked:
    """Read the picked thing in the scope of who is asking. Raises UnknownLayer, UnknownFeature, BadValue."""
    layer_id, row_id = picked(words)
    layer = get(layer_id, services.principal().scope)
    now = services.now()
    view = View.of(now, now.date(), at=at)
    async with services.reading() as connection:
        if layer.id in plan_card.LAYERS:
            plan = await plan_card.told(connection, layer, row_id)
            place = plan.get("geometry") or (await feature(connection, layer, row_id, view))["geometry"]
            middle = shape(place).representative_point()
            return Picked(layer, {}, None, (), None, (middle.x, middle.y), plan)
        if layer.id == "alerts":
            return await _alert(connection, layer, row_id)
        found = await feature(connection, layer, row_id, view)
        states = await _states(connection, services, {now, at or now})
        door = await household(connection, row_id, now=at or now) if layer.id == "households" else None
    middle = shape(found["geometry"]).representative_point()
    building = row_id if layer.face_from is not None else found["properties"].get("building_id")
    return Picked(layer, found["properties"], door, states, building, (middle.x, middle.y))


async def _alert(connection: AsyncConnection, layer: Layer, row_id: int) -> Picked:
    """Return an alert, open or closed. Raises UnknownFeature, also for one without a place."""
    found = await one(connection, row_id)
    if found["lon"] is None:
        raise UnknownFeature(layer=layer.id, id=row_id)
    return Picked(layer, {}, None, (), None, (found["lon"], found["lat"]), alert=found)


async def _states(connection: AsyncConnection, services: Services, moments: set[datetime]) -> tuple[SchemeState, ...]:
    """Return the states drawn at any of the moments: the card of a past moment speaks of the present too."""
    city, found = services.installation, dict[str, SchemeState]()
    for day in sorted({city.today(moment) for moment in moments}):
        found |= {state.code: state for state in await drawn_states(connection, city.city_code, day)}
    return tuple(found.values())


def body(found: Picked, now: datetime, language: str) -> list[Component]:
    """Return the card."""
    about = card(found.layer, found.row, found.states, language, now=now, zone=now.tzinfo or UTC)
    if found.door is not None:
        return [*_opened(found, _address(found.door, language), language), *_door(found, found.door, now, language)]
    told = [field for field in found.layer.fields if field.column in found.row]
    said = [(field, line) for field, line in zip(told, about.lines, strict=True) if field.column != found.layer.value]
    lines = [part for field, line in said for part in _line(field, line)]
    footer = html.Div(time_of(about.data_time, now, language), className="foot stale" if about.stale else "foot")
    kind: list[Component] = [html.Span(found.layer.title.in_(language), className="quiet small")]
    if about.mark is not None:
        kind = [
            swatch(about.mark.dark, about.mark.letter, about.mark.hatch),
            html.Span(about.mark.words.in_(language)),
            *kind,
        ]
    return [*_opened(found, about.title, language), html.P(kind, className="kind-row"), html.Dl(lines), footer]


def _opened(found: Picked, title: str, language: str) -> list[Component]:
    return [_head(title, language), *([opener(found.building, language)] if found.building is not None else [])]


def _head(title: str, language: str) -> Component:
    close = html.Button(
        "×", type="button", className="close", **aria(label=say("card.close", language)), **data(go="pick=")
    )
    return html.Div([html.H2(title), close], className="head")


def _line(field: Field, line: Line) -> list[Component]:
    text = f"{line.value} {line.unit}".strip()
    told = html.A(text, href=f"tel:{line.value}") if field.form == "telephone" else text
    return [html.Dt(line.words), html.Dd(told)]


def _address(door: dict[str, Any], language: str) -> str:
    return say("card.door", language, building=door["building"], unit=door["unit"], room=door["room"])


def _door(found: Picked, door: dict[str, Any], now: datetime, language: str) -> list[Component]:
    known = {state.code: state for state in found.states}
    state = known[door["state"]]
    words = [
        html.Strong(_name(state, language)),
        html.Div(say("card.since", language, moment=clock(door["since"], now, language)), className="small quiet"),
    ]
    verdict = html.Div(
        [swatch(state.colour, state.letter, state.hatch), html.Div(words), _left(door, language)], className="verdict"
    )
    grid = to_area(door["area_name"], door["area_code"])
    address = html.P([door["address"], " · ", grid], className="small quiet")
    steps = [html.Li(_step(step, known, now, language)) for step in door["history"]]
    history = html.Div([html.H3(say("card.history", language)), html.Ol(steps)], className="history")
    return [verdict, address, history, html.Div(time_of(door["data_time"], now, language), className="foot")]


def _left(door: dict[str, Any], language: str) -> Component:
    left = door["days_left"]
    if left is None:
        return html.Div(html.Span(say("card.not_followed", language), className="quiet small"), className="left")
    tone = "severe" if left < 0 else "warning" if left == 0 else ""
    return html.Div(html.Strong(days_left(left, language), className=tone), className="left")


def _step(step: dict[str, Any], known: dict[str, SchemeState], now: datetime, language: str) -> list[Component]:
    state = known.get(step["to"])
    sign = [swatch(state.colour, state.letter, state.hatch)] if state is not None else []
    name = step["to_en"] if language == "en" else step["to_zh"]
    who = say("card.by", language, who=step["by"], source=reason(step["reason"], language))
    said = [name, " ", html.Span(clock(step["effective"], now, language), className="small")]
    if step["undoes"] is not None:
        said = [html.Span(say("card.undoing", language)), " ", *said]
    elif step["undone"]:
        said = [html.S(said), " ", html.Span(say("card.undone", language), className="small quiet")]
    return [*sign, html.Div([html.Div(said), html.Div(who, className="small")])]


def reason(given: str, language: str) -> str:
    """Return why a state changed: words of ours for the codes we know, else what the sender wrote."""
    return say(f"reason.{given}", language) if f"reason.{given}" in catalogue() else given


def _name(state: SchemeState, language: str) -> str:
    return state.en if language == "en" else state.zh


async def show(services: Services, pick: str, at: str, language: str) -> Any:
    """Return the card and the place it belongs to; nothing where nothing is picked."""
    if not pick:
        return [], None
    now = services.now()
    try:
        moment = moment_of(at, services.installation.zone)
        found = await load(services, pick, moment)
    except (DatabaseAway, TooSlow):
        return no_update, no_update
    except WanggeError:
        missing = notice(say("card.missing_more", language))
        return [_head(say("card.missing", language), language), missing], None
    if found.alert is not None:
        may = may_write(services.principal().scope) and moment is None
        head = _head(alert_card.title(found.alert, language), language)
        parts = alert_card.body(found.alert, moment or now, language, may=may)
        return [head, *parts], {"pick": pick, "lon": found.spot[0], "lat": found.spot[1]}
    if found.plan is not None:
        may = may_write(services.principal().scope)
        parts = plan_card.body(found.layer, found.plan, moment or now, language, may=may, at=moment)
        head = _head(plan_card.title(found.layer, found.plan, language), language)
        return [head, *parts], {"pick": pick, "lon": found.spot[0], "lat": found.spot[1]}
    return body(found, moment or now, language), {"pick": pick, "lon": found.spot[0], "lat": found.spot[1]}


def register(app: Dash, services: Services) -> None:
    """Show the card of what the address picks."""

    @app.callback(
        into(ids.CARD),
        Output(ids.SPOT, "data"),
        Input(ids.PICK, "data"),
        Input(ids.MOMENT, "data"),
        Input(ids.TASTE, "data"),
        Input(ids.NEWS, "data"),
        prevent_initial_call=True,
    )
    async def _(pick: str, at: str, taste: dict[str, str], _news: Any) -> Any:
        inside, spot = await show(services, pick or "", at or "", taste["language"])
        return drawn(inside), spot
