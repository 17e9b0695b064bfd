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

from geodata.feeds.floor.refusal import Refusal, stop


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
        """Return what sets rows that are known and older."""
        kept = {"first_reported_at"} & set(self.types)
        sets = [f"{name} = r.{name}" for name in self.types if name not in kept]
        sets += ["place = " + self.place] if self.place else []
        sets += ["area_id = a.id", "path = a.path"] if self.moves else []
        return text(
            f"UPDATE {self.table} t SET {', '.join(sets)} FROM {self._given} "  # noqa: S608 -- names of our own model
            "WHERE t.code = r.code AND r.reported_at > t.reported_at"
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
