"""What a grid worker found at a door: the household's state from a moment on, with the reason.

`client_id` is made by the sender's device for each change, so that a tablet may send again whatever it is not sure of.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.declaration import Feed, Privacy, Row, Words, Written
from geodata.feeds.fields import Code, Moment, Note, fault
from geodata.feeds.refusal import Refusal, stop
from geodata.installation import current_scheme
from geodata.schemes import shipped, shipped_names

SOURCE = "survey"
_DOORS = text(
    """WITH r AS (SELECT * FROM unnest(CAST(:household AS bigint[]), CAST(:building AS bigint[]), CAST(:unit AS smallint[]),
                                      CAST(:room AS text[])) WITH ORDINALITY AS u(household, building, unit, room, nth))
       SELECT r.nth, h.id FROM r JOIN household h ON h.id = r.household
       UNION ALL
       SELECT r.nth, h.id FROM r JOIN household h ON h.building_id = r.building AND h.unit = r.unit AND h.room = r.room"""
)
_HOLD = text("SELECT id, since FROM household WHERE id = ANY (CAST(:doors AS bigint[])) ORDER BY id FOR NO KEY UPDATE")
_SEEN = text("SELECT client_id, household_id FROM household_state WHERE client_id = ANY (CAST(:clients AS uuid[]))")
_RECORD = text(
    """SELECT count(*) FROM record_states(CAST(:doors AS bigint[]), CAST(:states AS smallint[]),
           CAST(:moments AS timestamptz[]), CAST(:reasons AS text[]), CAST(:clients AS uuid[]), :source, :sender)"""
)
_TODAY = text("SELECT local_day(now())")
_Id = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]


class Survey(Row):
    """One change of one household, named by its id or by building, unit and room."""

    household: _Id | None = None
    building: _Id | None = None
    unit: Annotated[int, Field(strict=True, ge=0, le=999)] | None = None
    room: Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]{1,16}$")] | None = None
    state: Code
    """A state of the city's colour scheme in force."""
    since: Moment
    reason: Note
    client_id: UUID

    @model_validator(mode="after")
    def _one_door(self) -> Self:
        parts = (self.building, self.unit, self.room)
        wanted = all(part is None for part in parts) if self.household is not None else None not in parts
        if not wanted:
            raise fault("which_household", "household")
        return self


async def write(connection: AsyncConnection, rows: Sequence[Survey], sender: str) -> Written:
    """Record every change that was not recorded before, in the order of time.

    Raises Refused: an unknown household or state, a change that does not come after the present state, a used client id.
    """
    doors = await _doors(connection, rows)
    scheme = await current_scheme(connection, day=await connection.scalar(_TODAY))
    states = {state.code: state.id for state in scheme}
    refusals = [
        Refusal(number, "state", "unknown_state", {"states": ", ".join(states)})
        for number, row in enumerate(rows, 1)
        if row.state not in states
    ]
    refusals += [Refusal(n, "household", "unknown_household") for n, door in enumerate(doors, 1) if door is None]
    stop(refusals)
    held = await connection.execute(_HOLD, {"doors": sorted({door for door in doors if door is not None})})
    fresh = await _fresh(connection, rows, doors, {door.id: door.since for door in held})
    if fresh:
        await connection.execute(_RECORD, _columns(fresh, states) | {"source": SOURCE, "sender": sender})
    return Written(len(fresh), len(rows) - len(fresh))


async def _doors(connection: AsyncConnection, rows: Sequence[Survey]) -> list[int | None]:
    """Return each row's household, none where there is none to be seen or more than one."""
    asked = {name: [getattr(row, name) for row in rows] for name in ("household", "building", "unit", "room")}
    found: dict[int, list[int]] = {}
    for row in await connection.execute(_DOORS, asked):
        found.setdefault(row.nth, []).append(row.id)
    return [ids[0] if len(ids := found.get(nth, [])) == 1 else None for nth in range(1, len(rows) + 1)]


async def _fresh(
    connection: AsyncConnection, rows: Sequence[Survey], doors: Sequence[int | None], since: Mapping[int, datetime]
) -> list[tuple[int, Survey]]:
    """Return (household, change) of what was not recorded before; the households are held, so nobody else adds to it."""
    found = await connection.execute(_SEEN, {"clients": [row.client_id for row in rows]})
    seen: dict[UUID, Any] = {entry.client_id: entry.household_id for entry in found}
    begins = {(door, moment) for door, moment in since.items()}
    fresh, refusals = list[tuple[int, Survey]](), list[Refusal]()
    for number, (door, row) in enumerate(zip(doors, rows, strict=True), 1):
        assert door is not None
        if row.client_id in seen:
            refusals += [] if seen[row.client_id] == door else [Refusal(number, "client_id", "client_id_taken")]
        elif row.since <= since[door] or (door, row.since) in begins:
            refusals.append(Refusal(number, "since", "not_after", {"since": since[door].isoformat()}))
        else:
            fresh.append((door, row))
            seen[row.client_id] = door
            begins.add((door, row.since))
    stop(refusals)
    return fresh


def _columns(fresh: Sequence[tuple[int, Survey]], states: Mapping[str, int]) -> dict[str, list[Any]]:
    return {
        "doors": [door for door, _ in fresh],
        "states": [states[row.state] for _, row in fresh],
        "moments": [row.since for _, row in fresh],
        "reasons": [row.reason for _, row in fresh],
        "clients": [row.client_id for _, row in fresh],
    }


FEED = Feed(
    kind="survey",
    title=Words("入户排查", "Household survey"),
    row=Survey,
    key=("client_id",),
    privacy=Privacy.HOUSEHOLD,
    late_after=timedelta(days=1),
    write=write,
    example={
        "building": 1,
        "unit": 1,
        "room": "101",
        "state": shipped(shipped_names()[0]).states[0].code,
        "since": "2020-02-11T09:30:00+08:00",
        "reason": "入户排查",
        "client_id": "6f1d3c9e-52a0-4c7b-9a35-0b6f6f0c2f11",
    },
)
