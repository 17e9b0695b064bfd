"""Tables of things with a code of their own: the newest report of a code counts, whenever it arrives.

A row is put in where its code is new and set where it is newer than what is known. Its code may be held by a row that the
sender does not see; then nothing of that row is told or changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Written
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.tables import newer, newest_word
from geodata.feeds.floor.things import demand_own, known_areas


@dataclass(frozen=True)
class Reported:
    """A table whose key is `code`: its other columns with their types, and whether it has a point.

    `place` is SQL for the point of a row `r` in the area `a`; none where the table has no place.
    """

    table: str
    types: Mapping[str, str]
    place: str = ""
    moves: bool = True
    """Whether a newer report may name another area; not where other tables hang on the row and share its area."""

    @cached_property
    def _given(self) -> str:
        columns = {"code": "text", **self.types, "area": "int"} | (
            {"lon": "float8", "lat": "float8"} if self.place else {}
        )
        arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items())
        return f"unnest({arrays}) AS r({', '.join(columns)}) JOIN area a ON a.id = r.area"

    @cached_property
    def insert(self) -> TextClause:
        """Return what puts rows in whose code is new."""
        place, at = (", place", f", {self.place}") if self.place else ("", "")
        names = ", ".join(self.types)
        values = ", ".join(f"r.{name}" for name in self.types)
        return text(
            f"INSERT INTO {self.table} (code, {names}, area_id, path{place}) "  # noqa: S608 -- names of our own model
            f"SELECT r.code, {values}, a.id, a.path{at} FROM {self._given} ORDER BY r.code ON CONFLICT (code) DO NOTHING"
        )

    @cached_property
    def update(self) -> TextClause:
        """Return what sets rows that are known and older, or of the same moment and corrected."""
        told = [name for name in self.types if name != "first_reported_at"]
        more = ({"t.place": self.place} if self.place else {}) | ({"t.area_id": "a.id"} if self.moves else {})
        sets = [f"{name} = r.{name}" for name in told]
        sets += ["place = " + self.place] if self.place else []
        sets += ["area_id = a.id", "path = a.path"] if self.moves else []
        return text(
            f"UPDATE {self.table} t SET {', '.join(sets)} FROM {self._given} "  # noqa: S608 -- names of our own model
            f"WHERE t.code = r.code AND {newer(*told, row='r', more=more)}"
        )

    @cached_property
    def held(self) -> TextClause:
        """Return what finds the codes that are visible, with their ids and areas."""
        return text(f"SELECT code, id, area_id FROM {self.table} WHERE code = ANY (CAST(:codes AS text[]))")  # noqa: S608


async def put(
    connection: AsyncConnection, register: Reported, rows: Sequence[Any], columns: Mapping[str, list[Any]]
) -> tuple[int, dict[str, int]]:
    """Put the newest rows in; return how many changed something, and the id of each code.

    `rows` are all that were sent, for their numbers; `columns` hold one row a code, `area` by id. Raises Refused:
    code_taken, other_area.
    """
    added = await connection.execute(register.insert, columns)
    changed = await connection.execute(register.update, columns)
    held = {row.code: row for row in await connection.execute(register.held, {"codes": columns["code"]})}
    stop([Refusal(n, "code", "code_taken") for n, row in enumerate(rows, 1) if row.code not in held])
    wanted = dict(zip(columns["code"], columns["area"], strict=True))
    moved = {code for code, row in held.items() if row.area_id != wanted[code]} if not register.moves else set[str]()
    stop([Refusal(n, "area", "other_area") for n, row in enumerate(rows, 1) if row.code in moved])
    return added.rowcount + changed.rowcount, {code: row.id for code, row in held.items()}


async def keep_newest(
    connection: AsyncConnection, putting: TextClause, rows: Sequence[Any], key: Sequence[str], columns: Sequence[str]
) -> Written:
    """Put the newest row of every key in its place by a statement of the feed's own; `area` is bound as the area's id.

    Raises Refused where an area is not known here, or where two reports of one moment contradict each other.
    """
    areas = await known_areas(connection, rows)
    kept = newest_word(rows, *key)
    binds = {name: [getattr(row, name) for row in kept] for name in columns}
    put_ = await connection.execute(putting, binds | {"area": [areas[row.area] for row in kept]})
    return Written(put_.rowcount, len(rows) - put_.rowcount)


async def keep_newest_of_codes(
    connection: AsyncConnection, putting: TextClause, there: TextClause, rows: Sequence[Any], columns: Sequence[str]
) -> Written:
    """Do the same where the key is a `code`; `there` finds those that are visible. Raises Refused: code_taken too."""
    written = await keep_newest(connection, putting, rows, ("code",), columns)
    codes = sorted({row.code for row in rows})
    demand_own(rows, set(await connection.scalars(there, {"codes": codes})))
    return written
