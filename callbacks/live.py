"""What moves, drawn by deck.gl: patrols in the air and on foot; and the news that the world moved, pushed over a WebSocket."""

import asyncio
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any

from dash import Dash, Input, Output, set_props

from callbacks import ids
from callbacks.services import Services
from callbacks.wording import moment_of
from geodata.errors import WanggeError
from geodata.news import Item
from geodata.schemes import begins
from layers.declaration import View
from layers.registry import all_layers, visible
from layers.render.features import features
from layers.render.moving import moving

MOST = 500
ABOUT_SCHEME = {"colour_scheme", "scheme_state"}
QUIET_S = 4.0
"""A page is told at most this often: figures that change every second cannot be read."""


async def positions(services: Services, at: str, theme: str, language: str = "zh") -> list[dict[str, Any]]:
    """Return the layers of what moves in the scope of who is asking; nothing for roles that see no patrols."""
    now = services.now()
    live = [layer for layer in visible(services.principal().scope) if layer.live]
    try:
        moment = moment_of(at, services.installation.zone)
        view = View.of(now, now.date(), at=moment)
        async with services.reading() as connection:
            found = [(layer, (await features(connection, layer, view, MOST))["features"]) for layer in live]
    except WanggeError:
        return []
    return moving(found, moment or now, theme, language)


def touched(item: Item) -> list[str]:
    """Return the layers whose tiles a piece of news makes old."""
    return [layer.id for layer in all_layers().values() if not item.table or item.table in layer.tables]


async def tell(services: Services) -> None:
    """Push to one page, as long as it is open, that the world moved: which layers, at most every few seconds."""
    if services.news is None:
        return
    heard: set[str] = set()
    tables: set[str] = set()
    woken = asyncio.Event()

    def hear(item: Item) -> None:
        heard.update(touched(item))
        tables.add(item.table)
        woken.set()

    end = services.news.subscribe(hear)
    day = services.now().date()
    try:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), to_midnight(services.now()))
            woken.clear()
            scheme, now = bool(tables & ABOUT_SCHEME), services.now()
            told = {"at": now.isoformat(), "layers": sorted(heard)}
            heard.clear()
            tables.clear()
            if now.date() != day:
                begun = await new_scheme(services)
                day = day if begun is None else now.date()
                scheme = scheme or bool(begun)
            set_props(ids.NEWS, {"data": told | {"scheme": scheme}})
            await asyncio.sleep(QUIET_S)
    finally:
        end()


def to_midnight(now: datetime) -> float:
    """Return the seconds until the city's next day, on which other households are due and another scheme may hold."""
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    return midnight.timestamp() - now.timestamp() + 1


async def new_scheme(services: Services) -> bool | None:
    """Say whether a version of the colour scheme begins today; none while the database is away.

    A page then loads itself anew, colours and legend alike.
    """
    try:
        async with services.reading() as connection:
            return await begins(connection, services.installation.city_code, services.now().date())
    except WanggeError:
        return None


def register(app: Dash, services: Services) -> None:
    """Tell pages that the world moved, and where drones are."""

    @app.callback(
        Output(ids.MOVING, "data"),
        Input(ids.MOMENT, "data"),
        Input(ids.TASTE, "data"),
        Input(ids.NEWS, "data"),
        prevent_initial_call=True,
    )
    async def _(at: str, taste: dict[str, str], _news: Any) -> Any:
        return await positions(services, at or "", taste["theme"], taste["language"])

    @app.callback(Input(ids.LISTEN, "data"), websocket=True, persistent=True)
    async def _(_listening: Any) -> None:
        await tell(services)
