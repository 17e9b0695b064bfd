"""The numbers of an area: households by state, what is due, posts, hotels, clinics, patrols; each with its time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from callbacks.parts import aria, figure, freshness, notice, swatch, time_of, value
from callbacks.wording import age, number
from geodata.areas import AreaCard
from geodata.model import Level, SchemeState
from geodata.summaries import GROUPS
from geodata.words import say

PATIENCE = {
    "households": timedelta(days=3),
    "checkpoints": timedelta(hours=3),
    "hotels": timedelta(days=2),
    "clinics": timedelta(days=2),
    "patrols": timedelta(days=1),
    "reports": timedelta(days=1),
}
"""How old a figure may be before it is dimmed: posts report hourly, hotels and clinics daily."""

UNSEEN = (("cells", "", ""), ("unseen", "warning", ""))
BLOCKS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("checkpoints", (("staffed", "", ""), ("silent", "severe", ""), ("seconds_per_pass", "", "panel.seconds"))),
    ("hotels", (("rooms", "", ""), ("occupied", "", ""), ("free", "", ""))),
    ("clinics", (("open", "", ""), ("full", "warning", ""), ("closed", "", ""))),
    ("patrols", (("in_air", "", ""), ("on_foot", "", ""), ("flights_24h", "", ""), ("events_24h", "", ""), *UNSEEN)),
    (
        "reports",
        (("received", "", ""), ("expected", "", ""), ("missing", "warning", ""), *((g, "", "") for g in GROUPS)),
    ),
)
"""Each block's total is followed by these figures: name, tone where it is not zero, unit."""

