"""The face of a building 装户图 over the map: whose it is, how many doors in each state, and every door in its place."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import Dash, Input, Output, html, no_update
from dash.development.base_component import Component

from callbacks import ids
from callbacks.face_sheet import Signs, doors_of, sheet, title
from callbacks.parts import aria, data, go, notice, swatch, time_of, to_area
from callbacks.services import Services
from callbacks.wording import clock, moment_of, number
from geodata import faces
from geodata.errors import BadScheme, BadValue, DatabaseAway, TooSlow, WanggeError
from geodata.installation import current_scheme
from geodata.model import SchemeState
from geodata.words import say


def panel(
    found: dict[str, Any],
    states: Sequence[SchemeState],
    language: str,
    *,
    now: datetime,
    past: bool = False,
    demo: bool = False,
) -> list[Component]:
    """Return a face (`geodata.faces.face`): head, count strip, which is the filter and the legend too, and façade.

    `assets/face.js` draws the façade into the element that carries the sheet, on whichever page it stands.
    """
    doors = doors_of(found)
    drawn = sheet(found, states, language)
    facade = html.Div(className=f"facade {drawn['kind']}", **data(sheet=json.dumps(drawn, ensure_ascii=False)))
    empty = [] if doors else [notice(say("face.nothing", language), say("face.nothing_more", language))]
    return [
        _head(found, len(doors), language, now, past=past, demo=demo),
        strip(doors, states, language),
        *empty,
        facade,
    ]


def opener(building_id: int, language: str) -> Component:
    """Return the link that opens the face of a building."""
    return go(
        say("face.open", language), f"/map?face={building_id}", {"face": str(building_id)}, className="button to-face"
    )


def _head(found: dict[str, Any], count: int, language: str, now: datetime, *, past: bool, demo: bool) -> Component:
    name = [html.H2(title(found)), html.Span(_size(found, count, language), className="quiet small")]
    where = html.P(
        [html.Span(found["address"]), " · ", to_area(found["area_name"], found["area_code"])], className="small where"
    )
    when: list[Component] = [time_of(found["data_time"], now, language)]
    if past:
        then = say("face.past", language, moment=clock(found["at"], now, language))
        back = go(say("when.back_to_now", language), "/map", {"at": ""}, className="button back")
        when = [html.Span(then, className="badge then"), back, *when]
    if demo:
        when.append(html.Span(say("product.demo", language), className="badge demo"))
    press = html.Button(say("face.print", language), type="button", className="button print", **data(print=""))
    close = html.Button(
        "×", type="button", className="close", **aria(label=say("face.close", language)), **data(go="face=")
    )
    told = html.Div([html.Div(name, className="name"), where], className="told")
    return html.Div([told, html.Div(when, className="when"), press, close], className="face-head")


def _size(found: dict[str, Any], count: int, language: str) -> str:
    if found["street"] is not None:
        return say("face.street_size", language, houses=len(found["street"]), n=number(count))
    measures = {"units": found["units"], "floors": found["floors"], "rooms": found["rooms_per_floor"]}
    return say("face.size", language, **measures, n=number(count))


def strip(doors: Sequence[dict[str, Any]], states: Sequence[SchemeState], language: str) -> Component:
    """Return the doors by state and by term: a bar of shares, and a button each that dims everything else."""
    signs = Signs(states, language)
    counts = Counter(signs.place(door["state"]) for door in doors)
    left = [door["days_left"] for door in doors if door["days_left"] is not None]
    buttons = [_only("", [], say("face.all", language), len(doors))]
    for place, (letter, name, colour, _, hatch, _) in enumerate(signs.rows):
        buttons.append(_only(f"s{place}", [swatch(colour, letter, hatch or None)], name, counts[place]))
    terms = {"due": sum(days == 0 for days in left), "over": sum(days < 0 for days in left)}
    for term, count in terms.items():
        mark = html.Span(className=f"term {term}", **aria(hidden="true"))
        buttons.append(_only(term, [mark], say(f"face.{term}", language), count))
    bars = [
        html.Span(style={"flex": counts[place], "background": sign[2]}, className=f"hatch-{sign[4]}" if sign[4] else "")
        for place, sign in enumerate(signs.rows)
        if counts[place]
    ]
    group = html.Div(buttons, className="only", role="group", **aria(label=say("face.filter", language)))
    return html.Div([html.Div(bars, className="share", **aria(hidden="true")), group], className="strip")


def _only(key: str, sign: list[Component], words: str, count: int) -> Component:
    return html.Button(
        [*sign, html.Span(words), html.Strong(number(count))],
        type="button",
        className="" if count else "zero",
        **data(only=key),
        **aria(pressed=str(not key).lower()),
    )


def chooser(listed: Sequence[dict[str, Any]], language: str) -> list[Component]:
    """Return the picker of a grid's buildings, which opens the face of the one that is chosen; nothing where there is none."""
    if not listed:
        return []
    options = [html.Option(say("face.choose_hint", language), value="")]
    options += [html.Option(row["title"], value=str(row["id"])) for row in listed]
    label = html.Span(say("face.choose", language), className="out-of-sight")
    return [html.Label([label, html.Select(options, className="choice", **data(ask="face"))], className="to-face")]


async def load(
    services: Services, building: int, at: datetime | None, now: datetime
) -> tuple[dict[str, Any], tuple[SchemeState, ...]]:
    """Read a face and the colours of its moment in the scope of who is asking. Raises UnknownFeature."""
    async with services.reading() as connection:
        found = await faces.face(connection, building, now=now, at=at)
        day = min(at or now, now).astimezone(services.installation.zone).date()
        city = services.installation.city_code
        try:
            return found, await current_scheme(connection, city, day)
        except BadScheme:  # the moment lies before the first scheme
            return found, await current_scheme(connection, city)


async def show(services: Services, asked: str, at: str, language: str) -> Any:
    """Return the face that the address asks for; what is shown stays where the database is away."""
    if not asked:
        return []
    now = services.now()
    try:
        moment = moment_of(at, services.installation.zone)
        building = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
        found, states = await load(services, building, moment, now)
    except (DatabaseAway, TooSlow):
        return no_update
    except BadValue:
        return _refused("trouble.moment", at, language)
    except WanggeError:
        return _refused("card.missing", say("card.missing_more", language), language)
    past = moment is not None and moment < now
    return panel(found, states, language, now=now, past=past, demo=services.installation.demo)


def _refused(key: str, sentence: str, language: str) -> list[Component]:
    close = html.Button(
        "×", type="button", className="close", **aria(label=say("face.close", language)), **data(go="face=")
    )
    head = html.Div([html.Div(html.H2(say(key, language)), className="told"), close], className="face-head")
    return [head, notice(say("face.panel", language), sentence)]


def register(app: Dash, services: Services) -> None:
    """Show the face that the address names, again whenever the world moved."""

    @app.callback(
        Output(ids.FACE_PANEL, "children"),
        Input(ids.FACE, "data"),
        Input(ids.MOMENT, "data"),
        Input(ids.TASTE, "data"),
        Input(ids.NEWS, "data"),
        prevent_initial_call=True,
    )
    async def _(asked: str, at: str, taste: dict[str, str], _news: Any) -> Any:
        return await show(services, str(asked or ""), at or "", taste["language"])
