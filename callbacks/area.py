"""Showing an area: breadcrumb, numbers, children ranked. One transaction, again whenever the world moved."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from callbacks import ids, sweep, turned_away
from callbacks.below import below, ranked_by
from callbacks.numbers import Shown, figures, numbers
from callbacks.parts import refusal
from callbacks.regions import drawn, into
from callbacks.services import Services
from callbacks.trail import trail
from callbacks.wording import moment_of
from geodata import areas, summaries
from geodata.areas import AreaCard, AreaName
from geodata.errors import BadValue, UnknownArea, WanggeError
from geodata.model import Level, SchemeState
from geodata.schemes import drawn_states
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
    sweep: dict[str, Any] | None = None
    """How far the round of asking is; none in the past, and where there is no round."""
    away: tuple[dict[str, Any], ...] = ()
    """Changes that were refused lately; none in the past, and for whoever does not decide about them."""


def measures(scope: Scope) -> tuple[Measure, ...]:
    """Return the measures that a reader's areas can be coloured by."""
    return tuple(m for m in all_layers()["areas"].measures if scope.homes or not m.homes)


def first_measure(scope: Scope) -> str:
    """Return what a reader's areas are coloured by before anything is chosen; nothing where the layer's own will do."""
    first = measures(scope)[0].id
    return "" if first == all_layers()["areas"].measures[0].id else first


@dataclass(frozen=True, slots=True)
class Look:
    """How an area is looked at: by which measure out of which, from which moment, in which language, after what."""

    measure: str
    choices: tuple[Measure, ...]
    now: datetime
    at: datetime | None
    """The moment that is shown, where it is not the present."""
    language: str
    before: dict[str, Any]
    """The area and the figures that were shown before."""

    @property
    def past(self) -> bool:
        """Say whether the moment lies behind us, where lists of households are not kept."""
        return self.at is not None and self.at < self.now


async def load(services: Services, code: str, look: Look) -> Loaded:
    """Read an area in the scope of who is asking. Raises UnknownArea, DatabaseAway, TooSlow."""
    day = services.installation.today(look.at or look.now)
    async with services.reading() as connection:
        card = await areas.area(connection, code)
        return Loaded(
            card,
            await summaries.summary(connection, card.code, now=look.now, at=look.at),
            await drawn_states(connection, services.installation.city_code, day),
            await summaries.children(connection, card.code, now=look.now, at=look.at, measure=ranked_by(look.measure)),
            await areas.roots(connection),
            None if look.past else await sweep.load(connection, card.code, look.now),
            () if look.past else await turned_away.load(connection, services.principal().role, card.code, look.now),
        )


def regions(loaded: Loaded, look: Look) -> tuple[Any, ...]:
    """Return trail, numbers, children, what to fit, which grid is listed, and the figures to compare with next."""
    card, language = loaded.card, look.language
    figures_before = look.before.get("figures", {}) if look.before.get("area") == card.code else {}
    shown = Shown(card, loaded.summary, loaded.states, look.at or look.now, language, figures_before, not look.past)
    listed = card.level == Level.GRID and shown.homes and not look.past
    return (
        trail(card.trail, loaded.roots),
        _with(
            numbers(shown), sweep.section(loaded.sweep, language) + turned_away.section(loaded.away, look.now, language)
        ),
        below(loaded.rows, card.level, look.choices, look.measure, language, past=look.past),
        {"area": card.code, "box": card.bbox, "title": say("product.title", language, area=card.name)},
        card.code if listed else "",
        {"area": card.code, "figures": figures(loaded.summary)},
    )


def _with(sections: list[Component], asked: list[Component]) -> list[Component]:
    """Return the panel's sections with the sweep after what it is about, the homes."""
    return [*sections[:1], *asked, *sections[1:]]


def refused(error: WanggeError, code: str, look: Look, own: str) -> tuple[Any, ...]:
    """Return the regions where an area could not be read; what is shown of the same area stays, the page says why."""
    lasting = isinstance(error, UnknownArea | BadValue)
    if look.before.get("area") == code and not lasting:
        return (no_update,) * 6
    section = html.Section(refusal(error, look.language, look.now, own))
    return html.Ol() if lasting else no_update, [section], [], {}, "", {}


async def show(services: Services, code: str, at: str, measure: str, language: str, before: dict[str, Any]) -> Any:
    """Return the regions of an area, or of its refusal."""
    principal = services.principal()
    own = next(iter(principal.areas), "")
    choices = measures(principal.scope)
    chosen = measure if any(m.id == measure for m in choices) else choices[0].id
    look = Look(chosen, choices, services.now(), None, language, before)
    try:
        look = replace(look, at=moment_of(at, services.installation.zone))
        return regions(await load(services, code or own, look), look)
    except WanggeError as error:
        return refused(error, code or own, look, own)


def register(app: Dash, services: Services) -> None:
    """Show an area when the address, the taste, or the world changes."""

    @app.callback(
        into(ids.TRAIL),
        into(ids.NUMBERS),
        into(ids.BELOW),
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
        trail, numbers, ranks, *more = await show(services, code, at, measure, taste["language"], before or {})
        return drawn(trail), drawn(numbers), drawn(ranks), *more
