"""Who is out in the living demo: aircraft in the air and teams on foot, told position by position until they are back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
from sqlalchemy import text

from geodata.demo.rules import foot, patrols
from geodata.demo.rules.states import Clock
from geodata.demo.standing import Standing

ALOFT = 2
"""Aircraft in the air at any time."""
OUT = 3
"""Teams on foot at any time."""
IN_THE_AIR = text(
    "SELECT f.code, d.code AS drone, f.area_id::text, extract(epoch FROM f.started_at)::bigint AS began, "
    "(SELECT extract(epoch FROM max(p.at))::bigint FROM track_point p WHERE p.flight_id = f.id) AS last "
    "FROM flight f JOIN drone d ON d.id = f.drone_id WHERE f.ended_at IS NULL ORDER BY f.id"
)
OUT_NOW = text(
    "SELECT g.code, extract(epoch FROM g.started_at)::bigint AS began, "
    "(SELECT extract(epoch FROM max(p.at))::bigint FROM ground_point p WHERE p.patrol_id = g.id) AS last "
    "FROM ground_patrol g WHERE g.ended_at IS NULL ORDER BY g.id"
)


@dataclass
class Aloft:
    """A flight in the air, and up to when its positions have been told (seconds since 1970)."""

    flight: patrols.Flight
    told: int


@dataclass
class Afoot:
    """A team that is out, and up to when its positions have been told (seconds since 1970)."""

    walk: foot.Walk
    told: int


class City(Protocol):
    """What these need of the city that lives."""

    standing: Standing
    aloft: list[Aloft]
    afoot: list[Afoot]
    dice: np.random.Generator

    async def tell(self, kind: str, rows: list[dict[str, object]]) -> None:
        """Deliver rows as a sender would."""


def flying(standing: Standing, row: Any) -> Aloft | None:
    """A flight that the database has in the air, to be flown to its end."""
    drones = [drone.code for drone in standing.drones]
    grounds = standing.grounds.areas.ids
    if row.drone not in drones or row.area_id not in grounds:
        return None
    ruled = patrols.flight(standing.drones, drones.index(row.drone), row.began)
    flight = patrols.Flight(row.code, ruled.drone, row.began, ruled.lands, grounds.index(row.area_id))
    return Aloft(flight, row.last or row.began)


def walking(standing: Standing, row: Any) -> Afoot | None:
    """A team that the database has outside, to walk on until it is back."""
    codes = [team.code for team in standing.teams]
    code = row.code.partition("-")[0]
    if code not in codes or not standing.grounds.polygons:
        return None
    return Afoot(foot.walk(standing.teams, codes.index(code), row.began), row.last or row.began)


async def fly(city: City, at: Clock) -> None:
    """Tell where the aircraft are; who has landed makes room for the next."""
    launch(city, at)
    polygons = city.standing.grounds.polygons
    positions: list[dict[str, object]] = []
    events: list[dict[str, object]] = []
    for one in city.aloft:
        polygon = polygons[one.flight.site]
        positions += _positions(city.standing, polygon, one, at.now)
        events += [
            {"code": seen.code, "flight": one.flight.code, "kind": seen.kind, "at": moment(seen.at)}
            | {"lon": seen.lonlat[0], "lat": seen.lonlat[1]}
            for seen in patrols.seen(polygon, one.flight, one.told, at.now)
        ]
        one.told = at.now
    await city.tell("telemetry", positions)
    await city.tell("patrol_events", events)
    city.aloft = [one for one in city.aloft if one.flight.lands > at.now]


def launch(city: City, at: Clock) -> None:
    """Let rested drones take off until there are as many in the air as there should be."""
    busy = {one.flight.drone for one in city.aloft}
    rested = [index for index in range(len(city.standing.drones)) if index not in busy]
    while city.standing.grounds.polygons and rested and len(city.aloft) < ALOFT:
        index = rested.pop(int(city.dice.integers(len(rested))))
        city.aloft.append(Aloft(patrols.flight(city.standing.drones, index, at.now), at.now - 1))


async def walk(city: City, at: Clock) -> None:
    """Tell where the teams are; who is back makes room for the next."""
    busy = {one.walk.team for one in city.afoot}
    rested = [index for index in range(len(city.standing.teams)) if index not in busy]
    while city.standing.grounds.polygons and rested and len(city.afoot) < OUT:
        index = rested.pop(int(city.dice.integers(len(rested))))
        city.afoot.append(Afoot(foot.walk(city.standing.teams, index, at.now), at.now - 1))
    await city.tell("ground_patrol", [row for one in city.afoot for row in _steps(city.standing, one, at.now)])
    for one in city.afoot:
        one.told = at.now
    city.afoot = [one for one in city.afoot if one.walk.back > at.now]


def _steps(standing: Standing, one: Afoot, now: int) -> list[dict[str, object]]:
    """Positions since the last ones told; the last one of a patrol says that the team is back."""
    walk, polygon = one.walk, standing.grounds.polygons[one.walk.site]
    at, places = foot.track(polygon, walk, one.told, min(now, walk.back - 1), step_s=5)
    moments, lonlat = at.tolist(), places.tolist()
    if walk.back <= now:
        last, end = foot.track(polygon, walk, walk.back - 1, walk.back, step_s=1)
        moments, lonlat = moments + last.tolist(), lonlat + end.tolist()
    team = standing.teams[walk.team]
    return [
        {"patrol": walk.code, "team": team.name, "area": team.area[0], "at": moment(second), "lon": lon, "lat": lat}
        | ({"ended": True} if second == walk.back else {})
        for second, (lon, lat) in zip(moments, lonlat, strict=True)
    ]


def _positions(standing: Standing, polygon: Any, one: Aloft, now: int) -> list[dict[str, object]]:
    """Positions since the last ones told, every two seconds; the last one of a flight says that it has landed."""
    flight = one.flight
    track = patrols.track(polygon, flight, one.told, min(now, flight.lands - 1), step_s=2)
    moments, heights, places = track.at.tolist(), track.height_m.tolist(), track.lonlat.tolist()
    if flight.lands <= now:
        last = patrols.track(polygon, flight, flight.lands - 1, flight.lands, step_s=1)
        moments, heights, places = moments + last.at.tolist(), [*heights, 0.0], places + last.lonlat.tolist()
    drone = standing.drones[flight.drone].code
    return [
        {"flight": flight.code, "drone": drone, "at": moment(at), "lon": lon, "lat": lat, "height_m": height}
        | ({"ended": True} if at == flight.lands else {})
        for at, height, (lon, lat) in zip(moments, heights, places, strict=True)
    ]


def moment(seconds: int) -> str:
    """Return a moment as a sender writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
