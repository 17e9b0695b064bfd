"""Reading what a component would show, without a browser."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def walk(found: Any) -> Iterator[Component]:
    """Yield a component, or each of several, with everything inside."""
    if isinstance(found, list | tuple):
        for one in found:
            yield from walk(one)
    elif isinstance(found, Component):
        yield found
        yield from walk(getattr(found, "children", None))


def text(found: Any) -> str:
    """Return the words, in order, one space between any two."""
    if isinstance(found, list | tuple):
        return " ".join(part for part in map(text, found) if part)
    if isinstance(found, Component):
        return text(getattr(found, "children", None))
    return "" if found is None else str(found)


def having(found: Any, name: str) -> list[Component]:
    """Return the components that have a class."""
    return [one for one in walk(found) if name in (getattr(one, "className", None) or "").split()]


def told(found: Any, name: str) -> list[str]:
    """Return the values of a `data-…` or `aria-…` attribute, in order."""
    values = (one.to_plotly_json()["props"].get(name) for one in walk(found))
    return [value for value in values if value is not None]
