"""What moves: drones in the air by deck.gl; and the news that the world moved, pushed over a WebSocket."""

import asyncio
import json
from typing import Any

import pydeck
from dash import Dash, Input, Output

from callbacks import ids
from callbacks.hub import Hub
from callbacks.services import Services
from callbacks.wording import moment_of
from geodata.errors import WanggeError
from layers.declaration import View
from layers.registry import all_layers, visible
from layers.render.features import features
from layers.tokens import tokens

MOST = 500
QUIET_S = 4.0
"""A page is told at most this often: figures that change every second cannot be read."""


def _rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def moving(found: list[dict[str, Any]], theme: str) -> list[dict[str, Any]]:
    """Return the deck.gl layers, as JSON, of drones: a disc with a ring, its name and height beside it."""
    colours = tokens(theme)
    if not found:
        return []
    data = [
        {
            "id": feature["id"],
            "layer": "drones",
            "p": feature["geometry"]["coordinates"][:2],
            "t": f"{feature['properties'].get('name') or ''} {feature['properties'].get('height_m') or 0:.0f} m",
        }
        for feature in found
    ]
    disc = pydeck.Layer(
        "ScatterplotLayer",
        data,
        id="drones",
        get_position="p",
        get_radius=7,
        radius_units=pydeck.types.String("pixels"),
        stroked=True,
        get_fill_color=_rgb(colours.accent),
        get_line_color=_rgb(colours.mark_edge),
        line_width_min_pixels=2,
        pickable=True,
    )
    name = pydeck.Layer(
        "TextLayer",
        data,
        id="drones-names",
        get_position="p",
        get_text="t",
        get_size=13,
        get_color=_rgb(colours.text),
        get_pixel_offset=[12, 0],
        get_text_anchor=pydeck.types.String("start"),
        character_set=pydeck.types.String("auto"),
        font_family=pydeck.types.String("Noto Sans CJK SC, sans-serif"),
        background=True,
        get_background_color=[*_rgb(colours.halo), 170],
    )
    return list(json.loads(pydeck.Deck([disc, name], map_provider=None).to_json())["layers"])


async def positions(services: Services, at: str, theme: str) -> list[dict[str, Any]]:
    """Return the layers of what moves in the scope of who is asking; nothing for roles that see no drones."""
    now = services.now()
    found: list[dict[str, Any]] = []
    try:
        view = View.of(now, now.date(), at=moment_of(at, services.installation.zone))
        async with services.reading() as connection:
            for layer in visible(services.principal().scope):
                if layer.live:
                    found += (await features(connection, layer, view, MOST))["features"]
    except WanggeError:
        return []
    return moving(found, theme)


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
        return await positions(services, at or "", taste["theme"])

    @app.callback(Input(ids.LISTEN, "data"), websocket=True, persistent=True)
    async def _(asked: dict[str, Any] | None) -> None:
        await tell(hub, again=bool(asked and asked.get("again")))

    @app.callback(Input(ids.WALL_LISTEN, "data"), websocket=True, persistent=True)
    async def _(asked: dict[str, Any] | None) -> None:
        await hub.listen(asked)
