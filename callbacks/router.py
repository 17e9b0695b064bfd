"""The address bar as the one truth: map.js splits it into stores, and everything else follows those."""

from dash import ClientsideFunction, Dash, Input, Output, State

from callbacks import ids


def register(app: Dash, _services: object) -> None:
    """Connect the address to the stores that the page follows; all of it runs in the browser."""
    app.clientside_callback(
        ClientsideFunction("wangge", "split"),
        *(Output(name, "data") for name in (ids.AREA, ids.MOMENT, ids.MEASURE, ids.ON, ids.PICK)),
        Input(ids.ADDRESS, "data"),
        State(ids.TASTE, "data"),
    )
    for name in (ids.FIT, ids.SPOT, ids.MOVING, ids.NEWS):
        app.clientside_callback(
            ClientsideFunction("wangge", name),
            Output(ids.DONE, "data", allow_duplicate=True),
            Input(name, "data"),
            prevent_initial_call=True,
        )
