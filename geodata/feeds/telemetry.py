"""Where drones are: timed positions with height over ground. The first position of a flight opens it, `ended` lands it.

A position lies in the deepest area that contains it; outside the sender's areas it counts to the drone's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.declaration import Feed, Privacy, Row, Words, Written
from geodata.feeds.fields import Code, Latitude, Longitude, Moment
from geodata.feeds.places import NEAR_KM, areas_of
from geodata.feeds.refusal import Refusal, stop
from geodata.feeds.tables import partitions_by_day

_DRONES = text("SELECT code, id, area_id FROM drone WHERE code = ANY (CAST(:codes AS text[]))")
_HOLD = text(
    """SELECT code, id, drone_id, started_at, ended_at FROM flight WHERE code = ANY (CAST(:codes AS text[]))
       ORDER BY code FOR NO KEY UPDATE"""
)
_OPEN = text(
    """INSERT INTO flight (code, drone_id, started_at, ended_at, area_id, path)
       SELECT r.code, d.id, r.first, r.ended, d.area_id, d.path
       FROM unnest(CAST(:codes AS text[]), CAST(:drones AS int[]), CAST(:firsts AS timestamptz[]),
                   CAST(:ends AS timestamptz[])) AS r(code, drone, first, ended)
       JOIN drone d ON d.id = r.drone ORDER BY r.code
       ON CONFLICT (code) DO NOTHING"""
)
_WIDEN = text(
    """UPDATE flight f SET started_at = least(f.started_at, r.first), ended_at = greatest(f.ended_at, r.ended)
       FROM unnest(CAST(:ids AS bigint[]), CAST(:firsts AS timestamptz[]), CAST(:ends AS timestamptz[]))
            AS r(id, first, ended)
       WHERE f.id = r.id"""
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


@dataclass(slots=True)
class _Flight:
    """What one delivery says of one flight."""

    code: str
    drone: str
    first: datetime
    ended: datetime | None = None


async def write(connection: AsyncConnection, rows: Sequence[Position], _sender: str) -> Written:
    """Add the positions that are new, and open, widen and land their flights.

    Raises Refused: an unknown drone, a flight of another drone, a place far from the drone's area.
    """
    await partitions_by_day(connection, "track_point", (row.at for row in rows))
    found = await connection.execute(_DRONES, {"codes": sorted({row.drone for row in rows})})
    drones = {drone.code: drone for drone in found}
    stop([Refusal(n, "drone", "unknown_drone") for n, row in enumerate(rows, 1) if row.drone not in drones])
    areas = await areas_of(connection, [(r.lon, r.lat) for r in rows], [drones[r.drone].area_id for r in rows])
    stop([Refusal(n, "lon", "outside", {"km": NEAR_KM}) for n, area in enumerate(areas, 1) if area is None])
    flights = await _flights(connection, rows, drones)
    added = await connection.execute(_ADD, _columns(rows, areas, flights))
    return Written(added.rowcount, len(rows) - added.rowcount)


def _told(rows: Sequence[Position]) -> list[_Flight]:
    """Return the flights of a delivery in the order of their codes. Raises Refused where one has two drones."""
    told, refusals = dict[str, _Flight](), list[Refusal]()
    for number, row in enumerate(rows, 1):
        flight = told.setdefault(row.flight, _Flight(row.flight, row.drone, row.at))
        if flight.drone != row.drone:
            refusals.append(Refusal(number, "flight", "other_drone"))
        flight.first = min(flight.first, row.at)
        if row.ended:
            flight.ended = max(flight.ended or row.at, row.at)
    stop(refusals)
    return [told[code] for code in sorted(told)]


async def _flights(connection: AsyncConnection, rows: Sequence[Position], drones: Mapping[str, Any]) -> dict[str, int]:
    """Return the ids of the flights by code, opening those that are not there yet."""
    told = _told(rows)
    held = await _hold(connection, [flight.code for flight in told])
    missing = [flight for flight in told if flight.code not in held]
    if missing:
        opened = {"codes": [f.code for f in missing], "drones": [drones[f.drone].id for f in missing]}
        await connection.execute(_OPEN, opened | _times(missing))
        held |= await _hold(connection, [flight.code for flight in missing])
    right = {f.code for f in told if f.code in held and held[f.code].drone_id == drones[f.drone].id}
    stop([Refusal(n, "flight", "other_drone") for n, row in enumerate(rows, 1) if row.flight not in right])
    wider = [flight for flight in told if _widens(flight, held[flight.code])]
    if wider:
        await connection.execute(_WIDEN, {"ids": [held[flight.code].id for flight in wider]} | _times(wider))
    return {code: flight.id for code, flight in held.items()}


async def _hold(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, Any]:
    return {flight.code: flight for flight in await connection.execute(_HOLD, {"codes": codes})}


def _widens(told: _Flight, known: Any) -> bool:
    lands = told.ended is not None and (known.ended_at is None or told.ended > known.ended_at)
    return told.first < known.started_at or lands


def _times(flights: Sequence[_Flight]) -> dict[str, list[datetime | None]]:
    return {"firsts": [flight.first for flight in flights], "ends": [flight.ended for flight in flights]}


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
)
