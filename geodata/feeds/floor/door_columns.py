"""Doors as columns: looked up among what is known of a city, and written as COPY reads them. No database is asked here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.feeds.floor.declaration import Columns
from geodata.feeds.floor.points import hex_points
from geodata.feeds.floor.refusal import Refusal
from geodata.model import SchemeState

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Days = np.ndarray[Any, np.dtype[np.datetime64]]
DOOR = ("building_id", "area_id", "path", "unit", "floor", "room", "state_id", "since", "due_on", "place")
_NUMBERED = {"unit": 1, "floor": 1}
"""Fields that a register of small houses leaves out, and what they are then."""


@dataclass(slots=True)
class Encoded:
    """Doors as the database takes them but for their ids, the local day of each, and its number in the delivery."""

    table: pa.Table
    numbers: Numbers
    lines: bytes | None = None
    """The same as COPY reads it, where nothing is left to be asked about any of them."""


@dataclass(slots=True)
class City:
    """What doors are looked up among: areas by code, their paths by id, buildings by area's code and address, states."""

    zone: ZoneInfo
    states: Sequence[SchemeState]
    areas: pa.Array
    paths: dict[int, str]
    buildings: dict[str, int]
    """The place of each in `ids` and `area_ids`, by its area's code and its address, a tab between."""
    ids: Numbers
    area_ids: Numbers

    def encode(self, numbers: Numbers, columns: Columns) -> tuple[Encoded, list[Refusal]]:
        """Return doors with their building, state and place; one whose building or state is unknown is refused."""
        building = self._building_of(columns)
        state = self._state_of(columns.get("state"), len(building))
        refusals = [*self._homeless(numbers, columns["area"], building), *self._stateless(numbers, state)]
        good = np.flatnonzero((building >= 0) & (state >= 0))
        part = {name: column.take(pa.array(good)) for name, column in columns.items()}
        return Encoded(self._lines(part, building[good], state[good]), numbers[good]), refusals

    def _building_of(self, columns: Columns) -> Numbers:
        """Return the place of each row's building among those that are known, -1 where none has that address."""
        key = pc.binary_join_element_wise(columns["area"], columns["address"], "\t").dictionary_encode()
        distinct = [self.buildings.get(one, -1) for one in key.dictionary.to_pylist()]
        found: Numbers = np.array([*distinct, -1], dtype=np.int64).take(np.asarray(pc.fill_null(key.indices, -1)))
        return found

    def _state_of(self, given: pa.Array | None, count: int) -> Numbers:
        """Return the place of each row's state in the scheme, -1 where the scheme has none of that name."""
        unasked = next((n for n, state in enumerate(self.states) if not state.surveyed), -1)
        if given is None:
            return np.full(count, unasked)
        known = pc.index_in(given, pa.array([state.code for state in self.states]))
        found = pc.if_else(pc.is_null(given), unasked, pc.fill_null(known, -1))
        return np.asarray(found.cast(pa.int64()))

    def _homeless(self, numbers: Numbers, areas: pa.Array, building: Numbers) -> list[Refusal]:
        lost = np.flatnonzero(building < 0)
        known = pc.is_in(areas.take(pa.array(lost)), self.areas).to_pylist()
        return [
            Refusal(int(numbers[n]), *(("address", "unknown_building") if there else ("area", "unknown_area")))
            for n, there in zip(lost, known, strict=True)
        ]

    def _stateless(self, numbers: Numbers, state: Numbers) -> list[Refusal]:
        facts = {"states": ", ".join(one.code for one in self.states)}
        return [Refusal(int(numbers[n]), "state", "unknown_state", facts) for n in np.flatnonzero(state < 0)]

    def _lines(self, columns: Columns, building: Numbers, state: Numbers) -> pa.Table:
        count, since = len(building), _moments(columns.get("since"), len(building))
        days = self._days(since)
        area = pa.array(self.area_ids[building]).dictionary_encode()
        paths = pa.array([self.paths[number] for number in area.dictionary.to_pylist()], pa.string())
        return pa.table(
            [
                pa.array(self.ids[building]),
                area.dictionary_decode(),
                paths.take(area.indices),
                *(_numbered(columns.get(name), default, count) for name, default in _NUMBERED.items()),
                columns["room"],
                pa.array([one.id for one in self.states], pa.int32()).take(pa.array(state)),
                since,
                self._due(days, state),
                _points(columns, count),
                pa.array(days),
            ],
            names=[*DOOR, "day"],
        )

    def _days(self, since: pa.Array) -> Days:
        """Return the local day of each moment."""
        coded = since.dictionary_encode()
        local = pd.DatetimeIndex(coded.dictionary.to_pandas()).tz_convert(self.zone).tz_localize(None)
        days: Days = local.to_numpy().astype("M8[D]").take(np.asarray(coded.indices))
        return days

    def _due(self, days: Days, state: Numbers) -> pa.Array:
        """Return the local day on which each may be cleared, none where nothing is followed."""
        follow = np.array([-1 if one.follow_days is None else one.follow_days for one in self.states] or [-1])[state]
        return pa.array(days + follow.astype("m8[D]"), mask=follow < 0)


def lines_of(table: pa.Table) -> bytes:
    """Return rows as COPY's text format: joined as columns, since writing a value at a time costs five times as much."""
    lines = pc.binary_join_element_wise(*(_texts(table[name].combine_chunks()) for name in DOOR), "\t")
    ended = pc.binary_join_element_wise(lines, pa.repeat(pa.scalar(""), len(lines)), "\n")
    return bytes(ended.buffers()[2])


def _texts(column: pa.Array) -> pa.Array:
    """Return values as COPY reads them; distinct moments are written once, for that is slow."""
    if pa.types.is_string(column.type):
        column = pc.replace_substring(column, "\\", "\\\\")
    elif pa.types.is_timestamp(column.type):
        coded = column.dictionary_encode()
        column = coded.dictionary.cast(pa.string()).take(coded.indices)
    else:
        column = column.cast(pa.string())
    return pc.fill_null(column, "\\N")


def _numbered(given: pa.Array | None, default: int, count: int) -> pa.Array:
    return pa.array(np.full(count, default)) if given is None else pc.fill_null(given, default)


def _points(columns: Columns, count: int) -> pa.Array:
    if "lon" not in columns or "lat" not in columns:
        return pa.nulls(count, pa.string())
    return hex_points(*(columns[name].to_numpy(zero_copy_only=False) for name in ("lon", "lat")))


def _moments(given: pa.Array | None, count: int) -> pa.Array:
    now = pa.scalar(datetime.now(UTC), pa.timestamp("us", tz="UTC"))
    return pa.repeat(now, count) if given is None else pc.fill_null(given, now)
