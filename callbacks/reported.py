"""The numbers that feeds bring, under those of the area: asked for only while somebody has them open (desk.js)."""

from datetime import datetime
from typing import Any

from dash import Dash, Input, Output, html, no_update
from dash.development.base_component import Component

from callbacks import ids
from callbacks.parts import data, time_of, value
from callbacks.regions import drawn, into
from callbacks.services import Services
from callbacks.wording import moment_of, number
from geodata.areas import current_code
from geodata.errors import WanggeError
from geodata.moment import Moment
from geodata.numbers import for_reader, reading
from geodata.words import say


def section(numbers: list[dict[str, Any]], now: datetime, language: str) -> list[Component]:
    """Return every number as a block: its lines, what stands beside each, the time of its data."""
    if not numbers:
        return [html.P(say("reported.none", language), className="quiet small")]
    head = html.P(say("reported.beside", language), className="quiet small beside-head")
    return [head, *(_block(one, now, language) for one in numbers)]


def _block(shown: dict[str, Any], now: datetime, language: str) -> Component:
    if shown.get("error"):
        rows: list[Component] = [html.P(say("reported.failed", language), className="quiet small")]
    else:
        rows = [html.Dl([_row(line, shown["id"], language) for line in shown["lines"]])]
    times = [line["data_time"] for line in shown["lines"] if line["data_time"] is not None]
    late = any(line["late"] for line in shown["lines"])
    stamp = [time_of(max(times), now, language)] if times else [_never(language)]
    head = html.Div([html.H3(shown["title"][_tongue(language)]), *stamp], className="title-row")
    return html.Div([head, *rows], className="number stale" if late else "number", key=shown["id"])


def _never(language: str) -> Component:
    return html.Span(say("when.none", language), className="stamp")


def _row(line: dict[str, Any], name: str, language: str) -> Component:
    words, unit = line["words"][_tongue(language)], line["unit"][_tongue(language)]
    shown = value(line["value"], f"{name}.{words}", {}, unit=unit, tone="severe" if line["severe"] else "")
    return html.Div([html.Dt(words), html.Dd(shown), html.Dd(beside(line, language), className="beside")], key=words)


def beside(line: dict[str, Any], language: str) -> str:
    """Return a figure's share of what it is a part of, and how much it changed since the day before."""
    found, of, before, target = (line[name] for name in ("value", "of", "before", "target"))
    if found is None:
        return ""
    parts = [percent(found / of)] if of else []
    if target is not None and target != of:
        parts.append(say("reported.target", language, target=number(target)))
    if before is not None:
        parts.append(signed(found - before))
    return " · ".join(parts)


def percent(share: float) -> str:
    """Write a share: `98.5%`, and a small one with one more digit, lest it look like none: `0.02%`."""
    return f"{100 * share:.1f}%" if share >= 0.01 or not share else f"{100 * share:.2f}%"


def signed(change: float) -> str:
    """Write a change: `+12`, `−3`, `±0`."""
    return f"{'±' if change == 0 else '+' if change > 0 else '−'}{number(abs(change))}"


def _tongue(language: str) -> str:
    return "en" if language == "en" else "zh"


async def show(services: Services, code: str, at: str, language: str) -> Any:
    """Return the numbers of an area; while they cannot be read, what is shown stays."""
    principal, now = services.principal(), services.now()
    code = code or next(iter(principal.areas), "")
    try:
        moment = moment_of(at, services.installation.zone)
        async with services.reading() as connection:
            code = await current_code(connection, code)
            found = await reading.read(connection, code, Moment(now, moment), for_reader(principal.scope))
    except WanggeError:
        return no_update
    return section(found, moment if moment is not None and moment < now else now, language)


def register(app: Dash, services: Services) -> None:
    """Show the numbers of whatever the page asks for, and call them what they are in its language."""

    @app.callback(into(ids.REPORTED_INSIDE), Input(ids.REPORTED, "data"), prevent_initial_call=True)
    async def _(asked: dict[str, Any] | None) -> Any:
        if not asked:
            return no_update
        said = {name: str(asked.get(name) or "") for name in ("area", "at", "language", "nth")}
        found = await show(services, said["area"], said["at"], said["language"])
        # Which question this answers, so that an answer that reads the same is painted too.
        return no_update if found is no_update else drawn(html.Div(found, **data(nth=said["nth"])))

    @app.callback(Output(ids.REPORTED_TITLE, "children"), Input(ids.TASTE, "data"), prevent_initial_call=True)
    def _(taste: dict[str, str]) -> str:
        return say("reported.title", taste["language"])
