"""The sweep of an area in the panel: which round, which day, how far against its pace, and what lies behind."""

from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component
from sqlalchemy.ext.asyncio import AsyncConnection

from callbacks.parts import aria, to_area, value
from callbacks.wording import day, stamp
from geodata.errors import UnknownFeature
from geodata.sweeps import not_asked, progress
from geodata.words import say

NOT_ASKED = "sweep:open"
"""What the household list is filtered by to see who is left; no state of a scheme bears a colon."""
LISTED = 3
"""Areas behind the pace that are named; the rest is a number."""


async def load(connection: AsyncConnection, code: str, now: datetime) -> dict[str, Any] | None:
    """Return how far the round of an area is, none where nobody opened one."""
    try:
        return await progress(connection, code, now=now)
    except UnknownFeature:
        return None


async def left(connection: AsyncConnection, grid: str, now: datetime, most: int) -> list[dict[str, Any]]:
    """Return the households of a grid that were not asked in the round; none where there is no round."""
    try:
        return await not_asked(connection, grid, now=now, today=now.date(), limit=most)
    except UnknownFeature:
        return []


def section(found: dict[str, Any] | None, language: str) -> list[Component]:
    """Return the section; nothing where there is no round or nobody to ask."""
    if found is None or found["share"] is None:
        return []
    parts = [_title(found["round"], language), _bar(found, language), _sentence(found, language)]
    return [html.Section([*parts, *_behind(found, language)], className="sweep")]


def _title(sweep: dict[str, Any], language: str) -> Component:
    days = f"{day(sweep['starts_on'], language)} – {day(sweep['ends_on'], language)}"
    key = "sweep.day" if sweep["current"] else "sweep.over" if sweep["day"] else "sweep.ahead"
    when = say(key, language, n=sweep["day"], of=sweep["days"])
    name = sweep["name"] if language != "en" else say("sweep.round", language, n=sweep["number"])
    head = [html.H2(name), html.Span(days, className="quiet small"), html.Span(when, className="stamp")]
    return html.Div(head, className="title-row")


def _bar(found: dict[str, Any], language: str) -> Component:
    """Return the share that was asked, with a line where the pace stands and one at the target."""
    marks = (("pace", found["expected"]), ("target", found["target"]))
    lines = [html.I(className=name, style={"left": f"{share:.1%}"}) for name, share in marks]
    done = html.Span(style={"width": f"{min(found['share'], 1):.1%}"})
    tone = "bar-of behind" if found["behind"] else "bar-of"
    words = say("sweep.share", language, share=f"{found['share']:.1%}", expected=f"{found['expected']:.1%}")
    return html.Div([done, *lines], className=tone, role="img", **aria(label=words))


def _sentence(found: dict[str, Any], language: str) -> Component:
    pace = say("sweep.behind" if found["behind"] else "sweep.on_pace", language)
    asked: list[Any] = [value(found["asked"], "asked", {}), f" / {found['households']:,} · {found['share']:.1%}"]
    target = say("sweep.target", language, target=f"{found['target']:.0%}")
    words = html.Span(pace, className="warning" if found["behind"] else "quiet")
    return html.P([html.Span(asked), words, html.Span(target, className="quiet small")], className="sweep-line")


def _behind(found: dict[str, Any], language: str) -> list[Component]:
    late = [part for part in found["children"] if part["behind"]]
    # Counts are kept with every answer, so they stand for the moment at which they were read.
    read = html.Span(stamp(found["at"], found["at"], language), className="stamp")
    if not late:
        return [html.P(read, className="sweep-line")]
    links = [
        html.Li([to_area(part["name"], part["code"]), html.Span(f"{part['share']:.0%}", className="value")])
        for part in late[:LISTED]
    ]
    words = say("sweep.late", language, n=len(late), of=len(found["children"]))
    return [
        html.P([html.Span(words, className="small quiet"), read], className="sweep-line"),
        html.Ul(links, className="late"),
    ]
