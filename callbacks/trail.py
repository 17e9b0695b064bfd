"""The breadcrumb: the way from the reader's topmost area down to the one that is shown."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from callbacks.parts import aria, to_area
from geodata.areas import AreaName

SHORT = 6
"""Letters of a name that is always written in full."""


def trail(steps: Sequence[AreaName], roots: Sequence[AreaName]) -> Component:
    """Return the steps as links, the last as where the reader is; before them, the reader's other topmost areas."""
    others = [root for root in roots if not steps or root.code != steps[0].code]
    items = [html.Li(to_area(step.name, step.code), className=_width(step.name)) for step in steps[:-1]]
    if steps:
        items.append(html.Li(html.Span(steps[-1].name, **aria(current="page")), className=_width(steps[-1].name)))
    items += [html.Li(to_area(root.name, root.code), className="other") for root in others]
    return html.Ol(items)


def _width(name: str) -> str:
    return "long" if len(name) > SHORT else ""
