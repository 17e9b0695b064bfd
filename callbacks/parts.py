"""Small pieces that several regions of the page are made of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from callbacks.wording import NOTHING, number, stamp
from geodata.errors import BadValue, UnknownArea, WanggeError
from geodata.words import say
from layers.tokens import ink


def aria(**said: str) -> dict[str, Any]:
    """Return what a component says to whoever cannot see it: `aria(label="…")`."""
    return {f"aria-{name.replace('_', '-')}": text for name, text in said.items()}


def data(**told: str) -> dict[str, Any]:
    """Return what a component tells the page's script: `data(go="area=411202")`."""
    return {f"data-{name.replace('_', '-')}": text for name, text in told.items()}


def swatch(colour: str, letter: str, hatch: str | None = None, shape: str = "") -> Component:
    """Return the sign of one value: its colour with its letter, and its hatch where it has one."""
    hatched = f" hatched hatch-{hatch}" if hatch else ""
    return html.Span(
        html.Span(letter) if letter else None,
        className=f"swatch {shape}{hatched}",
        style={"backgroundColor": colour, "color": ink(colour)},
        **aria(hidden="true"),
    )


def value(found: float | None, key: str, before: dict[str, Any], *, unit: str = "", tone: str = "") -> Component:
    """Return one number; where it differs from what was shown before, it marks itself for two seconds.

    The React key holds the number, so that a changed one is a new element and its mark plays once.
    """
    changed = key in before and before[key] != found
    classes = " ".join(c for c in ("value", tone if found else "", "changed" if changed else "") if c)
    children: list[Any] = [number(found)]
    if unit and found is not None:
        children.append(html.Span(unit, className="unit"))
    return html.Span(children, className=classes, key=f"{key}={found}")


def figure(words: str, shown: Component | str) -> Component:
    """Return a number under its words."""
    return html.Div([html.Dt(words), html.Dd(shown)])


def time_of(moment: datetime | None, now: datetime, language: str) -> Component:
    """Return the time of the data that numbers beside it stand for."""
    return html.Span(stamp(moment, now, language), className="stamp")


def freshness(moment: datetime | None, now: datetime, patience: timedelta) -> str:
    """Return the class of a region whose data is older than can be trusted."""
    return "stale" if moment is None or now - moment > patience else ""


def go(words: Any, href: str, target: dict[str, str], **more: Any) -> Component:
    """Return a real link whose click map.js turns into a step within this page, keeping the rest of the view."""
    step = "&".join(f"{name}={text}" for name, text in target.items())
    return html.A(words, href=href, **data(go=step), **more)


def to_area(words: Any, code: str, **more: Any) -> Component:
    """Return a link that drills to an area."""
    return go(words, f"/map?area={code}", {"area": code}, **more)


def notice(title: str, sentence: str = "", more: Sequence[Component] = ()) -> Component:
    """Return what stands where nothing can be shown: what it is, and what to do next."""
    return html.Div([html.Strong(title), html.P(sentence), *more], className="notice", role="status")


def skeleton(lines: int = 6) -> list[Component]:
    """Return still, quiet blocks that stand where numbers will."""
    widths = ("bone", "bone half", "bone")
    return [html.Span(className=widths[i % 3], **aria(hidden="true")) for i in range(lines)]


def refusal(error: WanggeError, language: str, now: datetime, own_area: str) -> Component:
    """Return the designed state of a region that could not be filled."""
    if isinstance(error, UnknownArea):
        home = to_area(say("trouble.own_area", language), own_area, className="button")
        code = error.facts.get("code", NOTHING)
        return notice(say("trouble.area", language), say("trouble.area_more", language, code=code), [home])
    if isinstance(error, BadValue):
        back = go(say("when.back_to_now", language), "/map", {"at": ""}, className="button")
        return notice(say("trouble.moment", language), error.facts.get("value", NOTHING), [back])
    moment = f"{now:%H:%M:%S}"
    return notice(say("trouble.panel", language), say("trouble.panel_more", language, moment=moment))
