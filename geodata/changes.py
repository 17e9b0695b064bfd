"""Changes as a device sends them: many at once, perhaps days late, perhaps sent before; each gets its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import errors
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata import ledger
from geodata.database import Database
from geodata.errors import NotAllowed, TooSlow
from geodata.feeds.floor.fields import names_nobody
from geodata.installation import current_scheme
from geodata.ledger import Change, Kind, Outcome
from geodata.scope import Scope
from geodata.words import say

SOURCE = "device"
LONGEST_REASON = 200
TRUSTED_CLOCK_S = 5
"""Seconds by which a device's clock may differ before its times are put right: sending takes time, too."""
AGAIN = (errors.DeadlockDetected, errors.SerializationFailure, errors.UniqueViolation)


@dataclass(frozen=True, slots=True)
class Asked:
    """One change as it was sent; `effective` by the device's clock, `to` the code of a state (for a change alone)."""

    client_id: UUID
    household: int
    kind: Kind
    effective: datetime
    reason: str
    to: str | None = None
    seen: int | None = None
    after: UUID | None = None
    undoes: UUID | None = None


async def take(
    database: Database,
    scope: Scope,
    asked: Sequence[Asked],
    *,
    sent_at: datetime,
    now: datetime,
    sender: str,
    language: str,
) -> dict[str, Any]:
    """Enter what can be entered and say of each change what became of it, in order.

    The server's clock decides: where the device's differs, its times are moved by the difference, which is noted with
    each entry. Raises NotAllowed, DatabaseAway, TooSlow; then nothing was taken.
    """
    if not scope.homes:
        raise NotAllowed
    off = round((sent_at - now).total_seconds())
    for _ in range(3):
        try:
            async with database.writing(scope) as connection:
                results = await _enter(connection, asked, off, now, sender, language)
        except DBAPIError as error:
            # Another writer was in the way; a second look finds what it did.
            if not isinstance(error.orig, AGAIN):
                raise
        else:
            return {"server_time": now, "clock_off_s": off, "results": results}
    raise TooSlow


async def _enter(
    connection: AsyncConnection, asked: Sequence[Asked], off_s: int, now: datetime, sender: str, language: str
) -> list[dict[str, Any]]:
    scheme = await current_scheme(connection, day=now.date())
    states = {state.code: state.id for state in scheme}
    changes = [_change(one, states, off_s, now) for one in asked]
    fit = [not _unfit(one) for one in asked]
    entered = iter(
        await ledger.record(
            connection,
            [change for change, good in zip(changes, fit, strict=True) if good],
            scheme=scheme[0].scheme_id,
            source=SOURCE,
            sender=sender,
            clock_off_s=off_s,
        )
    )
    outcomes = [next(entered) if good else Outcome(_unfit(one), None) for one, good in zip(asked, fit, strict=True)]
    for one, change, outcome in zip(asked, changes, outcomes, strict=True):
        if outcome.refused:
            await ledger.keep_refused(connection, change, one.to, outcome.what, sender)
    other = [one.household for one, outcome in zip(asked, outcomes, strict=True) if outcome.what == ledger.CONFLICT]
    versions = await ledger.versions(connection, other, now=now) if other else {}
    return [_said(one, outcome, versions, language) for one, outcome in zip(asked, outcomes, strict=True)]


def _unfit(one: Asked) -> str:
    """Say what is wrong with a change by itself, if anything."""
    if len(one.reason) > LONGEST_REASON or not one.reason.isprintable():
        return "bad_reason"
    return "" if names_nobody(one.reason) else "personal"


def _change(one: Asked, states: dict[str, int], off_s: int, now: datetime) -> Change:
    moved = one.effective - timedelta(seconds=off_s) if abs(off_s) > TRUSTED_CLOCK_S else one.effective
    return Change(
        household=one.household,
        client_id=one.client_id,
        effective=min(moved, now),
        reason=one.reason[:LONGEST_REASON] if names_nobody(one.reason) else "",
        kind=one.kind,
        state=states.get(one.to or ""),
        seen=one.seen,
        after=one.after,
        undoes=one.undoes,
    )


def _said(one: Asked, outcome: Outcome, versions: Any, language: str) -> dict[str, Any]:
    told = outcome.what if not outcome.refused else ledger.REFUSED
    message = "" if told in (ledger.RECORDED, ledger.KNOWN) else say(f"ledger.{outcome.what}", language)
    found = versions.get(one.household) if told == ledger.CONFLICT else None
    return {
        "client_id": one.client_id,
        "outcome": told,
        "entry": outcome.entry,
        "message": message,
        "now": found and {name: value for name, value in found.items() if name != "household"},
    }
