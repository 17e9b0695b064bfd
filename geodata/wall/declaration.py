"""What a block of the command wall is, and the moment it is asked about."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Moment:
    """When a wall is asked (`now`) and what it is asked about: `at` is none for live, in the past or future otherwise."""

    now: datetime
    at: datetime | None = None

    @property
    def past(self) -> bool:
        """Say whether the moment lies behind the present one."""
        return self.at is not None and self.at < self.now

    @property
    def known(self) -> datetime:
        """Return the moment whose knowledge is asked for: nobody knows more of a future one than is known now."""
        return self.at if self.at is not None and self.at < self.now else self.now


Read = Callable[[AsyncConnection, str, Moment], Awaitable[dict[str, Any]]]
"""(connection in scope, current code of an area, moment) to figures that JSON can hold, with `data_time` (ISO, or none)."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the wall: news of `tables` makes it old, `read` gives its figures anew."""

    id: str
    tables: frozenset[str]
    read: Read
    inside: bool = True
    """Whether it is for readers who work there alone; the press sees what is public."""
