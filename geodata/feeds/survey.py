"""What a grid worker found at a door: the household's state from a moment on, with the reason.

`client_id` is made by the sender's device for each change, so that a tablet may send again whatever it is not sure of.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Moment, Note, fault
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.installation import current_scheme
from geodata.ledger import RECORDED, Change, Outcome, record
from geodata.schemes import shipped, shipped_names

SOURCE = "survey"
_DOORS = text(
    """WITH r AS (SELECT * FROM unnest(CAST(:household AS bigint[]), CAST(:building AS bigint[]), CAST(:unit AS smallint[]),
                                      CAST(:room AS text[])) WITH ORDINALITY AS u(household, building, unit, room, nth))
       SELECT r.nth, h.id FROM r JOIN household h ON h.id = r.household
       UNION ALL
       SELECT r.nth, h.id FROM r JOIN household h ON h.building_id = r.building AND h.unit = r.unit AND h.room = r.room"""
)
_COLUMN = {"too_early": "since", "client_id_taken": "client_id"}
_WHY = {"unknown": "unknown_household"}
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
    """Enter every change that was not entered before, in the order of time; late ones find their place in the past.

    Raises Refused: an unknown household or state, a time before the household was first known, a used client id.
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
    known = [(door, row, n) for n, (door, row) in enumerate(zip(doors, rows, strict=True), 1) if door is not None]
    known.sort(key=lambda one: (one[0], one[1].since))
    changes = [
        Change(door, row.client_id, row.since, row.reason, state=states[row.state], blindly=True)
        for door, row, _ in known
    ]
    outcomes = await record(connection, changes, scheme=scheme[0].scheme_id, source=SOURCE, sender=sender)
    stop([_refusal(n, outcome) for (_, _, n), outcome in zip(known, outcomes, strict=True) if outcome.refused])
    fresh = sum(outcome.what == RECORDED for outcome in outcomes)
    return Written(fresh, len(rows) - fresh)


def _refusal(number: int, outcome: Outcome) -> Refusal:
    return Refusal(number, _COLUMN.get(outcome.what, "household"), _WHY.get(outcome.what, outcome.what))


async def _doors(connection: AsyncConnection, rows: Sequence[Survey]) -> list[int | None]:
    """Return each row's household, none where there is none to be seen or more than one."""
    asked = {name: [getattr(row, name) for row in rows] for name in ("household", "building", "unit", "room")}
    found: dict[int, list[int]] = {}
    for row in await connection.execute(_DOORS, asked):
        found.setdefault(row.nth, []).append(row.id)
    return [ids[0] if len(ids := found.get(nth, [])) == 1 else None for nth in range(1, len(rows) + 1)]


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
    paper=Paper(
        names={
            "household": ("户编号",),
            "building": (
                "楼栋编号",
                "楼栋",
            ),
            "unit": (
                "单元",
                "单元号",
            ),
            "room": (
                "房号",
                "门牌号",
                "室号",
            ),
            "state": (
                "状态",
                "颜色",
                "户别",
            ),
            "since": (
                "起始时间",
                "排查时间",
                "日期",
            ),
            "reason": (
                "原因",
                "事由",
            ),
            "client_id": (
                "记录编号",
                "流水号",
            ),
        },
        state="state",
    ),
)
