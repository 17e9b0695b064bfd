"""The face of a building 装户图 over the map: whose it is, how many doors in each state, and every door in its place."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from callbacks.parts import aria, data, go, notice, swatch, time_of, to_area
from callbacks.services import Services
from callbacks.wording import clock, day, moment_of, number
from geodata import faces
from geodata.errors import BadScheme, BadValue, UnknownFeature
from geodata.model import SchemeState
from geodata.schemes import drawn_states
from geodata.words import say
from layers.render.face_sheet import Signs, doors_of, sheet, title


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
    when: list[Component] = [time_of(found["data_time"], now, language), _on_paper(found["data_time"], now, language)]
    if past:
        then = say("face.past", language, moment=clock(found["at"], now, language))
        back = go(say("when.back_to_now", language), "/map", {"at": ""}, className="button back")
        when = [html.Span(then, className="badge then"), back, *when]
    if demo:
        when.append(html.Span(say("product.demo", language), className="badge demo"))
    size = html.Span(_size(found, count, language))
    grid = to_area(found["area_name"], found["area_code"])
    where = html.P([html.Span(found["address"]), " · ", grid, " · ", size], className="small where")
    told = html.Div([html.Div([html.H2(title(found)), *when], className="name"), where], className="told")
    press = html.Button(say("face.print", language), type="button", className="button print", **data(print=""))
    return html.Div([told, press, _close(language)], className="face-head")


def _on_paper(moment: datetime | None, now: datetime, language: str) -> Component:
    """Return the time of the data as paper needs it: with its year, and without an age that grows."""
    if moment is None:
        return html.Span(say("when.none", language), className="on-paper")
    local = moment.astimezone(now.tzinfo)
    written = f"{day(local.date(), language, year=True)} {local:%H:%M}"
    return html.Span(say("face.paper", language, moment=written), className="on-paper")


def _close(language: str) -> Component:
    label = say("face.close", language)
    return html.Button("×", type="button", className="close", **aria(label=label), **data(go="face="))


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
    terms = {"over": sum(days < 0 for days in left), "due": sum(days == 0 for days in left)}
    for term, count in terms.items():
        mark = html.Span(className=f"term {term}", **aria(hidden="true"))
        buttons.append(_only(term, [mark], say(f"face.{term}", language), count))
    for place, (letter, name, colour, _, hatch, _) in enumerate(signs.rows):
        buttons.append(_only(f"s{place}", [swatch(colour, letter, hatch or None)], name, counts[place]))
    bars = [
        html.Span(style={"flex": counts[place], "background": sign[2]}, className=f"hatch-{sign[4]}" if sign[4] else "")
        for place, sign in enumerate(signs.rows)
        if counts[place]
    ]
    group = html.Div(buttons, className="only", role="group", **aria(label=say("face.filter", language)))
    return html.Div([html.Div(bars, className="share", **aria(hidden="true")), group], className="strip")


def _only(key: str, sign: list[Component], words: str, count: int) -> Component:
    return html.Button(
        [*sign, html.Span([html.Strong(number(count)), html.Span(words, className="small")], className="counted")],
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
        date = min(at or now, now).astimezone(services.installation.zone).date()
        city = services.installation.city_code
        try:
            return found, await drawn_states(connection, city, date)
        except BadScheme:  # the moment lies before the first scheme
            return found, await drawn_states(connection, city, services.installation.today(now))


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in the place of a face: the face, or why there is none."""

    parts: list[Component]
    found: bool = True


async def show(services: Services, asked: str, at: str, language: str) -> Shown:
    """Return the face that an address asks for, at the moment it names. Raises DatabaseAway, TooSlow."""
    now = services.now()
    try:
        moment = moment_of(at, services.installation.zone)
        building = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
        found, states = await load(services, building, moment, now)
    except BadValue:
        return _refused("trouble.moment", at, language)
    except UnknownFeature:
        return _refused("card.missing", say("card.missing_more", language), language)
    past = moment is not None and moment < now
    return Shown(panel(found, states, language, now=now, past=past, demo=services.installation.demo))


def _refused(key: str, sentence: str, language: str) -> Shown:
    head = html.Div([html.Div(html.H2(say(key, language)), className="told"), _close(language)], className="face-head")
    return Shown([head, notice(say("face.panel", language), sentence)], found=False)
