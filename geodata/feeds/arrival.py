"""The one door for everything delivered: checked as a whole, written in one transaction inside the sender's scope."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from psycopg import errors
from sqlalchemy.exc import DBAPIError

from geodata.database import Database
from geodata.errors import NotAllowed, TooSlow
from geodata.feeds.declaration import Feed, Privacy, Written
from geodata.feeds.payload import parse
from geodata.feeds.refusal import Refused, whole
from geodata.feeds.registry import get
from geodata.scope import WITHOUT_HOMES, Scope

__all__ = ["deliver", "parse"]

TRIES = 3
PAUSE_S = 0.05
AGAIN = (errors.DeadlockDetected, errors.SerializationFailure, errors.UniqueViolation)
"""What another writer did to this one. After a collision of keys a second look finds the other's row."""


class _Again(Exception):
    """The transaction lost against another one and may be tried anew."""


async def deliver(
    database: Database,
    scope: Scope,
    kind: str,
    payload: bytes | Mapping[str, object] | Iterable[object],
    sender: str,
    *,
    language: str = "zh",
) -> dict[str, int]:
    """Take a delivery whole or not at all; return {accepted, repeated}.

    Sending the same again changes nothing. Raises UnknownKind, NotAllowed, RefusedRows (its sentences in `language`),
    DatabaseAway, TooSlow.
    """
    feed = get(kind)
    if scope.role in WITHOUT_HOMES:
        raise NotAllowed
    try:
        rows = parse(feed, payload)
        return asdict(await _stubbornly(database, scope, feed, rows, sender) if rows else Written(0, 0))
    except Refused as refused:
        raise refused.in_(language) from None


async def _stubbornly(database: Database, scope: Scope, feed: Feed[Any], rows: Sequence[Any], sender: str) -> Written:
    """Write, and try again where another writer was in the way."""
    for left in reversed(range(TRIES)):
        try:
            return await _once(database, scope, feed, rows, sender)
        except _Again as lost:
            if left:
                await asyncio.sleep(PAUSE_S * (TRIES - left))
            elif isinstance(lost.__cause__, errors.UniqueViolation):
                # Held by a row that this sender may not see, so it cannot be said by which.
                raise whole("key_taken") from lost
            else:
                raise TooSlow from lost
    raise AssertionError("the last try returns or raises")


async def _once(database: Database, scope: Scope, feed: Feed[Any], rows: Sequence[Any], sender: str) -> Written:
    async with database.writing(scope, tell=feed.privacy is Privacy.HOUSEHOLD) as connection:
        try:
            return await feed.write(connection, rows, sender)
        except DBAPIError as error:
            if isinstance(error.orig, AGAIN):
                raise _Again from error.orig
            raise
