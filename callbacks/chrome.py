"""Everything around the figures that is only words: buttons, labels, badge, and the sentences for trouble."""

from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from callbacks import ids
from callbacks.parts import aria, data
from callbacks.regions import drawn, into
from callbacks.services import Services
from geodata.accounts import Principal
from geodata.areas import roots
from geodata.errors import WanggeError
from geodata.gates import may_write
from geodata.model import Role
from geodata.press.roles import MAKERS
from geodata.words import say

TROUBLES = ("server", "database", "tiles", "webgl")


KEEPERS = (Role.ADMIN, Role.COMMAND)
"""Who looks after the installation itself and what is delivered to it."""


def brand(label: str, demo: bool, language: str, *, faulty: bool = False) -> list[Component]:
    """Return the product's name, the installation's own where it has one, and what must be known of its data."""
    parts: list[Component] = [html.Span(say("product.name", language), className="mark")]
    if label:
        parts.append(html.Span(label, className="city"))
    if demo:
        parts.append(html.Span(say("product.demo", language), className="badge"))
    if faulty:
        hint = say("scheme.faulty_more", language)
        parts.append(html.Span(say("scheme.faulty", language), title=hint, className="badge"))
    return parts


def account(principal: Principal, area: str, theme: str, language: str) -> list[Component]:
    """Return language, theme, who is signed in, and the way out."""
    other = say("map.dark" if theme == "light" else "map.light", language)
    code = say("map.language_code", language)
    role = say(f"role.{principal.role}", language)
    who = [html.Span(principal.username), html.Span(f"{role} {area}".strip(), className="small")]
    leave = html.Button(say("map.sign_out", language), type="submit", className="button")
    words, hint = say("press_desk.picture", language), say("press_desk.picture_hint", language)
    # back.js gives it the area, moment and measure that the map shows when it is taken.
    picture = html.A(words, href="/press", title=hint, id=ids.TO_PRESS, className="button")
    return [
        *([data_desk(language)] if principal.role in KEEPERS else []),
        *([picture] if principal.role in MAKERS else []),
        html.Button(
            say("map.language", language), type="button", className="button", lang=code, **data(taste="language")
        ),
        html.Button(other, type="button", className="button", **data(taste="theme")),
        html.Div(who, className="name"),
        html.Form(leave, action="/logout", method="post"),
    ]


def tools(language: str, *, draws: bool = False) -> list[Component]:
    """Return the buttons of the map; one more for whoever may draw a closure."""
    named = (("zoom_in", "+"), ("zoom_out", "−"), ("fit", ""))
    label = say("plan.draw", language)
    pen: list[Component] = (
        [html.Button(type="button", title=label, **aria(label=label), **data(plan="draw"))] if draws else []
    )
    words = html.Span(say("map.canvas", language), id=ids.CANVAS_WORDS, className="out-of-sight")
    plain: list[Component] = [
        html.Button(
            sign,
            type="button",
            title=say(f"map.{name}", language),
            **aria(label=say(f"map.{name}", language)),
            **data(tool=name),
        )
        for name, sign in named
    ]
    return [words, *plain, *pen]


def troubles(language: str) -> list[Component]:
    """Return every sentence about trouble; which one shows, and since when, is said by map.js alone.

    They are on the page beforehand because nothing can be fetched when they are needed.
    """
    since: list[Any] = [" ", say("trouble.since", language), " ", html.Span(className="since")]
    told = [
        html.Div([say(f"trouble.{kind}", language), html.Span(since, className="quiet")], className=f"of-{kind}")
        for kind in TROUBLES
    ]
    again = html.A(say("trouble.sign_in", language), href="/login", className="again")
    return [*told, html.Div([say("trouble.session", language), " ", again], className="of-session")]


async def topmost(services: Services) -> str:
    """Return the names of the areas that the reader answers for; nothing while the database is away."""
    try:
        async with services.reading() as connection:
            return "、".join(root.name for root in await roots(connection))
    except WanggeError:
        return ""


def words(services: Services, area: str, taste: dict[str, str]) -> tuple[Any, ...]:
    """Return every region of words in one language."""
    language, installation = taste["language"], services.installation
    faulty = installation.faulty_scheme and services.principal().role in KEEPERS
    return (
        say("map.skip", language),
        brand(installation.label, installation.demo, language, faulty=faulty),
        account(services.principal(), area, taste["theme"], language),
        tools(language, draws=may_write(services.principal().scope)),
        troubles(language),
        say("layers.title", language),
        say("find.label", language),
        say("find.hint", language),
        *(say(f"map.{name}", language) for name in ("trail", "tools", "card", "figures")),
        say("face.panel", language),
    )


def register(app: Dash, services: Services) -> None:
    """Say everything in the language that is chosen."""

    @app.callback(
        Output(ids.SKIP, "children"),
        into(ids.BRAND),
        into(ids.ACCOUNT),
        into(ids.TOOLS),
        into(ids.TROUBLE),
        Output(ids.LAYERS_TITLE, "children"),
        Output(ids.SEARCH_LABEL, "children"),
        Output(ids.SEARCH, "placeholder"),
        *(Output(region, "aria-label") for region in (ids.TRAIL, ids.TOOLS, ids.CARD, ids.SIDE, ids.FACE)),
        Input(ids.TASTE, "data"),
    )
    async def _(taste: dict[str, str]) -> Any:
        skip, brand, account, tools, troubles, *more = words(services, await topmost(services), taste)
        return skip, *map(drawn, (brand, account, tools, troubles)), *more


def data_desk(language: str) -> Component:
    """Return the way to the desk of whoever looks after deliveries."""
    return html.A(
        say("admin.data", language), href="/admin", title=say("admin.data_hint", language), className="button"
    )
