"""What patrols saw or said: a gathering, somebody without a mask, the loudhailer; each told once, by its code."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Latitude, Longitude, Moment
from geodata.feeds.floor.places import NEAR_KM, areas_of
from geodata.feeds.floor.refusal import Refusal, stop

_FLIGHTS = text("SELECT code, id, area_id FROM flight WHERE code = ANY (CAST(:codes AS text[]))")
_ADD = text(
    """INSERT INTO patrol_event (code, flight_id, kind, at, place, area_id, path)
       SELECT r.code, r.flight, r.kind, r.at, ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326), a.id, a.path
       FROM unnest(CAST(:codes AS text[]), CAST(:flights AS bigint[]), CAST(:kinds AS text[]),
                   CAST(:ats AS timestamptz[]), CAST(:lons AS float8[]), CAST(:lats AS float8[]), CAST(:areas AS int[]))
            AS r(code, flight, kind, at, lon, lat, area)
       JOIN area a ON a.id = r.area ORDER BY r.code
       ON CONFLICT (code) DO NOTHING"""
)
_THERE = text("SELECT code FROM patrol_event WHERE code = ANY (CAST(:codes AS text[]))")


class PatrolEvent(Row):
    """One thing that a patrol saw or said; without a flight where the patrol went on foot."""

    code: Code
    flight: Code | None = None
    kind: Literal["gathering", "no_mask", "loudhailer"]
    at: Moment
    lon: Longitude
    lat: Latitude


async def write(connection: AsyncConnection, rows: Sequence[PatrolEvent], _sender: str) -> Written:
    """Add the events that are new. Raises Refused: an unknown flight, a place in no area, a code used elsewhere."""
    found = await connection.execute(_FLIGHTS, {"codes": sorted({row.flight for row in rows if row.flight})})
    flights = {flight.code: flight for flight in found}
    stop(
        [
            Refusal(number, "flight", "unknown_flight")
            for number, row in enumerate(rows, 1)
            if row.flight is not None and row.flight not in flights
        ]
    )
    own = [flights[row.flight].area_id if row.flight else None for row in rows]
    areas = await areas_of(connection, [(row.lon, row.lat) for row in rows], own)
    stop([Refusal(n, "lon", "outside", {"km": NEAR_KM}) for n, area in enumerate(areas, 1) if area is None])
    once = {row.code: (row, area) for row, area in zip(reversed(rows), reversed(areas), strict=True)}
    added = await connection.execute(_ADD, _columns(list(once.values()), flights))
    there = set(await connection.scalars(_THERE, {"codes": list(once)}))
    stop([Refusal(n, "code", "code_taken") for n, row in enumerate(rows, 1) if row.code not in there])
    return Written(added.rowcount, len(rows) - added.rowcount)


def _columns(events: Sequence[tuple[PatrolEvent, int | None]], flights: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {
        "codes": [row.code for row, _ in events],
        "flights": [flights[row.flight].id if row.flight else None for row, _ in events],
        "kinds": [row.kind for row, _ in events],
        "ats": [row.at for row, _ in events],
        "lons": [row.lon for row, _ in events],
        "lats": [row.lat for row, _ in events],
        "areas": [area for _, area in events],
    }


FEED = Feed(
    kind="patrol_events",
    title=Words("巡查事件", "Patrol events"),
    row=PatrolEvent,
    key=("code",),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(hours=24),
    write=write,
    example={
        "code": "D1-20200211-01-1",
        "flight": "D1-20200211-01",
        "kind": "gathering",
        "at": "2020-02-11T10:03:20+08:00",
        "lon": 111.0052,
        "lat": 34.0049,
    },
    paper=Paper(
        names={
            "code": (
                "事件编号",
                "编号",
            ),
            "flight": (
                "航次编号",
                "航次",
            ),
            "kind": (
                "类型",
                "事件类型",
            ),
            "at": (
                "时间",
                "发生时间",
            ),
        },
        words={
            "kind": {
                "gathering": ("聚集", "人员聚集", "聚众"),
                "no_mask": ("未戴口罩", "不戴口罩", "没戴口罩"),
                "loudhailer": ("喊话", "空中喊话", "广播"),
            },
        },
        place="point",
    ),
)
