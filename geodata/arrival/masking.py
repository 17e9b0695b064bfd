"""What may be kept of a row that was refused: columns that its feed names, short, without a number of anybody."""

import json
from collections.abc import Mapping
from typing import Any

from geodata.arrival.secret import keyed_columns
from geodata.arrival.somebody import MASK, covered
from geodata.feeds.floor.declaration import Feed

LONGEST = 120
"""Letters of one value that are kept."""


def shown(feed: Feed[Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be kept of a row as it was sent."""
    never = keyed_columns(feed) | set(feed.cut)
    named = (name for name in feed.row.model_fields if name in sent and name not in never)
    return {name: kept(sent[name]) for name in named}


def kept(value: Any) -> Any:
    """Return a value as it may be kept."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if masked(said := str(value)) == said and abs(value) < 1e15 else MASK
    said = masked(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def masked(value: str) -> str:
    """Return a text in which telephone and identity numbers are covered."""
    plain = value[: LONGEST * 4].replace("\x00", "").encode(errors="replace").decode()
    return covered(plain)
