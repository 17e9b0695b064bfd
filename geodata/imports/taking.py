"""One file from end to end: looked over as a whole, mended and checked in parts, written in one transaction."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import shapely
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.arrival import deliveries, quarantine
from geodata.arrival.door import demand_right
from geodata.arrival.secret import feed_key
from geodata.database import Database
from geodata.doctor.naming import named
from geodata.feeds.floor.declaration import Feed
from geodata.feeds.floor.refusal import WHOLE, Refusal
from geodata.feeds.floor.registry import get
from geodata.files import Book, opened
from geodata.files.encodings import demand_known
from geodata.imports.heads import fields_of, missing
from geodata.imports.known import Known, known_of, remember
from geodata.imports.mending import Mending
from geodata.imports.options import Options
from geodata.imports.placing import Placing
from geodata.imports.report import Report
from geodata.imports.rows import Part, parts_of
from geodata.imports.writing import Writing, writing_of
from geodata.scope import Scope

_DELIVERED = text(
    "INSERT INTO delivered_place (delivery_id, first, system, x, y, shapes) "
    "VALUES (:delivery, :first, :system, :x, :y, :shapes)"
)
_OFFICE = text("SELECT 'sender:' || code FROM sender WHERE code = :code")
WITH_PLACES = frozenset({"geojson", "gpkg", "shapefile", "kml"})
"""Forms of files that bring geometries beside their columns."""
_KEPT = ("sheet", "crs", "crs_confidence", "moved_m_median", "encoding", "mended", "columns", "faults")
"""What is remembered of a report beside its counts."""
T = TypeVar("T")


class _Undone(Exception):
    """The transaction is given up; what is to be told is in the report."""


async def import_file(
    database: Database, scope: Scope, kind: str, path: Path, options: Options, *, sender: str, by: str, name: str = ""
) -> Report:
    """Take a file for a feed, in the name of a sender (whose names are remembered) and by somebody.

    All rows or none, unless `options.partial`. Nothing is written where something is refused, or in a dry run; what is
    refused waits in quarantine. Raises UnknownKind, NotAllowed, BadValue (a wrong call), UnreadableFile, DatabaseAway.
    """
    feed = get(kind)
    demand_right(feed, scope)
    # A wrong word is a wrong call, whether or not the file has places.
    named(options.crs)
    demand_known(options.encoding)
    report = Report(kind, name or path.name)
    with opened(path, encoding=options.encoding, sheet=options.sheet) as book:
        taking = _Taking(database, scope, feed, book, options, report, sender, by)
        with suppress(_Undone):
            async with database.importing(scope, as_owner=feed.foundation) as connection:
                await taking.take(connection)
    if report.refused and not options.dry_run and not options.partial:
        await taking.turn_away()
    return report


@dataclass
class _Taking:
    """One file under way."""

    database: Database
    scope: Scope
    feed: Feed[Any]
    book: Book
    options: Options
    report: Report
    sender: str
    by: str
    lost: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """Refused rows as they were delivered, by their numbers."""

    @property
    def placed(self) -> bool:
        """Whether the file brings geometries beside its columns."""
        return self.book.form in WITH_PLACES

    async def take(self, connection: AsyncConnection) -> None:
        """Take the file in the caller's transaction. Raises _Undone where nothing of it may stay."""
        known = await known_of(connection, self.sender, self.feed.kind)
        mending, fields = self._begin(known)
        key = await feed_key(self.database, self.feed)
        # Where rows lie is found out in a thread, while the database is asked for what they are looked up in.
        looking = asyncio.create_task(asyncio.to_thread(self._look_over, mending, fields))
        try:
            writing = await writing_of(connection, self.feed, self.by, key)
        finally:
            placing = await looking
        async for part in _ahead(self._parts(mending, placing, fields, writing)):
            await self._write(writing, part)
        self._refuse(await writing.finish())
        self._close(mending, writing)
        if self.report.refused and not (self.options.partial and not self.report.whole):
            raise _Undone
        await self._note(connection, placing)
        if self.options.dry_run:
            raise _Undone

    def _begin(self, known: Known) -> tuple[Mending, dict[str, str]]:
        """Find which column is which field. Raises _Undone where a needed one is missing."""
        report, heads = self.report, self.book.columns
        report.encoding = self.book.encoding
        report.sheet = self.book.sheet if len(self.book.sheets) > 1 else ""
        columns = fields_of(self.feed, heads, self.options.columns, known.columns)
        report.columns, report.left = columns, [head for head in heads if head not in columns]
        self._refuse(missing(self.feed, columns, heads, placed=self.placed))
        if report.refused:
            raise _Undone
        words = {**known.words, **self.options.states}
        return Mending(self.feed, known.saying(words)), {field: head for head, field in columns.items()}

    def _look_over(self, mending: Mending, fields: Mapping[str, str]) -> Placing | None:
        """Find the coordinate system. Raises _Undone where nobody can be sure."""
        if not self.feed.paper.place or not (self.placed or {"lon", "lat"} <= fields.keys() or "place" in fields):
            return None
        ordered = self.options.crs != "auto"
        placing = Placing(mending, fields, self.options.crs if ordered else self.book.crs, ordered)
        done = 0
        for chunk in self.book.chunks():
            placing.look(chunk)
            done += chunk.table.num_rows
            self.options.progress("placing", done, self.book.rows)
        self.report.rows = done
        self._refuse(placing.decide() if done else [])
        if placing.diagnosis is not None:
            self.report.crs = placing.diagnosis.system
            self.report.crs_confidence = round(placing.diagnosis.confidence, 4)
            self.report.moved_m_median = round(placing.diagnosis.moved_m_median, 1)
        if self.report.refused:
            raise _Undone
        mending.counted.clear()
        return placing

    def _parts(
        self, mending: Mending, placing: Placing | None, fields: Mapping[str, str], writing: Writing
    ) -> Iterator[Part]:
        return (writing.prepared(part, mending) for part in parts_of(self.book, mending, placing, fields))

    async def _write(self, writing: Writing, part: Part) -> None:
        refusals = [*part.refusals, *await writing.write(part)]
        for refusal in refusals:
            if len(self.lost) < quarantine.MOST_KEPT and refusal.row != WHOLE:
                self.lost.setdefault(refusal.row, part.sent(refusal.row))
        self._refuse(refusals)
        self.report.rows = part.last
        self.options.progress("writing", part.last, self.book.rows)

    def _refuse(self, refusals: list[Refusal]) -> None:
        self.report.refuse(refusals)

    def _close(self, mending: Mending, writing: Writing) -> None:
        self.options.progress("closing", self.report.rows, self.report.rows)
        self.report.mended = mending.counted + Counter(self.book.mended)
        if not self.report.rows:
            self._refuse([Refusal(WHOLE, "", "no_rows")])
        elif not self.report.refused or self.options.partial:
            self.report.accepted, self.report.repeated = writing.written.accepted, writing.written.repeated

    async def _note(self, connection: AsyncConnection, placing: Placing | None) -> None:
        """Remember the delivery, what the sender calls things, and places as they came."""
        await remember(connection, self.sender, self.feed.kind, self.options.columns, self.options.states)
        self.report.delivery = await self._remember(connection)
        if placing is None or not self.report.delivery:
            return
        for nth, part in enumerate(placing.parts):
            binds = {"delivery": self.report.delivery, "first": part.first, "system": placing.systems_of(nth)}
            if part.shapes is None:
                binds |= {"x": part.x.astype("<f8").tobytes(), "y": part.y.astype("<f8").tobytes(), "shapes": None}
            else:
                binds |= {"x": None, "y": None, "shapes": _wkb(part.shapes)}
            await connection.execute(_DELIVERED, binds)

    async def turn_away(self) -> None:
        """Remember a file of which nothing was taken, and keep what is wrong with it."""
        async with self.database.importing(self.scope) as connection:
            await self._remember(connection)

    async def _remember(self, connection: AsyncConnection) -> int:
        report, kind = self.report, self.feed.kind
        # An office that we know has reported, whoever brought its file.
        whose = str(await connection.scalar(_OFFICE, {"code": self.sender}) or self.by)
        found = quarantine.faults(kind, whose, report.refused, self.lost)
        noted = await deliveries.note(
            connection,
            kind,
            whose,
            source="file",
            file_name=report.file,
            rows=report.rows,
            accepted=report.accepted,
            repeated=report.repeated,
            refused=report.refused_rows,
            detail={"from": self.sender, "by": self.by, **{name: getattr(report, name) for name in _KEPT}},
            digest=quarantine.digest(found, report.faults) if found else None,
        )
        await quarantine.keep_faults(connection, noted, found)
        return noted


def _wkb(shapes: Any) -> list[bytes | None]:
    return list(shapely.to_wkb(shapes))


async def _ahead(items: Iterator[T]) -> AsyncIterator[T]:
    """Yield items that a thread makes while the one before is being written."""
    end: Any = object()
    making = asyncio.create_task(asyncio.to_thread(next, items, end))
    try:
        while (item := await making) is not end:
            making = asyncio.create_task(asyncio.to_thread(next, items, end))
            yield item
    finally:
        making.cancel()
