"""The wall's stores: what the hub pushes reaches wall.js by value; what flies is asked for as on the desk."""

from typing import Any

from dash import Dash, Input, Output

from callbacks import ids
from callbacks.live import positions
from callbacks.router import in_browser
from callbacks.services import Services


def register(app: Dash, services: Services) -> None:
    """Hand messages to the wall's scripts, and tell them where drones are at the moment that is shown."""
    for name, function in ((ids.WALL_NEWS, "wall_news"), (ids.WALL_MOVING, "wall_moving")):
        done = Output(ids.DONE, "data", allow_duplicate=True)
        in_browser(app, function, done, Input(name, "data"), prevent_initial_call=True)

    @app.callback(Output(ids.WALL_MOVING, "data"), Input(ids.WALL_SEEN, "data"), prevent_initial_call=True)
    async def _(seen: dict[str, str] | None) -> Any:
        seen = seen or {}
        return await positions(services, str(seen.get("at") or ""), "light" if seen.get("theme") == "light" else "dark")
