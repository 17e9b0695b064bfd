"""What moves on the wall's map, asked for as on the desk. What the hub pushes needs no callback: live.js hands it on."""

from typing import Any

from dash import Dash, Input, Output

from callbacks import ids
from callbacks.live import positions
from callbacks.router import in_browser
from callbacks.services import Services


def register(app: Dash, services: Services) -> None:
    """Tell the wall's scripts where drones are at the moment that is shown."""
    done = Output(ids.DONE, "data", allow_duplicate=True)
    in_browser(app, "wall_moving", done, Input(ids.WALL_MOVING, "data"), prevent_initial_call=True)

    @app.callback(Output(ids.WALL_MOVING, "data"), Input(ids.WALL_SEEN, "data"), prevent_initial_call=True)
    async def _(seen: dict[str, str] | None) -> Any:
        seen = seen or {}
        return await positions(services, str(seen.get("at") or ""), "light" if seen.get("theme") == "light" else "dark")
