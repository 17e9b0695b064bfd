"""Showing an area: breadcrumb, numbers, children ranked. One transaction, again whenever the world moved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import Dash, Input, Output, State, html, no_update

from callbacks import ids
from callbacks.below import below, ranked_by
from callbacks.numbers import Shown, figures, numbers
from callbacks.parts import refusal
from callbacks.services import Services
from callbacks.trail import trail
from callbacks.wording import moment_of
from geodata import areas, summaries
from geodata.areas import AreaCard, AreaName
from geodata.errors import BadValue, UnknownArea, WanggeError
from geodata.installation import current_scheme
from geodata.model import Level, SchemeState
from geodata.scope import Scope
from geodata.words import say
from layers.declaration import Measure
from layers.registry import all_layers


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything that one area's regions are made of."""

    card: AreaCard
    summary: dict[str, Any]
    states: tuple[SchemeState, ...]
    rows: list[dict[str, Any]]
    roots: tuple[AreaName, ...]


def measures(scope: Scope) -> tuple[Measure, ...]:
    """Return the measures that a reader's areas can be coloured by."""
    return tuple(m for m in all_layers()["areas"].measures if scope.homes or not m.homes)


async def load(services: Services, code: str, at: datetime | None, measure: str) -> Loaded:
    """Read an area in the scope of who is asking. Raises UnknownArea, DatabaseAway, TooSlow."""
    now = services.now()
    async with services.reading() as connection:
        card = await areas.area(connection, code)
        return Loaded(
            card,
            await summaries.summary(connection, card.code, now=now, at=at),
            await current_scheme(connection, services.installation.city_code, now.date()),
            await summaries.children(connection, card.code, now=at or now, measure=ranked_by(measure)),
            await areas.roots(connection),
        )


def regions(
    loaded: Loaded, measure: str, choices: tuple[Measure, ...], now: datetime, language: str, before: dict[str, Any]
) -> tuple[Any, ...]:
    """Return trail, numbers, children, what to fit, which grid is listed, and the figures to compare with next."""
    card = loaded.card
    shown_before = before.get("figures", {}) if before.get("area") == card.code else {}
    shown = Shown(card, loaded.summary, loaded.states, now, language, shown_before)
    title = say("product.title", language, area=card.name)
    return (
        trail(card.trail, loaded.roots),
        numbers(shown),
        below(loaded.rows, card.level, choices, measure, language),
        {"area": card.code, "box": card.bbox, "title": title},
        card.code if card.level == Level.GRID and shown.homes else "",
        {"area": card.code, "figures": figures(loaded.summary)},
    )


def refused(
    error: WanggeError, code: str, language: str, now: datetime, own: str, before: dict[str, Any]
) -> tuple[Any, ...]:
    """Return the regions where an area could not be read; what is shown of the same area stays, the page says why."""
    lasting = isinstance(error, UnknownArea | BadValue)
    if before.get("area") == code and not lasting:
        return (no_update,) * 6
    section = html.Section(refusal(error, language, now, own))
    return html.Ol() if lasting else no_update, [section], [], {}, "", {}


async def show(services: Services, code: str, at: str, measure: str, language: str, before: dict[str, Any]) -> Any:
    """Return the regions of an area, or of its refusal."""
    now = services.now()
    principal = services.principal()
    own = next(iter(principal.areas), "")
    choices = measures(principal.scope)
    chosen = measure if any(m.id == measure for m in choices) else choices[0].id
    try:
        moment = moment_of(at, services.installation.zone)
        loaded = await load(services, code or own, moment, chosen)
    except WanggeError as error:
        return refused(error, code or own, language, now, own, before)
    return regions(loaded, chosen, choices, moment or now, language, before)


def register(app: Dash, services: Services) -> None:
    """Show an area when the address, the taste, or the world changes."""

    @app.callback(
        Output(ids.TRAIL, "children"),
        Output(ids.NUMBERS, "children"),
        Output(ids.BELOW, "children"),
        Output(ids.FIT, "data"),
        Output(ids.GRID, "data"),
        Output(ids.BEFORE, "data"),
        Input(ids.AREA, "data"),
        Input(ids.MOMENT, "data"),
        Input(ids.MEASURE, "data"),
        Input(ids.TASTE, "data"),
        Input(ids.NEWS, "data"),
        State(ids.BEFORE, "data"),
        prevent_initial_call=True,
    )
    async def _(
        code: str, at: str, measure: str, taste: dict[str, str], _news: Any, before: dict[str, Any] | None
    ) -> Any:
        return await show(services, code, at, measure, taste["language"], before or {})
