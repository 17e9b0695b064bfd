"""Writing rows of a feed in one transaction inside the sender's scope: again where another writer was in the way."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from psycopg import errors
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.database import Database
from geodata.errors import TooSlow
from geodata.feeds.floor.declaration import Feed, R, Written
from geodata.feeds.floor.refusal import WHOLE, Refusal, Refused, whole
from geodata.scope import Scope

TRIES = 3
PAUSE_S = 0.05
MOST_PASSES = 100
"""Times that the right rows of a delivery are written anew without those that a feed refused."""
AGAIN = (errors.DeadlockDetected, errors.SerializationFailure, errors.UniqueViolation)
"""What another writer did to this one. After a collision of keys a second look finds the other's row."""

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]


class _Again(Exception):
    """The transaction lost against another one and may be tried anew."""


async def stubbornly(
    database: Database, scope: Scope, work: Work[T], *, as_owner: bool = False, tell: bool = True
) -> T:
    """Do work in a transaction of a scope, and try again where another writer was in the way.

    `as_owner` has the rights of the tables' owner, for foundations; `tell` looks for changes of homes that were left untold.

    Raises Refused where a key is taken by a row that the sender does not see, TooSlow, DatabaseAway, and what `work` raises.
    """
    for left in reversed(range(TRIES)):
        try:
            return await once(database, scope, work, as_owner=as_owner, tell=tell)
        except _Again as lost:
            if left:
                await asyncio.sleep(PAUSE_S * (TRIES - left))
            elif isinstance(lost.__cause__, errors.UniqueViolation):
                # Held by a row that this sender may not see, so it cannot be said by which.
                raise whole("key_taken") from lost
            else:
                raise TooSlow from lost
    raise AssertionError("the last try returns or raises")


async def once(database: Database, scope: Scope, work: Work[T], *, as_owner: bool = False, tell: bool = True) -> T:
    """Do work in one transaction of a scope."""
    async with (
        database.importing(scope, as_owner=True) if as_owner else database.writing(scope, tell=tell) as connection
    ):
        try:
            return await work(connection)
        except DBAPIError as error:
            if isinstance(error.orig, AGAIN):
                raise _Again from error.orig
            raise


async def write_right(
    connection: AsyncConnection, feed: Feed[R], rows: Mapping[int, R], sender: str
) -> tuple[Written, list[Refusal]]:
    """Write those rows (by their numbers) that the feed takes; return what became of them, and what it refused.

    Raises Refused where the feed refuses the delivery as a whole.
    """
    left, refused = dict(rows), list[Refusal]()
    for _ in range(MOST_PASSES):
        if not left:
            return Written(0, 0), refused
        numbers = list(left)
        try:
            async with connection.begin_nested():
                return await feed.write(connection, list(left.values()), sender), refused
        except Refused as found:
            if any(refusal.row == WHOLE for refusal in found.refusals):
                raise
            more = [refusal.renumbered(numbers) for refusal in found.refusals]
        refused += more
        left = {number: row for number, row in left.items() if number not in {refusal.row for refusal in more}}
    raise whole("too_many_faults")
