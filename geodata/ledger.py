"""The ledger 台账: changes of households' states, entered once and never rewritten, whoever sends them how often.

What a change may do is decided by `record_change` in the database (migration 0006), which is the only way in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.database import Database
from geodata.sweeps import note_asked

MOST_AT_ONCE = 500
"""Households that one transaction clears automatically at most."""


class Kind(StrEnum):
    """What somebody does to a household's state."""

    CHANGE = "change"
    CLEAR = "clear"
    """Confirm that the days are over 销号: only where it is due, and to what the scheme says."""
    UNDO = "undo"
    """Take an own change back by a counter-entry."""


RECORDED, KNOWN, CONFLICT = "recorded", "known", "conflict"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One change as it goes into the ledger; `effective` by the server's clock, `state` a state of the scheme in force.

    `seen` is the last entry that the sender knew of, or `after` the sender's own change before this one; `blindly` where
    the sender knows neither (a department's file), so that nothing is a conflict.
    """

    household: int
    client_id: UUID
    effective: datetime
    reason: str
    kind: Kind = Kind.CHANGE
    state: int | None = None
    seen: int | None = None
    after: UUID | None = None
    undoes: UUID | None = None
    blindly: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change: `recorded`, `known`, `conflict`, or why it was refused; the entry it is about."""

    what: str
    entry: int | None

    @property
    def refused(self) -> bool:
        """Say whether it will never be entered as it is."""
        return self.what not in (RECORDED, KNOWN, CONFLICT)


_RECORD = text(
    """SELECT r.outcome, r.entry
       FROM unnest(CAST(:door AS bigint[]), CAST(:kind AS text[]), CAST(:state AS smallint[]),
                   CAST(:moment AS timestamptz[]), CAST(:why AS text[]), CAST(:client AS uuid[]),
                   CAST(:blindly AS boolean[]), CAST(:seen AS bigint[]), CAST(:follows AS uuid[]), CAST(:undoes AS uuid[]))
            WITH ORDINALITY AS c(door, kind, state, moment, why, client, blindly, seen, follows, undoes, nth)
       CROSS JOIN LATERAL record_change(
            c.door, c.kind, c.state, CAST(:scheme AS int), c.moment, c.why, CAST(:source AS text), CAST(:sender AS text),
            c.client, c.blindly, c.seen, c.follows, c.undoes, CAST(:clock_off_s AS int)) r
       ORDER BY c.nth"""
)
_HOLD = text("SELECT hold_grids(CAST(:doors AS bigint[]))")
_KEEP = text(
    "SELECT keep_refused(:sender, :client, :door, :kind, :to_state, :reason, CAST(:effective AS timestamptz), :refusal)"
)


async def record(
    connection: AsyncConnection,
    changes: Sequence[Change],
    *,
    scheme: int,
    source: str,
    sender: str,
    clock_off_s: int | None = None,
) -> list[Outcome]:
    """Enter changes one after the other in the caller's transaction and scope; return what became of each, in order.

    A change that cannot be entered leaves nothing behind and does not hold up the others. Who was changed was asked: it
    counts in the rounds of that day.
    """
    if not changes:
        return []
    # All grids in their order before any of them changes: see hold_grids.
    await connection.execute(_HOLD, {"doors": [change.household for change in changes]})
    rows = await connection.execute(
        _RECORD, _columns(changes) | {"scheme": scheme, "source": source, "sender": sender, "clock_off_s": clock_off_s}
    )
    outcomes = [Outcome(row.outcome, row.entry) for row in rows]
    asked = [
        change
        for change, outcome in zip(changes, outcomes, strict=True)
        if outcome.what == RECORDED and change.kind is not Kind.UNDO
    ]
    if asked:
        doors, moments = [change.household for change in asked], [change.effective for change in asked]
        await note_asked(connection, doors, moments, by=sender)
    return outcomes


def _columns(changes: Sequence[Change]) -> dict[str, list[Any]]:
    names = {
        "door": "household",
        "kind": "kind",
        "state": "state",
        "moment": "effective",
        "why": "reason",
        "client": "client_id",
        "blindly": "blindly",
        "seen": "seen",
        "follows": "after",
        "undoes": "undoes",
    }
    return {bind: [getattr(change, name) for change in changes] for bind, name in names.items()}


async def keep_refused(
    connection: AsyncConnection, change: Change, to_state: str | None, refusal: str, sender: str
) -> None:
    """Keep a refused change for the officer of the area where the household lies; the same one is kept once."""
    binds = {
        "sender": sender,
        "client": change.client_id,
        "door": change.household,
        "kind": change.kind,
        "to_state": to_state,
        "reason": change.reason,
        "effective": change.effective,
        "refusal": refusal,
    }
    await connection.execute(_KEEP, binds)


async def versions(
    connection: AsyncConnection, households: Sequence[int], *, now: datetime
) -> Mapping[int, dict[str, Any]]:
    """Return by household what is true of it now and who said so when; households of others are left out."""
    rows = await connection.execute(statement("versions"), {"doors": list(households), "now": now})
    return {row["household"]: {**row} for row in rows.mappings()}


async def clear_automatically(database: Database) -> int:
    """Clear every household whose state clears by itself and whose day has come; return how many. Raises DatabaseAway.

    In transactions of a moderate size: whoever stands at a door waits for none of them.
    """
    done = 0
    while True:
        async with database.gate() as connection:
            cleared = await connection.scalar(text("SELECT clear_automatically(:most)"), {"most": MOST_AT_ONCE}) or 0
        done += cleared
        if cleared < MOST_AT_ONCE:
            return done


async def refused_changes(
    connection: AsyncConnection, *, since: datetime, code: str | None = None, limit: int = 200
) -> list[dict[str, Any]]:
    """Return the changes refused since a moment in the reader's areas, or below one of them, newest first."""
    rows = await connection.execute(statement("refused_changes"), {"limit": limit, "since": since, "code": code})
    return [dict(row) for row in rows.mappings()]
