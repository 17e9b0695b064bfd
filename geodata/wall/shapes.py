"""Figures as JSON can hold them."""

from collections.abc import Mapping
from datetime import date
from typing import Any


def plain(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return figures with their times as ISO text, a time of the data among them in every case."""
    return {"data_time": None} | {name: _plain(value) for name, value in figures.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
