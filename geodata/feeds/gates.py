"""Gates of compounds and entrances of villages: where they are, and since when each is open, closed or the one way in.

A gate's past is appended to and never rewritten: a state from before the one that is known comes too late, and a delivery
may hold several states of one gate in any order.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.columns import Title
from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import EARLIEST, Code, Latitude, Longitude, Moment, Note
from geodata.feeds.floor.things import Put, Register, areas_of, demand_near, demand_own, put
from geodata.gates import Step, append

_REGISTER = Register("gate", {"name": "text", "kind": "text"}, first={"state": "text", "since": "timestamptz"})
_SINCE = text("SELECT code, since FROM gate WHERE code = ANY (CAST(:codes AS text[])) ORDER BY code FOR NO KEY UPDATE")
_STATES = text("SELECT code, id, state, since FROM gate WHERE code = ANY (CAST(:codes AS text[]))")
_USUAL = {"open": "as_usual", "closed": "control", "single_entrance": "entrance"}
"""The reason that the plan gives in words of its own, where the sender gives none."""


class Gate(Row):
    """One gate in one state."""

    code: Code
    area: Code
    name: Title
    kind: Literal["gate", "exit"] = "gate"
    lon: Longitude
    lat: Latitude
    state: Literal["open", "closed", "single_entrance"]
    since: Moment
    """When the state began."""
    reason: Note | None = None


async def write(connection: AsyncConnection, rows: Sequence[Gate], sender: str) -> Written:
    """Put gates into the registry and append to their history. Raises Refused as `keep` does."""
    by_gate = _in_order(rows)
    found = await _register(connection, rows, by_gate)
    states = {row.code: row for row in await connection.execute(_STATES, {"codes": list(by_gate)})}
    steps, news = list[Step](), 0
    for code, told in by_gate.items():
        new = _steps(told, states[code], fresh=code in found.added)
        steps += new
        news += len(new) or code in found.changed
    await append(connection, steps, sender)
    return Written(news, len(rows) - news)


async def _register(connection: AsyncConnection, rows: Sequence[Gate], by_gate: Mapping[str, Sequence[Gate]]) -> Put:
    """Let the registry say of each gate what its newest row does, unless a newer one is known already. Raises Refused."""
    areas = await areas_of(connection, rows)
    await demand_near(connection, rows, areas)
    since = {row.code: row.since for row in await connection.execute(_SINCE, {"codes": list(by_gate)})}
    area = dict(zip((row.area for row in rows), areas, strict=True))
    kept = [_first(told) for code, told in by_gate.items() if told[-1].since >= since.get(code, EARLIEST)]
    found = await put(connection, _REGISTER, kept, [area[row.area] for row in kept])
    demand_own(rows, {*since, *found.ids})
    return found


def _in_order(rows: Sequence[Gate]) -> dict[str, list[Gate]]:
    """Return each gate's rows by the moments at which their states began."""
    by_gate = dict[str, list[Gate]]()
    for row in rows:
        by_gate.setdefault(row.code, []).append(row)
    return {code: sorted(by_gate[code], key=lambda row: row.since) for code in sorted(by_gate)}


def _first(told: Sequence[Gate]) -> Gate:
    """Return what a new gate begins as: what its newest row says of it, in the state of its oldest."""
    return told[-1].model_copy(update={"state": told[0].state, "since": told[0].since})


def _steps(told: Sequence[Gate], known: Any, *, fresh: bool) -> list[Step]:
    """Return what is to be appended to a gate's history; a fresh one has none yet."""
    state, since = ("", None) if fresh else (known.state, known.since)
    steps = list[Step]()
    for row in told:
        if row.state != state and (since is None or row.since > since):
            steps.append(Step(known.id, row.state, row.since, row.reason or _USUAL[row.state]))
            state, since = row.state, row.since
    return steps


FEED = Feed(
    kind="gates",
    title=Words("小区大门与村口", "Gates of compounds"),
    row=Gate,
    key=("code", "since"),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(days=7),
    write=write,
    example={
        "code": "411202001001001-G1",
        "area": "411202001001001",
        "name": "天鹅湖小区南门",
        "kind": "gate",
        "lon": 111.2,
        "lat": 34.78,
        "state": "closed",
        "since": "2020-02-11T08:00:00+08:00",
        "reason": "control",
    },
    paper=Paper(
        names={
            "code": ("大门编号", "出入口编号", "编号"),
            "area": ("区域代码", "网格代码", "网格编号", "所属网格", "所属村"),
            "name": ("大门名称", "出入口名称", "名称"),
            "kind": ("类型", "类别"),
            "state": ("状态", "开闭状态", "管控状态"),
            "since": ("起始时间", "变更时间", "自"),
            "reason": ("原因", "备注"),
        },
        words={
            "kind": {
                "gate": ("大门", "小区大门", "村口"),
                "exit": ("出口", "出入口"),
            },
            "state": {
                "open": ("开放", "开启", "正常通行"),
                "closed": ("关闭", "封闭", "封堵"),
                "single_entrance": ("单一出入口", "唯一出入口", "仅留一个出入口"),
            },
        },
        place="point",
        area="area",
    ),
)
