"""Gates of compounds: what they are and were, and the one way in which somebody opens or closes one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import errors as driver
from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.errors import BadValue, ChangedMeanwhile, NotAllowed, UnknownFeature
from geodata.model import Role
from geodata.scope import Scope

STATES = ("open", "closed", "single_entrance")
BIGGEST = 2**31
WRITERS = frozenset({Role.GRID, Role.OFFICER, Role.COMMAND})
"""Roles that open and close gates and draw closures, each inside its own areas."""
_GATE = text("""SELECT g.id, g.code, g.name, g.kind, g.state, g.since, s.reason, s.entered_by AS by,
    a.code AS area_code, a.name AS area_name
    FROM gate g JOIN area a ON a.id = g.area_id
    LEFT JOIN gate_state s ON s.gate_id = g.id AND upper_inf(s.valid) WHERE g.id = :id""")
_LOCK = text("SELECT id FROM gate WHERE id = :id FOR NO KEY UPDATE")
"""A statement of its own: what is read after it is what the one who was faster has left."""
_HISTORY = text(
    "SELECT state, lower(valid) AS since, upper(valid) AS until, reason, entered_by AS by, entered_at "
    "FROM gate_state WHERE gate_id = :id ORDER BY lower(valid) DESC"
)
_KNOWN = text("SELECT gate_id FROM gate_state WHERE client_id = :client")
_CLOSE = text("UPDATE gate_state SET valid = tstzrange(lower(valid), :moment) WHERE gate_id = :id AND upper_inf(valid)")
_OPEN = text(
    "INSERT INTO gate_state (gate_id, area_id, path, state, valid, reason, entered_by, client_id) "
    "SELECT id, area_id, path, :state, tstzrange(:moment, NULL), :reason, :by, :client FROM gate WHERE id = :id"
)
_CLOSE_AT = text(
    "UPDATE gate_state s SET valid = tstzrange(lower(s.valid), r.moment) "
    "FROM unnest(CAST(:gates AS int[]), CAST(:moments AS timestamptz[])) AS r(gate, moment) "
    "WHERE s.gate_id = r.gate AND upper_inf(s.valid)"
)
_APPEND = text(
    """INSERT INTO gate_state (gate_id, area_id, path, state, valid, reason, entered_by)
       SELECT g.id, g.area_id, g.path, r.state, tstzrange(r.since, r.until), r.reason, :by
       FROM unnest(CAST(:gates AS int[]), CAST(:states AS text[]), CAST(:sinces AS timestamptz[]),
                   CAST(:untils AS timestamptz[]), CAST(:reasons AS text[])) AS r(gate, state, since, until, reason)
       JOIN gate g ON g.id = r.gate ORDER BY g.id, r.since"""
)
_REPEAT_ALL = text(
    "UPDATE gate g SET state = r.state, since = r.since FROM unnest(CAST(:gates AS int[]), CAST(:states AS text[]), "
    "CAST(:sinces AS timestamptz[])) AS r(gate, state, since) WHERE g.id = r.gate"
)
_REPEAT = text("UPDATE gate SET state = :state, since = :moment WHERE id = :id")


def may_write(scope: Scope) -> bool:
    """Say whether a reader's role opens gates and draws closures at all."""
    return scope.role in WRITERS


def demand_writer(scope: Scope) -> None:
    """Raise NotAllowed where a reader's role does not write on the plan."""
    if not may_write(scope):
        raise NotAllowed


async def gate(connection: AsyncConnection, gate_id: int) -> dict[str, Any]:
    """Return one gate with its history, newest first. Raises UnknownFeature."""
    found = await _row(connection, gate_id)
    history = (await connection.execute(_HISTORY, {"id": gate_id})).mappings()
    return {**found._mapping, "history": [dict(row) for row in history]}  # noqa: SLF001 - SQLAlchemy's public name


async def set_state(
    connection: AsyncConnection,
    gate_id: int,
    state: str,
    *,
    reason: str,
    by: str,
    client_id: UUID,
    now: datetime,
    seen: datetime | None = None,
) -> dict[str, Any]:
    """Give a gate another state from now on, and return what it is then; a client id that is known changes nothing.

    `seen` is since when the sender believes the present state to last. Raises UnknownFeature, ChangedMeanwhile, BadValue.
    """
    # Whoever comes second waits here, and then sees what the first one did.
    if 0 < gate_id < BIGGEST:
        await connection.execute(_LOCK, {"id": gate_id})
    before = await _row(connection, gate_id)
    if await connection.scalar(_KNOWN, {"client": client_id}) == gate_id:
        return dict(before._mapping)  # noqa: SLF001
    if seen is not None and seen != before.since:
        yours = {"state": state, "reason": reason, "by": by, "seen": seen}
        raise ChangedMeanwhile(dict(before._mapping), yours, who=before.by)  # noqa: SLF001
    moment = max(now, before.since + timedelta(milliseconds=1))
    binds = {"id": gate_id, "state": state, "moment": moment, "reason": reason, "by": by, "client": client_id}
    try:
        for statement in (_CLOSE, _OPEN, _REPEAT):
            await connection.execute(statement, binds)
    except IntegrityError as error:
        raise taken(error, "client_id", client_id) from error
    return dict((await _row(connection, gate_id))._mapping)  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class Step:
    """What a gate became, when and why."""

    gate: int
    state: str
    since: datetime
    reason: str


async def append(connection: AsyncConnection, steps: Sequence[Step], by: str) -> None:
    """Append to the histories of gates that the caller has locked.

    Steps of one gate follow each other in time and begin after its present state did, or where it has no history yet.
    """
    if not steps:
        return
    first, last = dict[int, Step](), dict[int, Step]()
    untils = list[datetime | None]()
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        first.setdefault(step.gate, step)
        last[step.gate] = step
        untils.append(following.since if following is not None and following.gate == step.gate else None)
    moments = [step.since for step in first.values()]
    await connection.execute(_CLOSE_AT, {"gates": list(first), "moments": moments})
    columns = {f"{name}s": [getattr(step, name) for step in steps] for name in ("gate", "state", "since", "reason")}
    await connection.execute(_APPEND, columns | {"untils": untils, "by": by})
    present = {f"{name}s": [getattr(step, name) for step in last.values()] for name in ("gate", "state", "since")}
    await connection.execute(_REPEAT_ALL, present)


def taken(error: IntegrityError, name: str, client_id: UUID) -> Exception:
    """Return what to raise for a collision: a client id that somebody used for something else is the sender's mistake."""
    if isinstance(error.orig, driver.UniqueViolation):
        return BadValue(name=name, value=client_id, wanted="UUID")
    return error


async def _row(connection: AsyncConnection, gate_id: int) -> Row[Any]:
    row = None
    if 0 < gate_id < BIGGEST:
        row = (await connection.execute(_GATE, {"id": gate_id})).one_or_none()
    if row is None:
        raise UnknownFeature(layer="gates", id=gate_id)
    return row
