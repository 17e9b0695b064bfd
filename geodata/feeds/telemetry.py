"""Where drones are: timed positions with height over ground. The first position of a flight opens it, `ended` lands it.

A position lies in the deepest area that contains it; outside the sender's areas it counts to the drone's own.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Latitude, Longitude, Moment
from geodata.feeds.floor.outings import Outings, Said, ids_of
from geodata.feeds.floor.places import NEAR_KM, areas_of
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.tables import partitions_by_day, refuse_left

_DRONES = text("SELECT code, id, area_id FROM drone WHERE code = ANY (CAST(:codes AS text[]))")
FLIGHTS = Outings(
    table="flight",
    owner="drone_id",
    field="flight",
    refusal="other_drone",
    opening=text(
        """INSERT INTO flight (code, drone_id, started_at, ended_at, area_id, path)
           SELECT r.code, d.id, r.first, r.ended, d.area_id, d.path
           FROM unnest(CAST(:codes AS text[]), CAST(:owners AS int[]), CAST(:firsts AS timestamptz[]),
                       CAST(:ends AS timestamptz[])) AS r(code, drone, first, ended)
           JOIN drone d ON d.id = r.drone ORDER BY r.code
           ON CONFLICT (code) DO NOTHING"""
    ),
)
_ADD = text(
    """INSERT INTO track_point (flight_id, at, height_m, place, area_id, path)
       SELECT r.flight, r.at, r.height_m, ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326), a.id, a.path
       FROM unnest(CAST(:flights AS bigint[]), CAST(:ats AS timestamptz[]), CAST(:heights AS float8[]),
                   CAST(:lons AS float8[]), CAST(:lats AS float8[]), CAST(:areas AS int[]))
            AS r(flight, at, height_m, lon, lat, area)
       JOIN area a ON a.id = r.area ORDER BY r.flight, r.at
       ON CONFLICT (flight_id, at) DO NOTHING"""
)


class Position(Row):
    """Where one flight was at one moment."""

    flight: Code
    drone: Code
    at: Moment
    lon: Longitude
    lat: Latitude
    height_m: Annotated[float, Field(strict=True, ge=-100, le=10_000, allow_inf_nan=False)]
    """Metres over ground."""
    ended: Annotated[bool, Field(strict=True)] = False
    """True for the last position: the flight has landed."""


async def write(connection: AsyncConnection, rows: Sequence[Position], _sender: str) -> Written:
    """Add the positions that are new, and open, widen and land their flights.

    Raises Refused: an unknown drone, a flight of another drone, a place far from the drone's area, a day that has left.
    """
    await partitions_by_day(connection, "track_point", (row.at for row in rows))
    await refuse_left(connection, "track_point", [row.at for row in rows])
    found = await connection.execute(_DRONES, {"codes": sorted({row.drone for row in rows})})
    drones = {drone.code: drone for drone in found}
    stop([Refusal(n, "drone", "unknown_drone") for n, row in enumerate(rows, 1) if row.drone not in drones])
    areas = await areas_of(connection, [(r.lon, r.lat) for r in rows], [drones[r.drone].area_id for r in rows])
    stop([Refusal(n, "lon", "outside", {"km": NEAR_KM}) for n, area in enumerate(areas, 1) if area is None])
    said = [Said(row.flight, drones[row.drone].id, row.drone, row.at, row.ended) for row in rows]
    flights = await ids_of(connection, FLIGHTS, said)
    added = await connection.execute(_ADD, _columns(rows, areas, flights))
    return Written(added.rowcount, len(rows) - added.rowcount)


def _columns(rows: Sequence[Position], areas: Sequence[int | None], flights: Mapping[str, int]) -> dict[str, list[Any]]:
    return {
        "flights": [flights[row.flight] for row in rows],
        "ats": [row.at for row in rows],
        "heights": [row.height_m for row in rows],
        "lons": [row.lon for row in rows],
        "lats": [row.lat for row in rows],
        "areas": list(areas),
    }


FEED = Feed(
    kind="telemetry",
    title=Words("无人机航迹", "Drone telemetry"),
    row=Position,
    key=("flight", "at"),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(minutes=1),
    write=write,
    example={
        "flight": "D1-20200211-01",
        "drone": "D1",
        "at": "2020-02-11T10:00:05+08:00",
        "lon": 111.0045,
        "lat": 34.0045,
        "height_m": 80.0,
    },
    paper=Paper(
        names={
            "flight": (
                "航次编号",
                "航次",
            ),
            "drone": (
                "无人机编号",
                "无人机",
            ),
            "at": (
                "时间",
                "定位时间",
            ),
            "height_m": (
                "离地高度米",
                "高度",
            ),
            "ended": (
                "是否降落",
                "已降落",
            ),
        },
        place="point",
    ),
)
