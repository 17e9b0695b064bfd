"""Regions of the page that are HTML: Dash carries their text, paint.js puts what changed of it into the page.

Dash 4.4 asks every component on the page about every change of any, so a full desk made of components answers a click
after seconds. Its regions hold nothing that Dash listens to, and are one text each instead.
"""

from typing import Any

from dash import Dash, Input, Output, no_update

from callbacks import ids
from callbacks.markup import markup
from callbacks.router import in_browser


def told(region: str) -> str:
    """Return the id of the store that a region's HTML arrives in."""
    return f"{region}-html"


def into(region: str) -> Output:
    """Return the output of a callback whose components fill a region; what it returns goes through `drawn`."""
    return Output(told(region), "data")


def drawn(found: Any) -> Any:
    """Return components as HTML, and what leaves the region alone as it is."""
    return found if found is no_update else markup(found)


def register(app: Dash, _services: object) -> None:
    """Draw a region whenever its HTML arrives; paint.js looks by itself which of them changed."""
    arriving = [Input(told(region), "data") for region in ids.REGIONS]
    in_browser(app, "paint", Output(ids.DONE, "data", allow_duplicate=True), *arriving, prevent_initial_call=True)
