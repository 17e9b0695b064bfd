"""What a block of the command wall is."""

from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.moment import Moment

__all__ = ["Block", "Moment", "Read"]


Read = Callable[[AsyncConnection, str, Moment], Awaitable[dict[str, Any]]]
"""(connection in scope, current code of an area, moment) to figures that JSON can hold, with `data_time` (ISO, or none)."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the wall: news of `tables` makes it old, `read` gives its figures anew."""

    id: str
    tables: Container[str]
    read: Read
    inside: bool = True
    """Whether it is for readers who work there alone; the press sees what is public."""
