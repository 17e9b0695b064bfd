"""What moves, drawn by deck.gl: patrols in the air and on foot; and the news that the world moved, pushed over a WebSocket."""

import asyncio
import json
from typing import Any

from dash import Dash, Input, Output

from callbacks import ids
from callbacks.hub import Hub
from callbacks.services import Services
from callbacks.wording import moment_of
from geodata.errors import WanggeError
from layers.declaration import View
from layers.registry import all_layers, visible
from layers.render.features import features
from layers.render.moving import moving

MOST = 500
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


async def tell(hub: Hub, *, again: bool) -> None:
    """Push to one page, as long as it is open, that the world moved: which layers, at most every few seconds.

    `again` is a page that had lost its connection: everything may have moved meanwhile.
    """
    heard: set[str] = set(all_layers()) if again else set()
    scheme = False

    with hub.line("map") as line:

        def hear(layers: frozenset[str], changed: bool) -> None:
            nonlocal scheme
            heard.update(layers)
            scheme = scheme or changed
            line.woken.set()

        if again:
            line.woken.set()
        with hub.hearing(hear):
            while not line.replaced:
                await line.woken.wait()
                line.woken.clear()
                told = {"at": hub.services.now().isoformat(), "layers": sorted(heard), "scheme": scheme}
                heard.clear()
                scheme = False
                line.push(ids.NEWS, json.dumps(told))
                await asyncio.sleep(QUIET_S)


def register(app: Dash, services: Services) -> None:
    """Tell pages and walls that the world moved, and where drones are."""
    hub = Hub(services)

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
    async def _(asked: dict[str, Any] | None) -> None:
        await tell(hub, again=bool(asked and asked.get("again")))

    @app.callback(Input(ids.WALL_LISTEN, "data"), websocket=True, persistent=True)
    async def _(asked: dict[str, Any] | None) -> None:
        await hub.listen(asked)
