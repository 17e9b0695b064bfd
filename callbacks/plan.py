"""The tool that draws a closure: its panel in the chosen language; plan.js draws, this only speaks."""

from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from callbacks import ids
from callbacks.parts import aria, data
from callbacks.regions import drawn, into
from callbacks.services import Services
from geodata.closures import KINDS
from geodata.gates import may_write
from geodata.words import say

REASONS = ("control", "case", "works")
POINTS = ("add", "undo", "area")


def panel(language: str) -> list[Component]:
    """Return both steps: points on the map, then what it is and why. Kind and reason are chosen beforehand."""
    hint = html.P(say("plan.points", language), className="small quiet")
    points = html.Div([_button(name, language) for name in POINTS], className="chips")
    ends = html.Div([_button("cancel", language), _button("done", language, primary=True)], className="ends")
    kinds = chips("kind", [(kind, say(f"plan.{kind}", language)) for kind in KINDS], say("plan.kind", language))
    whys = chips("reason", [(why, say(f"plan_reason.{why}", language)) for why in REASONS], say("plan.why", language))
    last = [_button("cancel", language), _button("again", language), _button("save", language, primary=True)]
    return [
        html.Div([hint, points, ends], className="points"),
        html.Div([kinds, whys, html.Div(last, className="ends")], className="about"),
    ]


def chips(name: str, choices: list[tuple[str, str]], label: str) -> Component:
    """Return choices of which one holds, the first to begin with; plan.js presses another."""
    buttons = [
        html.Button(words, type="button", **data(choice=code), **aria(pressed=str(not nth).lower()))
        for nth, (code, words) in enumerate(choices)
    ]
    return html.Div(buttons, className="chips", role="group", **data(choices=name), **aria(label=label))


def _button(name: str, language: str, *, primary: bool = False) -> Component:
    style = "button primary" if primary else "button"
    return html.Button(say(f"plan.{name}", language), type="button", className=style, **data(plan=name))


def words(services: Services, language: str) -> tuple[Any, ...]:
    """Return the panel for whoever may draw, and what is said where nothing can be sent."""
    allowed = may_write(services.principal().scope)
    return panel(language) if allowed else [], say("plan.draw", language), say("plan.away", language)


def register(app: Dash, services: Services) -> None:
    """Speak the language that is chosen."""

    @app.callback(
        into(ids.DRAW),
        Output(ids.DRAW, "aria-label"),
        Output(ids.PLAN_SAID, "data-away"),
        Input(ids.TASTE, "data"),
    )
    async def _(taste: dict[str, str]) -> Any:
        inside, label, away = words(services, taste["language"])
        return drawn(inside), label, away
