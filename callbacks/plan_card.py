"""The card of a gate or a closure: what it is, since when, by whom and why; what it was; and what can be done with it."""

from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component
from sqlalchemy.ext.asyncio import AsyncConnection

from callbacks.parts import aria, data, swatch, time_of, to_area
from callbacks.wording import clock
from geodata.closures import closure
from geodata.gates import gate
from geodata.words import catalogue, say
from layers.declaration import Layer, Mark
from layers.render.marks import mark_of

LAYERS = frozenset({"gates", "closures"})
WHY = {
    "closed": ("control", "case", "night", "works"),
    "single_entrance": ("entrance", "control", "works"),
    "open": ("lifted", "as_usual"),
    "end": ("lifted", "mistaken"),
}
"""What may lie behind each step, most usual first: no typing is needed."""


async def told(connection: AsyncConnection, layer: Layer, row_id: int) -> dict[str, Any]:
    """Return a gate with its history, or a closure, standing or ended. Raises UnknownFeature."""
    return await (gate if layer.id == "gates" else closure)(connection, row_id)


def body(
    layer: Layer, found: dict[str, Any], now: datetime, language: str, *, may: bool, at: datetime | None
) -> list[Component]:
    """Return the card below its head; `may` says whether the reader may change it, `at` is the past moment shown."""
    shown = found if at is None or layer.id == "closures" else _then(found, at)
    parts = [_verdict(layer, shown, now, language), _who(shown, language)]
    if may and at is None and shown.get("until") is None:
        parts.append(_gate_steps(layer, found, language) if layer.id == "gates" else _end(found, language))
    if layer.id == "gates":
        steps = [html.Li(_step(layer, step, now, language)) for step in found["history"]]
        history = [html.H3(say("card.history", language)), html.Ol(steps)]
        parts.append(html.Div(history, className="history"))
    return [*parts, html.Div(time_of(shown["since"], now, language), className="foot")]


def title(layer: Layer, found: dict[str, Any], language: str) -> str:
    """Return what heads the card."""
    return str(found["name"]) if layer.id == "gates" else say(f"plan.{found['kind']}", language)


def _then(found: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Return a gate as it was at a moment; as it is where nothing is known of then."""
    held = (step for step in found["history"] if step["since"] <= at and (step["until"] is None or at < step["until"]))
    return {**found, **{key: value for key, value in next(held, found).items() if key != "history"}}


def _mark(layer: Layer, shown: dict[str, Any]) -> Mark:
    mark = mark_of(layer, layer.value, shown[layer.value], ())
    assert mark is not None, "the database knows no other value"
    return mark


def _verdict(layer: Layer, shown: dict[str, Any], now: datetime, language: str) -> Component:
    mark = _mark(layer, shown)
    since = say("card.since", language, moment=clock(shown["since"], now, language))
    if shown.get("until") is not None and layer.id == "closures":
        since += " · " + say("plan.ended", language, moment=clock(shown["until"], now, language))
    words = html.Div([html.Strong(mark.words.in_(language)), html.Div(since, className="small quiet")])
    return html.Div([swatch(mark.dark, mark.letter, mark.hatch), words], className="verdict")


def _who(shown: dict[str, Any], language: str) -> Component:
    lines: list[Any] = [_by(shown["by"], shown["reason"], language)]
    if shown.get("ended_by"):
        lines += [html.Br(), _by(shown["ended_by"], shown["end_reason"], language)]
    return html.P([*lines, " · ", to_area(shown["area_name"], shown["area_code"])], className="small quiet")


def _by(who: str | None, why: str | None, language: str) -> str:
    return say("card.by", language, who=who or "", source=reason(why or "", language))


def reason(given: str, language: str) -> str:
    """Return why something was done: words of ours for the codes we know, else what the sender wrote."""
    return say(f"plan_reason.{given}", language) if f"plan_reason.{given}" in catalogue() else given


def _gate_steps(layer: Layer, found: dict[str, Any], language: str) -> Component:
    buttons = [
        html.Button(
            [swatch(mark.dark, mark.letter, mark.hatch), mark.words.in_(language)],
            type="button",
            disabled=mark.value == found["state"],
            **data(turn=mark.value),
            **aria(pressed=str(mark.value == found["state"]).lower()),
        )
        for mark in layer.marks
    ]
    group = html.Div(buttons, className="turns", role="group", **aria(label=say("plan.turn", language)))
    since = found["since"].isoformat()
    # Another state makes it another element, so that nothing half chosen stays on it.
    return html.Div(
        [group, *(_why(step, language) for step in WHY if step != "end")],
        className="act",
        key=since,
        **data(gate=str(found["id"]), since=since),
    )


def _end(found: dict[str, Any], language: str) -> Component:
    button = html.Button(say("plan.end", language), type="button", **data(turn="end"))
    group = html.Div(button, className="turns")
    return html.Div([group, _why("end", language)], className="act", key="end", **data(closure=str(found["id"])))


def _why(step: str, language: str) -> Component:
    buttons = [html.Button(say(f"plan_reason.{why}", language), type="button", **data(why=why)) for why in WHY[step]]
    label = say("plan.why", language)
    return html.Div(buttons, className="chips why", role="group", **data(step=step), **aria(label=label))


def _step(layer: Layer, step: dict[str, Any], now: datetime, language: str) -> list[Component]:
    mark = _mark(layer, step)
    since = html.Span(clock(step["since"], now, language), className="small")
    lines = [html.Div([mark.words.in_(language), " ", since])]
    lines.append(html.Div(_by(step["by"], step["reason"], language), className="small"))
    return [swatch(mark.dark, mark.letter, mark.hatch), html.Div(lines)]
