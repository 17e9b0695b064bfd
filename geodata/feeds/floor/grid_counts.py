"""What new households add to the counts of grids, counted beside the database instead of by its triggers."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Row, text

from geodata import bulk

KEYS = ("area_id", "state_id", "due_on", "day")
_TABLES = ("grid_begun", "grid_due", "grid_tally")
# The same functions add them as for the triggers.
_TALLY = text(
    """SELECT tally_households(array_agg((area_id, state_id, due_on, n)::household_change))
       FROM unnest(CAST(:area_id AS int[]), CAST(:state_id AS smallint[]), CAST(:due_on AS date[]), CAST(:n AS int[]))
            AS c(area_id, state_id, due_on, n)"""
)
_BEGUN = text(
    """SELECT count_begun(array_agg((area_id, day, state_id, n)::begun_change))
       FROM unnest(CAST(:area_id AS int[]), CAST(:state_id AS smallint[]), CAST(:day AS date[]), CAST(:n AS int[]))
            AS c(area_id, state_id, day, n)"""
)


@dataclass
class GridCounts:
    """Households by grid, state, day on which it may be cleared (which follows from the others), and day on which it began."""

    _parts: list[pa.Table] = field(default_factory=list)

    def add(self, doors: pa.Table) -> None:
        """Count doors; their table has the columns of KEYS."""
        self._parts.append(_summed(doors.select(KEYS).append_column("n", pa.repeat(pa.scalar(1), len(doors)))))

    def take_off(self, doors: Sequence[Row[Any]]) -> None:
        """Count doors no longer; each has what KEYS says."""
        gone = [{name: getattr(door, name) for name in KEYS} | {"n": -1} for door in doors]
        self._parts.append(pa.Table.from_pylist(gone, self._parts[0].schema))

    def write(self, connection: Connection) -> None:
        """Add everything to what is kept. Raises IntegrityError where a count would fall below zero."""
        if not self._parts:
            return
        summed = _summed(pa.concat_tables(self._parts))
        summed = summed.filter(pc.not_equal(summed["n"], 0))
        binds = {name: _listed(summed[name]) for name in summed.column_names}
        with ExitStack() as resting:
            for table in _TABLES:
                resting.enter_context(bulk.resting(connection, table))
            connection.execute(_TALLY, binds)
            connection.execute(_BEGUN, binds)


def _summed(counted: pa.Table) -> pa.Table:
    sums = counted.group_by(list(KEYS), use_threads=False).aggregate([("n", "sum")])
    return sums.rename_columns([*KEYS, "n"])


def _listed(column: pa.ChunkedArray) -> str:
    """Return values as the database writes an array: a text of a hundred thousand of them costs less than a list."""
    return f"{{{','.join(pc.fill_null(column.cast(pa.string()), 'NULL').to_pylist())}}}"
