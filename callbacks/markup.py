"""Dash components as HTML: for parts of a page that a program fetches by itself, without Dash in between.

Dash 4.4 asks every component on the page about every change of any (hundreds of milliseconds on a full desk); what must
appear at once goes around it.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from dash.development.base_component import Component

EMPTY = frozenset({"br", "hr", "img", "input"})
NAMES = {"className": "class", "htmlFor": "for", "key": "data-key"}


def markup(found: Any) -> str:
    """Return components of `dash.html`, and texts between them, as HTML; every text and value is escaped."""
    if found is None:
        return ""
    if isinstance(found, list | tuple):
        return "".join(map(markup, found))
    if not isinstance(found, Component):
        return escape(str(found))
    described: dict[str, Any] = found.to_plotly_json()  # type: ignore[no-untyped-call]
    tag, props = str(described["type"]).lower(), dict(described["props"])
    inside = props.pop("children", None)
    told = "".join(_attribute(name, value) for name, value in sorted(props.items()))
    return f"<{tag}{told}>" if tag in EMPTY else f"<{tag}{told}>{markup(inside)}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    name = NAMES.get(name, name.lower())
    if value is True:
        return f" {name}"
    text = _style(value) if isinstance(value, Mapping) else str(value)
    return f' {name}="{escape(text)}"'


def _style(rules: Mapping[str, Any]) -> str:
    return ";".join(f"{''.join(f'-{c.lower()}' if c.isupper() else c for c in name)}:{v}" for name, v in rules.items())
