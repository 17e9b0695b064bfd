"""The household list of a grid: what is overdue first, filtered by state; a row picks the household on the map."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import dash_ag_grid as dag
from dash import Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component

from callbacks import ids, sweep
from callbacks.face import chooser
from callbacks.parts import aria, data, swatch
from callbacks.regions import drawn, into
from callbacks.router import in_browser
from callbacks.services import Services
from callbacks.wording import days_left
from geodata.errors import WanggeError
from geodata.faces import faces_of
from geodata.households import household_list
from geodata.model import SchemeState
from geodata.schemes import drawn_states
from geodata.words import say
from layers.tokens import ink

MOST = 1000
"""Rows that are listed at most; a grid holds 100 to 500 households."""


def rows(
    homes: list[dict[str, Any]], states: tuple[SchemeState, ...], now: datetime, language: str
) -> list[dict[str, Any]]:
    """Return the rows of the list as they are read, with colour and letter beside the state's name."""
    known = {state.code: state for state in states}
    return [_row(home, known[home["state"]], now, language) for home in homes]


def _row(home: dict[str, Any], state: SchemeState, now: datetime, language: str) -> dict[str, Any]:
    local: date = home["since"].astimezone(now.tzinfo).date()
    return {
        "id": str(home["id"]),
        "state": state.en if language == "en" else state.zh,
        "sign": {"colour": state.colour, "ink": ink(state.colour), "letter": state.letter, "hatch": state.hatch or ""},
        "door": f"{home['building']} {home['unit']}-{home['room']}",
        "since": say("homes.day", language, month=f"{local:%m}", day=f"{local:%d}"),
        "left": days_left(home["days_left"], language) if home["due_on"] else "",
        "tone": ""
        if home["days_left"] is None
        else "severe"
        if home["days_left"] < 0
        else "warning"
        if home["days_left"] == 0
        else "",
        "lon": home["lon"],
        "lat": home["lat"],
    }


def columns(language: str) -> list[dict[str, Any]]:
    """Return the columns; the state is drawn by map.js, everything else is text as it comes."""
    named = (("state", "State", 128), ("door", None, 95), ("since", None, 45), ("left", "Left", 62))
    return [
        {
            "field": field,
            "headerName": say(f"homes.{field}", language),
            "cellRenderer": renderer,
            "minWidth": 44,
            "flex": share,
        }
        for field, renderer, share in named
    ]


def head(
    states: tuple[SchemeState, ...],
    chosen: str,
    listed: int,
    language: str,
    buildings: Sequence[dict[str, Any]] = (),
    grid: str = "",
) -> list[Component]:
    """Return title and filter, one button a state, pressed where it is chosen; and the way to the grid's own page."""
    every = html.Button(say("homes.all", language), type="button", **_filter("", chosen))
    rest = html.Button(say("sweep.not_asked", language), type="button", **_filter(sweep.NOT_ASKED, chosen))
    buttons = [every, *(_button(state, chosen, language) for state in states), rest]
    notes: list[Component] = []
    if listed == 0:
        notes = [html.P(say("homes.none", language), className="quiet small")]
    if listed == MOST:
        notes = [html.P(say("homes.more", language, n=MOST), className="quiet small")]
    title = html.Div(
        [html.H2(say("homes.title", language)), html.Span(listed, className="stamp"), *chooser(buildings, language)],
        className="title-row",
    )
    group = html.Div(buttons, className="pick", role="group", **aria(label=say("homes.filter", language)))
    tablet = (
        [html.A(say("homes.tablet", language), href=f"/grid?area={grid}", className="to-tablet small")] if grid else []
    )
    return [title, group, *notes, *tablet]


def _button(state: SchemeState, chosen: str, language: str) -> Component:
    name = state.en if language == "en" else state.zh
    sign = swatch(state.colour, state.letter, state.hatch)
    return html.Button(sign, type="button", title=name, **_filter(state.code, chosen), **aria(label=name))


def _filter(code: str, chosen: str) -> dict[str, Any]:
    return {**data(state=code), **aria(pressed=str(code == chosen).lower())}


async def show(services: Services, grid: str, state: str, taste: dict[str, str]) -> Any:
    """Return heading, rows, columns and whether the list is hidden; what is shown stays where the database is away."""
    if not grid:
        return [], [], no_update, True
    language, now = taste["language"], services.now()
    try:
        async with services.reading() as connection:
            states = await drawn_states(connection, services.installation.city_code, now.date())
            if state == sweep.NOT_ASKED:
                found = await sweep.left(connection, grid, now, MOST)
            else:
                found = await household_list(connection, grid, today=now.date(), limit=MOST, state=state or None)
            buildings = await faces_of(connection, grid)
    except WanggeError:
        return no_update, no_update, no_update, no_update
    listed = head(states, state, len(found), language, buildings, grid)
    return listed, rows(found, states, now, language), columns(language), False


def table() -> Component:
    """Return the list itself, empty."""
    grid: Component = dag.AgGrid(
        id=ids.HOMES_LIST,
        rowData=[],
        columnDefs=columns("zh"),
        defaultColDef={"sortable": False, "resizable": False, "suppressMovable": True},
        dashGridOptions={"animateRows": False, "suppressNoRowsOverlay": True},
        className="homes",
        style={"height": "min(56vh, 40rem)", "width": "100%"},
        getRowId="params.data.id",
    )
    return grid


def register(app: Dash, services: Services) -> None:
    """List the households of the grid that is shown."""

    @app.callback(
        into(ids.HOMES_HEAD),
        Output(ids.HOMES_LIST, "rowData"),
        Output(ids.HOMES_LIST, "columnDefs"),
        Output(ids.HOMES, "hidden"),
        Input(ids.GRID, "data"),
        Input(ids.HOMES_STATE, "data"),
        Input(ids.TASTE, "data"),
        Input(ids.NEWS, "data"),
        prevent_initial_call=True,
    )
    async def _(grid: str, state: str, taste: dict[str, str], _news: Any) -> Any:
        head, *more = await show(services, grid, state or "", taste)
        return drawn(head), *more

    done = Output(ids.DONE, "data", allow_duplicate=True)
    clicked, listed = Input(ids.HOMES_LIST, "cellClicked"), State(ids.HOMES_LIST, "rowData")
    in_browser(app, "choose", done, clicked, listed, prevent_initial_call=True)
