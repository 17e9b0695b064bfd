"""Outings of patrols, in the air or on foot: the first position opens one, `ended` closes it, an earlier one widens it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.refusal import Refusal, stop


@dataclass(frozen=True, slots=True)
class Outings:
    """One kind of outings: its table, the column there of whose they are, and how a delivery names and refuses them."""

    table: str
    owner: str
    field: str
    """The field of a row that holds the outing's code."""
    refusal: str
    """Said where an outing belongs to somebody else."""
    opening: TextClause
    """Inserts the new ones: `:codes`, `:owners`, `:names`, `:firsts`, `:ends`; nothing where a code is taken meanwhile."""

    @property
    def holding(self) -> TextClause:
        """Return the query that reads and locks outings by their codes."""
        return text(
            f"SELECT code, id, {self.owner} AS owner, started_at, ended_at FROM {self.table} "  # noqa: S608 -- our own names
            "WHERE code = ANY (CAST(:codes AS text[])) ORDER BY code FOR NO KEY UPDATE"
        )

    @property
    def widening(self) -> TextClause:
        """Return the statement that lets outings begin earlier or end later."""
        return text(
            f"""UPDATE {self.table} o SET started_at = least(o.started_at, r.first), ended_at = greatest(o.ended_at, r.ended)
                FROM unnest(CAST(:ids AS bigint[]), CAST(:firsts AS timestamptz[]), CAST(:ends AS timestamptz[]))
                     AS r(id, first, ended)
                WHERE o.id = r.id"""  # noqa: S608 -- our own names
        )


class Said(NamedTuple):
    """What one row says of its outing."""

    code: str
    owner: int
    name: str
    at: datetime
    ended: bool
    until: datetime | None = None
    """When it ended, where the row names a moment of its own for that."""


@dataclass(slots=True)
class _Outing:
    code: str
    owner: int
    name: str
    first: datetime
    ended: datetime | None = None


async def ids_of(connection: AsyncConnection, kind: Outings, rows: Sequence[Said]) -> dict[str, int]:
    """Return the ids of a delivery's outings by code, opening those that are not there yet. Raises Refused."""
    told = _told(kind, rows)
    held = await _hold(connection, kind, [one.code for one in told])
    missing = [one for one in told if one.code not in held]
    if missing:
        names = {name: [getattr(one, name[:-1]) for one in missing] for name in ("codes", "owners", "names")}
        await connection.execute(kind.opening, names | _times(missing))
        held |= await _hold(connection, kind, [one.code for one in missing])
    right = {one.code for one in told if one.code in held and held[one.code].owner == one.owner}
    stop([Refusal(n, kind.field, kind.refusal) for n, row in enumerate(rows, 1) if row.code not in right])
    wider = [one for one in told if _widens(one, held[one.code])]
    if wider:
        await connection.execute(kind.widening, {"ids": [held[one.code].id for one in wider]} | _times(wider))
    return {code: one.id for code, one in held.items()}


def _told(kind: Outings, rows: Sequence[Said]) -> list[_Outing]:
    """Return the outings of a delivery in the order of their codes. Raises Refused where one has two owners."""
    told, refusals = dict[str, _Outing](), list[Refusal]()
    for number, row in enumerate(rows, 1):
        one = told.setdefault(row.code, _Outing(row.code, row.owner, row.name, row.at))
        if one.owner != row.owner:
            refusals.append(Refusal(number, kind.field, kind.refusal))
        one.first = min(one.first, row.at)
        end = row.until or (row.at if row.ended else None)
        if end is not None:
            one.ended = max(one.ended or end, end)
    stop(refusals)
    return [told[code] for code in sorted(told)]


async def _hold(connection: AsyncConnection, kind: Outings, codes: Sequence[str]) -> dict[str, Any]:
    return {one.code: one for one in await connection.execute(kind.holding, {"codes": codes})}


def _widens(told: _Outing, known: Any) -> bool:
    ends = told.ended is not None and (known.ended_at is None or told.ended > known.ended_at)
    return told.first < known.started_at or ends


def _times(outings: Sequence[_Outing]) -> dict[str, list[datetime | None]]:
    return {"firsts": [one.first for one in outings], "ends": [one.ended for one in outings]}
