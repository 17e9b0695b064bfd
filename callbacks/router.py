"""The address bar as the one truth: desk.js splits it into stores, and everything else follows those."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State

from callbacks import ids


def in_browser(app: Any, function: str, *wires: Any, **more: Any) -> None:
    """Connect a function of desk.js; `app` is a Dash, whose own method says nothing about its types."""
    app.clientside_callback(ClientsideFunction("wangge", function), *wires, **more)


def register(app: Dash, _services: object) -> None:
    """Connect the address to the stores that the page follows; all of it runs in the browser."""
    parts = (ids.AREA, ids.MOMENT, ids.MEASURE, ids.ON, ids.PICK)
    outputs = [Output(name, "data") for name in parts]
    in_browser(app, "split", *outputs, Input(ids.ADDRESS, "data"), State(ids.TASTE, "data"))
    for name in (ids.FIT, ids.SPOT, ids.MOVING, ids.NEWS):
        done = Output(ids.DONE, "data", allow_duplicate=True)
        in_browser(app, name, done, Input(name, "data"), prevent_initial_call=True)
