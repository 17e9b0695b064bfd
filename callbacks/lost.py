"""What a page says when its connection is lost: on the page beforehand, for nothing can be fetched when it is needed."""

from dash import html
from dash.development.base_component import Component

from callbacks import ids
from geodata.words import say

KINDS = ("server", "database", "revoked")


def banner(language: str) -> Component:
    """Return every sentence about a lost connection; live.js says on the root element which one holds, and since when."""
    return html.Div([_sentence(kind, language) for kind in KINDS], id=ids.LOST, className="lost", role="alert")


def _sentence(kind: str, language: str) -> Component:
    since = html.Span([say("live.since", language), html.Span(className="since")], className="quiet")
    more = html.Span([say(f"live.{kind}_more", language), " ", since])
    return html.Div([html.Strong(say(f"live.{kind}", language)), more], className=f"of-{kind}")
