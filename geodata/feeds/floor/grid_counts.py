"""The counts of grids and of all areas above them, counted beside the database where a city's first doors come in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

KEYS = ("area_id", "state_id", "due_on", "day")
TABLES = ("grid_tally", "grid_due", "grid_begun", "area_tally", "area_due", "area_begun")
TRIGGER = "roll_up_insert"
"""It would add to the sums of areas what is added here."""
CLEAR = text("TRUNCATE grid_tally, grid_due, grid_begun")
"""The sums of areas are emptied with them."""
# Sums of areas go to slot 0, as if they were folded already.
_WRITE = text(
    """WITH grid AS MATERIALIZED (
           SELECT c.*, a.path FROM unnest(CAST(:area_id AS int[]), CAST(:state_id AS smallint[]), CAST(:due_on AS date[]),
                                          CAST(:day AS date[]), CAST(:n AS int[])) AS c(area_id, state_id, due_on, day, n)
           JOIN area a ON a.id = c.area_id),
       above AS MATERIALIZED (
           SELECT g.id AS grid_id, up.id AS area_id
           FROM area g CROSS JOIN LATERAL unnest(string_to_array(subpath(g.path, 0, -1)::text, '.')::int[]) AS up(id)),
       sums AS MATERIALIZED (
           SELECT u.area_id, state_id, due_on, day, sum(n)::int AS n
           FROM grid g JOIN above u ON u.grid_id = g.area_id GROUP BY 1, 2, 3, 4),
       grid_1 AS (INSERT INTO grid_tally (area_id, state_id, path, households, changed_at)
           SELECT area_id, state_id, min(path::text)::ltree, sum(n), clock_timestamp() FROM grid GROUP BY 1, 2),
       grid_2 AS (INSERT INTO grid_due (area_id, due_on, path, households)
           SELECT area_id, due_on, min(path::text)::ltree, sum(n) FROM grid WHERE due_on IS NOT NULL GROUP BY 1, 2),
       grid_3 AS (INSERT INTO grid_begun (area_id, day, state_id, path, households)
           SELECT area_id, day, state_id, path, n FROM grid),
       area_1 AS (INSERT INTO area_tally (area_id, state_id, slot, path, households, changed_at)
           SELECT a.id, state_id, 0, a.path, n, clock_timestamp()
           FROM (SELECT area_id, state_id, sum(n) AS n FROM sums GROUP BY 1, 2) s JOIN area a ON a.id = s.area_id),
       area_2 AS (INSERT INTO area_due (area_id, due_on, slot, path, households)
           SELECT a.id, due_on, 0, a.path, n
           FROM (SELECT area_id, due_on, sum(n) AS n FROM sums WHERE due_on IS NOT NULL GROUP BY 1, 2) s
           JOIN area a ON a.id = s.area_id)
       INSERT INTO area_begun (area_id, day, state_id, slot, path, households)
           SELECT a.id, day, state_id, 0, a.path, n FROM sums s JOIN area a ON a.id = s.area_id"""
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

    async def write(self, connection: AsyncConnection) -> None:
        """Write everything into TABLES, which are empty."""
        if self._parts:
            summed = _summed(pa.concat_tables(self._parts))
            summed = summed.filter(pc.not_equal(summed["n"], 0))
            await connection.execute(_WRITE, {name: _listed(summed[name]) for name in summed.column_names})


def _summed(counted: pa.Table) -> pa.Table:
    sums = counted.group_by(list(KEYS), use_threads=False).aggregate([("n", "sum")])
    return sums.rename_columns([*KEYS, "n"])


def _listed(column: pa.ChunkedArray) -> str:
    """Return values as the database writes an array: a text of a hundred thousand of them costs less than a list."""
    return f"{{{','.join(pc.fill_null(column.cast(pa.string()), 'NULL').to_pylist())}}}"
