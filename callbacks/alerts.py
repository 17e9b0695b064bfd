"""Open alerts beside the map: what must be seen first first, since when, who has it; and what can be done about it."""

from datetime import datetime
from typing import Any

from dash import Dash, Input, html, no_update
from dash.development.base_component import Component

from callbacks import ids
from callbacks.parts import aria, data, go, swatch, time_of, to_area, value
from callbacks.regions import drawn, into
from callbacks.services import Services
from callbacks.wording import age, moment_of
from geodata.alerts.reading import AGES, SEVERITIES, counts, feed
from geodata.errors import DatabaseAway, TooSlow, WanggeError
from geodata.gates import may_write
from geodata.words import catalogue, say
from layers.registry import all_layers
from layers.render.marks import mark_of

WHY = ("handled", "mistaken", "passed_on")
"""Why an alert is closed, most usual first: no typing is needed."""
CLOSE_UP = "15"
"""Zoom at which the place of one alert is looked at."""
LEADERS = 2
"""Leaders that are offered to take an alert: of the grid, and of the village around it."""


def section(
    found: dict[str, Any], open_ones: dict[str, Any], now: datetime, language: str, *, may: bool
) -> list[Component]:
    """Return the section; `may` says whether the reader may act. A reader without homes has none."""
    if "open" not in open_ones:
        return []
    head = [html.H2(say("alert.title", language)), value(open_ones["open"], "alerts", {}, tone="warning")]
    stamp = time_of(found["data_time"], now, language)
    rows: list[Component] = [_row(row, now, language, may=may) for row in found["rows"]]
    if found["more"]:
        rows.append(html.Li(say("alert.more", language, n=found["more"]), className="small quiet more"))
    parts: list[Component] = [html.Div([*head, stamp], className="title-row")]
    if open_ones["open"]:
        parts += [_sums(open_ones, language), html.Ul(rows, className="alerts")]
    else:
        parts.append(html.P(say("alert.none", language), className="quiet small"))
    return [html.Section(parts, className="alerts-open")]


def _sums(open_ones: dict[str, Any], language: str) -> Component:
    """Return how many there are of each severity, and how long they have been open."""
    by_severity = [
        html.Span([sign(name), f" {open_ones['by_severity'][name]:,}"], title=say(f"alert.{name}", language))
        for name in SEVERITIES
    ]
    by_age = " · ".join(
        f"{say(f'alert.{name}', language)} {open_ones['by_age'][name]:,}" for name in AGES if open_ones["by_age"][name]
    )
    return html.P([*by_severity, html.Span(by_age, className="small quiet")], className="sums")


def sign(severity: str) -> Component:
    """Return the sign of a severity as the map draws it."""
    layer = all_layers()["alerts"]
    mark = mark_of(layer, layer.value, severity, ())
    assert mark is not None, "the database knows no other severity"
    return swatch(mark.dark, mark.letter, shape="round")


def _row(row: dict[str, Any], now: datetime, language: str, *, may: bool) -> Component:
    single = row["id"] is not None
    line = html.Div(
        [
            sign(row["severity"]),
            html.Span(row["text"][_tongue(language)], className="what"),
            html.Span(age(row["fired_at"], now, language), className="small quiet"),
        ],
        className="line",
    )
    inside: list[Any] = [html.P([*_place(row, language), " · ", _owner(row, language)], className="small quiet")]
    if single and may:
        inside.append(actions(row["id"], seen=bool(row["seen"]), leaders=row["leaders"], language=language))
    key = f"alert-{row['id']}" if single else f"alerts-{row['rule']}-{row['area_code']}"
    return html.Li(html.Details([html.Summary(line), *inside]), key=key, **data(line=key))


def _place(row: dict[str, Any], language: str) -> list[Any]:
    """Return the way to where it is: to the place on the map of one, to the area of many."""
    if row["id"] is None:
        return [to_area(say("alert.show", language, n=row["n"]), row["area_code"], className="to")]
    step = {"pick": f"alerts:{row['id']}"}
    if row["lon"] is not None:
        step |= {"lon": f"{row['lon']:.5f}", "lat": f"{row['lat']:.5f}", "z": CLOSE_UP}
    return [go(row["area_name"], f"/map?pick=alerts:{row['id']}", step, className="to")]


def _owner(row: dict[str, Any], language: str) -> str:
    parts = []
    if row["n"] > 1:
        parts.append(say("alert.seen_of", language, n=row["seen"], of=row["n"]))
    elif row["seen"]:
        parts.append(say("alert.seen", language))
    owners = "、".join(row["owners"])
    parts.append(say("alert.owner", language, who=owners) if owners else say("alert.nobody", language))
    return " · ".join(parts)


def actions(alert_id: int, *, seen: bool, leaders: list[str], language: str) -> Component:
    """Return the three things that can be done; giving it to somebody and closing it ask one thing more."""
    buttons = [
        html.Button(
            say(f"alert.{name}", language), type="button", disabled=seen and name == "acknowledge", **data(do=name)
        )
        for name in ("acknowledge", "assign", "close")
    ]
    group = html.Div(buttons, className="turns", role="group", **aria(label=say("alert.act", language)))
    people = [("", say("alert.to_me", language)), *((leader, leader) for leader in leaders[:LEADERS])]
    reasons = [(why, say(f"alert_why.{why}", language)) for why in WHY]
    steps = [_choices("assign", people, "alert.who", language), _choices("close", reasons, "alert.why", language)]
    return html.Div([group, *steps], className="act", **data(alert=str(alert_id)))


def _choices(step: str, choices: list[tuple[str, str]], label: str, language: str) -> Component:
    buttons = [html.Button(words, type="button", **data(told=told)) for told, words in choices]
    return html.Div(buttons, className="chips why", role="group", **data(step=step), **aria(label=say(label, language)))


def reason(given: str, language: str) -> str:
    """Return why an alert was closed: words of ours for the keys we know, else what somebody wrote."""
    return say(f"alert_why.{given}", language) if f"alert_why.{given}" in catalogue() else given


def _tongue(language: str) -> str:
    return "en" if language == "en" else "zh"


async def show(services: Services, code: str, at: str, language: str) -> Any:
    """Return the section of an area; while the database is away what is shown stays."""
    principal, now = services.principal(), services.now()
    code = code or next(iter(principal.areas), "")
    try:
        moment = moment_of(at, services.installation.zone)
        async with services.reading() as connection:
            found = await feed(connection, code, now=now, at=moment)
            open_ones = await counts(connection, code, now=now, at=moment)
    except (DatabaseAway, TooSlow):
        return no_update
    except WanggeError:
        return []
    shown = moment if moment is not None and moment < now else now
    return section(found, open_ones, shown, language, may=may_write(principal.scope) and moment is None)


def register(app: Dash, services: Services) -> None:
    """Show the alerts of the area in the address, again whenever the world moved."""

    @app.callback(
        into(ids.ALERTS),
        Input(ids.AREA, "data"),
        Input(ids.MOMENT, "data"),
        Input(ids.TASTE, "data"),
        Input(ids.NEWS, "data"),
        prevent_initial_call=True,
    )
    async def _(code: str, at: str, taste: dict[str, str], _news: Any) -> Any:
        return drawn(await show(services, code or "", at or "", taste["language"]))
