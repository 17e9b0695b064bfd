"""Blocked streets and controlled exits, drawn as lines or areas: one is drawn once, and ended once; nothing is redrawn."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID, uuid5

from pydantic import BeforeValidator, model_validator
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata import closures
from geodata.errors import BadShape
from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Moment, Note, fault
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.things import areas_of
from geodata.shapes import drawn

_NAMES = UUID("5d0c6f0a-6b0e-4a39-9c1b-0f5f5f7e6c19")
"""In which a department's own code becomes the id of a drawing, the same whenever it comes again."""
_KNOWN = text(
    "SELECT client_id, NOT upper_inf(valid) AS ended FROM closure WHERE client_id = ANY (CAST(:clients AS uuid[]))"
)


def _drawable(value: Any) -> Any:
    try:
        drawn(value if isinstance(value, dict) else {})
    except BadShape:
        raise fault("bad_shape") from None
    return value


class Closure(Row):
    """One blocked street or controlled exit; without `until` it stands."""

    code: Code
    area: Code
    kind: Literal["blocked_street", "controlled_exit"]
    place: Annotated[dict[str, Any], BeforeValidator(_drawable)]
    """GeoJSON: a LineString, or a Polygon without holes."""
    since: Moment
    until: Moment | None = None
    reason: Note = "control"
    end_reason: Note = "lifted"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise fault("ended_before", "until")
        return self


async def write(connection: AsyncConnection, rows: Sequence[Closure], sender: str) -> Written:
    """Draw what is new and end what has ended.

    Raises Refused: an area that is not the sender's, a drawing that leaves it, a code of somebody else's drawing.
    """
    await areas_of(connection, rows)
    clients = [uuid5(_NAMES, row.code) for row in rows]
    ended = {row.client_id: row.ended for row in await connection.execute(_KNOWN, {"clients": clients})}
    areas = await _areas(connection, {n: rows[n] for n, client in enumerate(clients) if client not in ended})
    # Of several rows of one code the first that lies where it may is drawn.
    drawing = {clients[n]: _drawing(rows[n], clients[n], area) for n, area in reversed(areas.items()) if area}
    own = ended.keys() | await closures.draw_all(connection, list(drawing.values()), sender)
    news, ends, refusals = 0, dict[UUID, closures.End](), list[Refusal]()
    for n, (row, client) in enumerate(zip(rows, clients, strict=True)):
        if client in ended and (ended[client] or row.until is None):
            continue
        if client not in ended and (areas[n] is None or client not in own):
            why = ("place", "outside_area") if areas[n] is None else ("code", "code_taken")
            refusals.append(Refusal(n + 1, *why))
            continue
        news, ended[client] = news + 1, row.until is not None
        if row.until is not None:
            ends[client] = closures.End(client, uuid5(client, "end"), row.until, row.end_reason)
    stop(refusals)
    done = await closures.end_all(connection, list(ends.values()), sender)
    news -= len(ends) - len(done)
    return Written(news, len(rows) - news)


async def _areas(connection: AsyncConnection, rows: Mapping[int, Closure]) -> dict[int, int | None]:
    """Return the area of each row, none where its drawing leaves the sender's areas."""
    places = [drawn(row.place).wkt for row in rows.values()]
    found = await closures.areas_around(connection, places, [row.area for row in rows.values()])
    return dict(zip(rows, found, strict=True))


def _drawing(row: Closure, client: UUID, area: int) -> closures.Drawing:
    return closures.Drawing(client, row.kind, drawn(row.place).wkt, area, row.since, row.reason)


FEED = Feed(
    kind="closures",
    title=Words("封路与管控出口", "Blocked streets and controlled exits"),
    row=Closure,
    key=("code",),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(days=7),
    write=write,
    example={
        "code": "411202-F03",
        "area": "411202001001001",
        "kind": "blocked_street",
        "place": {"type": "LineString", "coordinates": [[111.2, 34.78], [111.201, 34.78]]},
        "since": "2020-02-11T08:00:00+08:00",
        "reason": "control",
    },
    paper=Paper(
        names={
            "place": ("图形", "边界", "几何"),
            "code": ("封控编号", "路段编号", "编号"),
            "area": ("区域代码", "网格代码", "网格编号", "所属网格", "所属村"),
            "kind": ("类型", "类别"),
            "since": ("开始时间", "封闭时间", "起始时间"),
            "until": ("结束时间", "解除时间"),
            "reason": ("原因", "封闭原因"),
            "end_reason": ("解除原因",),
        },
        words={
            "kind": {
                "blocked_street": ("封路", "道路封闭", "封闭路段"),
                "controlled_exit": ("管控出口", "管控路口", "卡口"),
            },
        },
        place="line",
        area="area",
    ),
)
