"""The areas below one, ranked by the chosen measure: worst first, a click drills."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from callbacks.parts import data, to_area, value
from geodata.summaries import MEASURES as RANKED
from geodata.words import say
from layers.declaration import Measure

OFTEN = ("overdue", "due_today", "followed")
"""What stands beside the chosen measure, as far as it is not the chosen one itself."""


def ranked_by(measure: str) -> str:
    """Return what children are ranked by when the map is coloured by `measure`: the same, or else what is overdue."""
    return measure if measure in RANKED else "overdue"


def chooser(measures: tuple[Measure, ...], chosen: str, language: str) -> Component:
    """Return the picker of the measure that colours areas and ranks them; map.js puts the choice into the address."""
    options = [
        html.Option(measure.words.in_(language), value=measure.id, selected=measure.id == chosen)
        for measure in measures
    ]
    return html.Label(
        [
            html.Span(say("layers.measure", language), className="out-of-sight"),
            html.Select(options, className="choice", **data(ask="measure")),
        ]
    )


def below(
    rows: list[dict[str, Any]],
    level: str,
    measures: tuple[Measure, ...],
    chosen: str,
    language: str,
    *,
    past: bool = False,
) -> list[Component]:
    """Return the section of an area's children; empty where there is nothing below.

    The past shows the figures of then, and says that no household is listed.
    """
    if not rows:
        return []
    rank = ranked_by(chosen)
    known = any(row["total"] is not None for row in rows)
    columns = [rank, *(name for name in OFTEN if name != rank)][:3] if known else []
    head = [html.Th(say("below.name", language), scope="col")]
    head += [html.Th(_words(name, language), scope="col") for name in columns]
    body = html.Tbody([_row(row, columns) for row in rows])
    title = html.Div(
        [html.H2(say(f"below.{level}", language)), chooser(measures, chosen, language)], className="title-row"
    )
    parts = [title, html.Table([html.Thead(html.Tr(head)), body], className="ranked")]
    if past:
        parts.insert(1, html.P(say("below.past", language), className="quiet small"))
    return [html.Section(parts, className="below")]


def _words(name: str, language: str) -> str:
    return say(f"panel.{name}", language)


def _row(row: dict[str, Any], columns: list[str]) -> Component:
    cells = [html.Td(to_area(row["name"], row["code"]), title=row["name"])]
    for name in columns:
        tone = "severe" if name == "overdue" else ""
        cells.append(html.Td(value(row[name], name, {}, tone=tone), className="" if row[name] else "zero"))
    return html.Tr(cells, key=row["code"])
