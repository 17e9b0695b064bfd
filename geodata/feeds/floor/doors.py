"""How doors come in by the million: looked up and written out as columns, beside the database that takes them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import AsyncConnection as Driver
from psycopg.errors import UniqueViolation
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata import bulk
from geodata.feeds.floor import grid_counts
from geodata.feeds.floor.declaration import Columns, Written
from geodata.feeds.floor.door_columns import DOOR, City, Encoded, Numbers, lines_of
from geodata.feeds.floor.grid_counts import GridCounts
from geodata.feeds.floor.refusal import Refusal
from geodata.installation import current_scheme
from geodata.model import SchemeState

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('wangge doors'))")
_FACTS = text("SELECT city_zone() AS zone, local_day(now()) AS today")
_LOCK_DOORS = text("LOCK TABLE household IN ACCESS EXCLUSIVE MODE")
_INHABITED = text("SELECT EXISTS (SELECT FROM household)")
_AREAS = text("SELECT id, code, path::text FROM area")
# In whatever order, but the same in all three: each row is added to all of them before the next one.
_BUILDINGS = text(
    """SELECT string_agg(a.code || chr(9) || b.address, chr(10)) AS keys, string_agg(b.id::text, ' ') AS ids,
              string_agg(b.area_id::text, ' ') AS areas
       FROM building b JOIN area a ON a.id = b.area_id"""
)
_PLACES = text(
    """SELECT encode(ST_AsEWKB(ST_PointOnSurface(b.place)), 'hex') AS place
       FROM unnest(CAST(:buildings AS bigint[])) WITH ORDINALITY AS t(id, nth) JOIN building b USING (id) ORDER BY nth"""
)
_COPY = f"COPY household ({', '.join(DOOR)}) FROM STDIN"
_NEXT = text("SELECT nextval('household_id_seq')")
_THERE = text(
    """SELECT t.nth - 1 AS nth, h.id
       FROM unnest(CAST(:building AS bigint[]), CAST(:unit AS int[]), CAST(:floor AS int[]), CAST(:room AS text[]))
            WITH ORDINALITY AS t(building, unit, floor, room, nth)
       JOIN household h ON h.building_id = t.building AND h.unit = t.unit AND h.floor = t.floor AND h.room = t.room"""
)
_TWICE = text(
    """SELECT id, first FROM (SELECT id, min(id) OVER (PARTITION BY building_id, unit, floor, room) AS first FROM household) d
       WHERE id > first ORDER BY id"""
)
_FORGET = text(
    """WITH found AS (DELETE FROM household_finding WHERE household_id = ANY (CAST(:doors AS bigint[])))
       DELETE FROM household WHERE id = ANY (CAST(:doors AS bigint[]))
       RETURNING area_id, state_id, due_on, local_day(since) AS day"""
)
_FIND = text(
    """INSERT INTO household_finding (household_id, area_id, path, state_id, began, reason, source, entered_by)
       SELECT id, area_id, path, state_id, since, 'import', 'import', :sender FROM household WHERE id >= :first"""
)
_TELL = text("SELECT pg_notify('wangge', json_build_object('table', 'household', 'box', NULL)::text)")
_DOORS = ("household", "household_finding")
_CLEAR = text(f"TRUNCATE {', '.join(_DOORS)}")
_TAKEN_OVER = (
    "set_path",
    "fold_first",
    "tally_insert",
    "tally_delete",
    "tell_insert",
    "tell_delete",
    "count_insert",
    "count_delete",
    grid_counts.TRIGGER,
)
"""Triggers that would look at every row, only to say, count and tell what is said, counted and told here."""


@dataclass
class Doors:
    """Households of one delivery on their way in; see `declaration.Bulk`."""

    connection: AsyncConnection
    sender: str
    _taken: list[tuple[int, Numbers]] = field(default_factory=list)
    """The first id of each part that was taken, and its rows' numbers: ids follow each other."""
    _repeated: int = 0
    _forgotten: int = 0
    _refused: list[Refusal] = field(default_factory=list)
    _counts: GridCounts | None = None
    """What is counted here, where nobody is there yet; otherwise the database counts."""
    _aside: list[str] = field(default_factory=list)
    """What puts back the keys, indexes and triggers of tables that were empty."""
    _copying: Any = None
    _copy: Any = None
    _next: int = 0
    """The id that the next door gets."""

    async def begin(self) -> None:
        """Read buildings and states, keep other imports of doors away, let indexes rest where there is no household yet."""
        await self.connection.execute(_LOCK)
        facts = (await self.connection.execute(_FACTS)).one()
        states = await current_scheme(self.connection, day=facts.today)
        self._city = await self._read_city(ZoneInfo(facts.zone), states)
        if not await self.connection.scalar(_INHABITED):
            await self._clear()

    def encode(self, numbers: Numbers, columns: Columns) -> tuple[Encoded, list[Refusal]]:
        """Return doors with their building, state and place; one whose building or state is unknown is refused."""
        encoded, refusals = self._city.encode(numbers, columns)
        if self._counts is not None:
            self._counts.add(encoded.table)
            if not encoded.table["place"].null_count:
                encoded.lines = lines_of(encoded.table)
        return encoded, refusals

    async def take(self, encoded: Encoded) -> None:
        """Send doors, less those that are there already."""
        table, numbers = encoded.table, encoded.numbers
        if self._counts is None and len(numbers):
            await self._end_copy()
            fresh = await self._fresh(table, numbers)
            table, numbers = table.take(pa.array(fresh)), numbers[fresh]
        if not len(numbers):
            return
        if table["place"].null_count:
            await self._end_copy()
            table = await self._placed(table)
        await self._begin_copy()
        self._taken.append((self._next, numbers))
        self._next += len(numbers)
        await self._copy.write(encoded.lines or await asyncio.to_thread(lines_of, table))

    async def _begin_copy(self) -> None:
        """Begin to send, unless that is under way: triggers of the table count once for each time."""
        if self._copying is None:
            # Doors get the numbers that follow: nobody else adds any while the lock is held.
            self._next = int(await self.connection.scalar(_NEXT)) + 1
            self._copying = (await self._driver()).cursor().copy(_COPY)
            self._copy = await self._copying.__aenter__()

    async def _end_copy(self) -> None:
        if self._copying is not None:
            copying, self._copying = self._copying, None
            await copying.__aexit__(None, None, None)

    async def finish(self) -> tuple[Written, list[Refusal]]:
        """Write down what was found at each door, and put back what was set aside; a door that was named twice is refused."""
        await self._end_copy()
        if self._taken:
            await self.connection.execute(_FIND, {"sender": self.sender, "first": self._taken[0][0]})
        if self._counts is not None:
            await self._close(self._counts)
        accepted = sum(len(numbers) for _, numbers in self._taken)
        return Written(accepted - self._forgotten, self._repeated), self._refused

    async def _clear(self) -> None:
        """Make doors and their counts bare, as long as there is no door: nobody else may look at them from here on.

        Counts without a door are noughts. Tables that are emptied in the transaction that fills them need no log where
        the server keeps none for others (`wal_level = minimal`); what is not committed leaves nothing behind.
        """
        await self.connection.execute(_LOCK_DOORS)
        if await self.connection.scalar(_INHABITED):
            return
        # This folds what waits, and lets nobody else fold before the end.
        await self.connection.execute(grid_counts.CLEAR)
        tables = (*_DOORS, *grid_counts.TABLES)
        self._aside = await self.connection.run_sync(bulk.set_aside, tables, keys=True, triggers=_TAKEN_OVER)
        await self.connection.execute(_CLEAR)
        self._counts = GridCounts()

    async def _close(self, counts: GridCounts) -> None:
        """Check all doors at once, count them and tell of them."""
        unique = [one for one in self._aside if one.startswith("CREATE UNIQUE")]
        try:
            async with self.connection.begin_nested():
                await self.connection.run_sync(bulk.put_back, unique)
        except IntegrityError as error:
            if not isinstance(error.orig, UniqueViolation):
                raise
            await self._forget_repeated(counts)
            await self.connection.run_sync(bulk.put_back, unique)
        await counts.write(self.connection)
        await self.connection.run_sync(bulk.put_back, [one for one in self._aside if one not in unique])
        await self.connection.execute(_TELL)

    async def _forget_repeated(self, counts: GridCounts) -> None:
        """Refuse doors that were named before in this delivery; the first of each stays."""
        twice = (await self.connection.execute(_TWICE)).all()
        self._refused += [_named_twice(self._number(row.id), self._number(row.first)) for row in twice]
        self._forgotten = len(twice)
        gone = (await self.connection.execute(_FORGET, {"doors": [row.id for row in twice]})).all()
        counts.take_off(gone)

    async def _driver(self) -> Driver[Any]:
        driver = (await self.connection.get_raw_connection()).driver_connection
        assert isinstance(driver, Driver)
        return driver

    async def _read_city(self, zone: ZoneInfo, states: Sequence[SchemeState]) -> City:
        areas = (await self.connection.execute(_AREAS)).all()
        # One row with all of them: a million rows cost more on their way than in the database.
        found = (await self.connection.execute(_BUILDINGS)).one()
        ids, area_ids = (np.fromstring(numbers or "", dtype=np.int64, sep=" ") for numbers in (found.ids, found.areas))
        return City(
            zone=zone,
            states=states,
            areas=pa.array([area.code for area in areas], pa.string()),
            paths={area.id: area.path for area in areas},
            buildings={key: place for place, key in enumerate(found.keys.split("\n") if found.keys else ())},
            ids=ids,
            area_ids=area_ids,
        )

    async def _placed(self, table: pa.Table) -> pa.Table:
        """Return doors of which each has a place: its own, or one within its building."""
        without = np.flatnonzero(np.asarray(pc.is_null(table["place"])))
        if not len(without):
            return table
        buildings = table["building_id"].take(pa.array(without)).to_pylist()
        found = pa.array(list(await self.connection.scalars(_PLACES, {"buildings": buildings})), pa.string())
        mask = pc.is_null(table["place"]).combine_chunks()
        filled = pc.replace_with_mask(table["place"].combine_chunks(), mask, found)
        return table.set_column(table.column_names.index("place"), "place", filled)

    async def _fresh(self, table: pa.Table, numbers: Numbers) -> Numbers:
        """Return which rows are doors that are not there; one that this delivery itself brought is refused."""
        asked = dict(zip(("building", "unit", "floor", "room"), ("building_id", "unit", "floor", "room"), strict=True))
        binds = {name: table[column].to_pylist() for name, column in asked.items()}
        keys = pd.MultiIndex.from_arrays(list(binds.values()))
        again = keys.duplicated()
        first = _firsts(keys, again)
        self._refused += [
            _named_twice(int(numbers[n]), int(numbers[one]))
            for n, one in zip(np.flatnonzero(again), first, strict=True)
        ]
        there = np.zeros(len(numbers), dtype=bool)
        for row in await self.connection.execute(_THERE, binds):
            if again[row.nth]:
                continue
            there[row.nth] = True
            if self._taken and row.id >= self._taken[0][0]:
                self._refused.append(_named_twice(int(numbers[row.nth]), self._number(row.id)))
            else:
                self._repeated += 1
        return np.flatnonzero(~there & ~again)

    def _number(self, door: int) -> int:
        """Return the row's number in the delivery by the id that its door was given."""
        start, numbers = next(part for part in reversed(self._taken) if part[0] <= door)
        return int(numbers[door - start])


def _firsts(keys: pd.MultiIndex, again: np.ndarray[Any, Any]) -> Numbers:
    """Return the first place of each key that comes again."""
    first = {key: place for place, key in reversed(list(enumerate(keys)))}
    return np.array([first[key] for key in keys[again]])


def _named_twice(row: int, first: int) -> Refusal:
    return Refusal(row, "room", "named_twice", {"first": first})
