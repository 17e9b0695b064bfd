"""What a number of the city is that a feed brings: its words, whom it is for, and who reads it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Words
from geodata.moment import Moment

__all__ = ["Line", "Moment", "Number", "Read", "late"]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure with the time of its data. `value` is none where nobody has reported: that is not zero."""

    words: Words
    value: float | None
    unit: Words
    data_time: datetime | None
    of: float | None = None
    """What it is a part of: reported villages of all villages."""
    before: float | None = None
    """The same figure a day earlier."""
    target: float | None = None
    late: bool = False
    """Whether the newest report is older than its feed allows: drawn dim, with its age."""
    severe: bool = False
    """Whether somebody must do something about it."""


Read = Callable[[AsyncConnection, str, Moment], Awaitable[list[Line]]]
"""(connection in scope, present code of an area, moment) to lines; none of them where an area has nothing of it."""


@dataclass(frozen=True, slots=True)
class Number:
    """One block of figures about an area: news of `tables` makes it old, `read` gives it anew.

    `read` sums what lies below the area from rows that are few: never from homes, persons or single passages.
    """

    id: str
    title: Words
    order: int
    """Where it stands among the others, least first."""
    tables: frozenset[str]
    homes: bool
    """Whether it counts homes or people, and so is hidden from roles that may not see them."""
    read: Read


def late(moment: datetime | None, at: datetime, patience: timedelta) -> bool:
    """Say whether data of a moment is older than its feed allows; what nobody ever reported is not late but missing."""
    return moment is not None and at - moment > patience