BOUND = (Level.VILLAGE, Level.GRID)
"""Levels of the areas that a map book is made of."""
OUTCOMES = ("passed", "home_quarantine", "central_quarantine", "turned_back")
WORDS = {"seconds_per_pass": "pace", "flights_24h": "flights", "events_24h": "events"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the panel shows: the area, its summary, the states of the scheme, at which moment, in which language."""

    card: AreaCard
    summary: dict[str, Any]
    states: tuple[SchemeState, ...]
    now: datetime
    """The moment that ages are counted from: the present, or the past moment that is looked at."""
    language: str
    before: dict[str, Any]
    """The figures shown before, by key; empty for another area, so that only what changed marks itself."""
    present: bool = True
    """Whether the present is looked at, of which alone a map book is printed."""

    @property
    def homes(self) -> bool:
        """Say whether the reader may see figures about homes at all."""
        return "households" in self.summary


def figures(summary: dict[str, Any]) -> dict[str, Any]:
    """Return every number of a summary by a flat key, to compare with what is shown next."""
    flat = {name: number for name, number in summary.items() if isinstance(number, int | float)}
    for block, content in summary.items():
        if isinstance(content, dict):
            flat |= {f"{block}.{name}": number for name, number in figures(content).items()}
    return flat


def numbers(shown: Shown) -> list[Component]:
    """Return the two upper sections of the panel."""
    body = _homes(shown) if shown.homes else [html.P(say("panel.no_homes", shown.language), className="quiet small")]
    patience = freshness(shown.summary.get("households_data_time"), shown.now, PATIENCE["households"])
    return [
        html.Section([_title(shown), *body], className=patience if shown.homes else ""),
        html.Section(
            [
                html.H2(say("panel.work", shown.language), className="out-of-sight"),
                *(_block(shown, name, parts) for name, parts in BLOCKS if name in shown.summary),
            ],
            className="posts",
        ),
    ]


def _title(shown: Shown) -> Component:
    language = shown.language
    head = [
        html.H1(shown.card.name),
        html.Span(say(f"level.{shown.card.level}", language), className="quiet small"),
    ]
    if shown.homes:
        head.append(time_of(shown.summary["households_data_time"], shown.now, language))
    lines: list[Component] = [html.Div(head, className="title-row")]
    if shown.card.leader:
        lines.append(html.P(_leader(shown.card, language), className="quiet small"))
    if shown.homes and shown.present and shown.card.level in BOUND:
        link = html.A(say("book.link", language), href=f"/api/book/{shown.card.code}.pdf", target="_blank")
        lines.append(html.P(link, className="small"))
    return html.Div(lines)


def _leader(card: AreaCard, language: str) -> list[Any]:
    words: list[Any] = [say("panel.leader", language, name=card.leader)]
    if card.telephone:
        words += [" · ", html.A(card.telephone, href=f"tel:{card.telephone}")]
    return words


def _homes(shown: Shown) -> list[Component]:
    if not shown.summary["total"]:
        return [notice(say("panel.no_data", shown.language), say("panel.no_data_more", shown.language))]
    return [_heads(shown), _share(shown), _states(shown)]


def _heads(shown: Shown) -> Component:
    counts = shown.summary["households"]
    followed = sum(counts.get(state.code, 0) for state in shown.states if state.follow_days is not None)
    unknown = sum(counts.get(state.code, 0) for state in shown.states if not state.surveyed)
    heads = (
        ("overdue", shown.summary["overdue"], "severe"),
        ("due_today", shown.summary["due_today"], "warning"),
        ("followed", followed, ""),
        ("unsurveyed", unknown, ""),
    )
    return html.Dl(
        [
            figure(say(f"panel.{name}", shown.language), value(number, name, shown.before, tone=tone))
            for name, number, tone in heads
        ],
        className="heads",
    )


def _share(shown: Shown) -> Component:
    counts = shown.summary["households"]
    bars = [
        html.Span(
            className=f"hatch-{state.hatch}" if state.hatch else "",
            style={"flex": counts[state.code], "background": state.colour},
        )
        for state in shown.states
        if counts.get(state.code)
    ]
    return html.Div(bars, className="share", **aria(hidden="true"))


def _states(shown: Shown) -> Component:
    counts = shown.summary["households"]
    rows = [
        html.Li(
            [
                swatch(state.colour, state.letter, state.hatch),
                html.Span(state.en if shown.language == "en" else state.zh, className="name"),
                value(counts.get(state.code, 0), f"households.{state.code}", shown.before),
            ]
        )
        for state in shown.states
    ]
    total = [
        html.Span(say("panel.total", shown.language)),
        value(shown.summary["total"], "total", shown.before),
        _said(shown, "new_today", shown.summary["new_today"], n=number(shown.summary["new_today"])),
    ]
    surveyed = shown.summary.get("surveyed_share")
    if surveyed is not None:
        total.append(_said(shown, "surveyed_share", surveyed, percent=f"{100 * surveyed:.1f}"))
    words = say("panel.states", shown.language)
    return html.Div([html.Ul(rows, className="states", **aria(label=words)), html.P(total, className="total")])


def _said(shown: Shown, name: str, figure: float, **facts: object) -> Component:
    """Return a figure within its sentence; its React key holds the number, as that of every value does."""
    return html.Span(say(f"panel.{name}", shown.language, **facts), className="small quiet", key=f"{name}={figure}")


def _block(shown: Shown, name: str, parts: tuple[tuple[str, str, str], ...]) -> Component:
    content = dict(shown.summary[name])
    if name == "hotels" and content.get("occupied") is not None:
        content["free"] = content["rooms"] - content["occupied"]
    rows = [_head(shown, name, content)]
    rows += [_figure(shown, name, content, *part) for part in parts]
    if name == "checkpoints":
        rows += [_figure(shown, name, content, outcome, "", "") for outcome in ("passages", *OUTCOMES)]
        rows += _hour(shown, content.get("hour"))
    patience = freshness(content["data_time"], shown.now, PATIENCE[name])
    return html.Div(html.Dl(rows), className=patience if content.get("total", 1) else "")


def _hour(shown: Shown, content: dict[str, Any] | None) -> list[Component]:
    """Return what passed in the newest hour of which anything is known: when it began, how many reported, outcomes."""
    if content is None:
        return []
    began = content["began"].astimezone(shown.now.tzinfo)
    hour, unit = f"{began:%H:%M}–{began + timedelta(hours=1):%H:%M}", say("panel.hour_reports", shown.language)
    rows = [figure(hour, value(content["reports"], "checkpoints.hour.reports", shown.before, unit=unit))]
    rows += [_figure(shown, "checkpoints.hour", content, name, "", "") for name in ("passages", *OUTCOMES)]
    return [*rows, _figure(shown, "checkpoints.hour", content, "seconds_per_pass", "", "panel.seconds")]


def _head(shown: Shown, name: str, content: dict[str, Any]) -> Component:
    moment = content["data_time"]
    when = say("when.none", shown.language) if moment is None else age(moment, shown.now, shown.language)
    total = [value(content["total"], f"{name}.total", shown.before)] if "total" in content else []
    return html.Div(
        [
            html.Dt(say(f"panel.{name}", shown.language)),
            html.Dd([*total, html.Span(when, className="stamp")]),
        ]
    )


def _figure(shown: Shown, block: str, content: dict[str, Any], name: str, tone: str, unit: str) -> Component:
    words = say(f"panel.{WORDS.get(name, name)}", shown.language)
    units = say(unit, shown.language) if unit else ""
    return figure(words, value(content.get(name), f"{block}.{name}", shown.before, unit=units, tone=tone))
