"""The two ways of writing rows of a file: through a feed's rows, a few thousand at a time, or as columns where it takes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.arrival.payload import MOST_ROWS, check
from geodata.arrival.writing import write_right
from geodata.feeds.floor.declaration import Bulk, Feed, Written
from geodata.feeds.floor.refusal import Refusal
from geodata.imports.mending import Column, Mending
from geodata.imports.rows import Part, arrays

NOTHING = Written(0, 0)


class Writing(Protocol):
    """Rows on their way into the database, part by part."""

    written: Written

    def prepared(self, part: Part, mending: Mending) -> Part:
        """Do beforehand, in a thread, whatever needs no database."""

    async def write(self, part: Part) -> list[Refusal]:
        """Write a part that was prepared; return what is refused of it."""

    async def finish(self) -> list[Refusal]:
        """End; return what only the whole shows."""


async def writing_of(connection: AsyncConnection, feed: Feed[Any], by: str, key: str) -> Writing:
    """Return the way for a feed."""
    if feed.bulk is None:
        return ByRows(connection, feed, by, key)
    bulk = feed.bulk(connection, by)
    await bulk.begin()
    return ByColumns(bulk)


@dataclass
class ByRows:
    """Checks every row as a delivery by HTTP is checked, and writes those that are right."""

    connection: AsyncConnection
    feed: Feed[Any]
    by: str
    key: str
    written: Written = NOTHING

    def prepared(self, part: Part, mending: Mending) -> Part:
        """Check the rows."""
        first = part.chunk.first
        for name, column in part.columns.items():
            if isinstance(column, Column):
                part.refusals += mending.refusals(name, column, first)
        rows = _mappings(part)
        part.ready = {}
        for start in range(0, len(rows), MOST_ROWS):
            some = rows[start : start + MOST_ROWS]
            checked = check(self.feed, [row for _, row in some], self.key)
            part.ready |= {some[number - 1][0]: row for number, row in checked.rows.items()}
            part.refusals += [one.renumbered([number for number, _ in some]) for one in checked.refusals]
        return part

    async def write(self, part: Part) -> list[Refusal]:
        """Write the right rows of a part."""
        refused, numbers = list[Refusal](), list(part.ready)
        for start in range(0, len(numbers), MOST_ROWS):
            some = {number: part.ready[number] for number in numbers[start : start + MOST_ROWS]}
            written, more = await write_right(self.connection, self.feed, some, self.by)
            self.written = _sum(self.written, written)
            refused += more
        return refused

    async def finish(self) -> list[Refusal]:
        """Nothing is left to do."""
        return []


@dataclass
class ByColumns:
    """Hands columns on to a feed that takes them by the million."""

    bulk: Bulk
    written: Written = NOTHING

    def prepared(self, part: Part, mending: Mending) -> Part:
        """Check and encode the columns."""
        columns = arrays(part, mending)
        numbers = part.chunk.first + np.arange(part.count)
        if part.refusals:
            good = part.good
            columns, numbers = {name: column.take(good) for name, column in columns.items()}, numbers[good]
        part.ready, refusals = self.bulk.encode(numbers, columns)
        part.refusals += refusals
        return part

    async def write(self, part: Part) -> list[Refusal]:
        """Send what was encoded."""
        await self.bulk.take(part.ready)
        return []

    async def finish(self) -> list[Refusal]:
        """Let the feed count, and look at what only the whole shows."""
        self.written, refusals = await self.bulk.finish()
        return refusals


def _mappings(part: Part) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the rows that nothing is wrong with, each with its number and without what it does not say."""
    listed = {
        name: column.listed() if isinstance(column, Column) else _plain(column) for name, column in part.columns.items()
    }
    names = list(listed)
    wrong = {refusal.row for refusal in part.refusals}
    rows = list[tuple[int, Mapping[str, Any]]]()
    for number, values in enumerate(zip(*listed.values(), strict=True), part.chunk.first):
        if number not in wrong:
            rows.append((number, {name: value for name, value in zip(names, values, strict=True) if value is not None}))
    return rows


def _plain(values: Any) -> list[Any]:
    """Return numbers as Python's own, none where they are not finite."""
    if isinstance(values, np.ndarray):
        return [value if finite else None for value, finite in zip(values.tolist(), np.isfinite(values), strict=True)]
    return list(values)


def _sum(one: Written, other: Written) -> Written:
    return Written(one.accepted + other.accepted, one.repeated + other.repeated)
