"""The card of an alert: what it says, since when, who has it, what can be done about it, and what happened to it."""

from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from callbacks.alerts import actions, reason, sign
from callbacks.parts import time_of, to_area
from callbacks.wording import clock
from geodata.words import say


def title(found: dict[str, Any], language: str) -> str:
    """Return what heads the card: the name of its rule."""
    return str(found["title"]["en" if language == "en" else "zh"])


def body(found: dict[str, Any], now: datetime, language: str, *, may: bool) -> list[Component]:
    """Return the card below its head; `may` says whether the reader may act now."""
    since = say("card.since", language, moment=clock(found["began_at"], now, language))
    words = html.Div(
        [html.Strong(found["text"]["en" if language == "en" else "zh"]), html.Div(since, className="small quiet")]
    )
    owner = found["assigned_to"]
    with_whom = say("alert.owner", language, who=owner) if owner else say("alert.nobody", language)
    parts: list[Component] = [
        html.Div([sign(found["severity"]), words], className="verdict"),
        html.P([with_whom, " · ", to_area(found["area_name"], found["area_code"])], className="small quiet"),
    ]
    if may and found["closed_at"] is None:
        seen = found["seen_at"] is not None
        parts.append(actions(found["id"], seen=seen, leaders=found["leaders"], language=language))
    steps = [html.Li(_step(step, now, language)) for step in reversed(found["journal"])]
    history = html.Div([html.H3(say("card.history", language)), html.Ol(steps)], className="history")
    return [*parts, history, html.Div(time_of(found["journal"][-1]["at"], now, language), className="foot")]


def _step(step: dict[str, Any], now: datetime, language: str) -> Component:
    told = step["told"] or ""
    words = say(f"alert.{step['what']}", language, to=told, why=reason(told, language))
    when = " · ".join(part for part in (step["by"], clock(step["at"], now, language)) if part)
    return html.Div([html.Div(words), html.Div(when, className="small")])
