"""Drone patrols: which flights took off when, where each was at any second, and what it saw; by rule, from time and code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.demo import names
from geodata.demo.chance import Floats, Ints, generator, seed
from geodata.demo.homes import Site
from geodata.demo.plane import on_lattice, to_degrees, to_km

DRONES = 6
CAMERA_DEGREES = 84.0
EVENTS = ("gathering", "no_mask", "loudhailer")
STEP_S = 5
SPEED_MS = 10.0
_TURN_S = 3 * 3600
"""Each drone takes off once in every such span of time."""
_CLIMB_S = 25
_HALF_KM, _LANE_KM = 0.45, 0.06


@dataclass(frozen=True)
class Drone:
    """An aircraft, the township it is stationed in, and the sites over which it flies."""

    code: str
    name: str
    station: str
    sites: tuple[int, ...]


@dataclass(frozen=True)
class Flight:
    """One patrol: its drone (an index), take-off and landing in seconds since 1970, and the site it flies over."""

    code: str
    drone: int
    began: int
    lands: int
    site: int

    def ended(self, now: int) -> int | None:
        """When it landed, or none if it is still in the air."""
        return self.lands if self.lands <= now else None


@dataclass(frozen=True)
class Track:
    """Positions (n,) of one flight: seconds since 1970, metres over ground, degrees."""

    at: Ints
    height_m: Floats
    lonlat: Floats


@dataclass(frozen=True)
class Seen:
    """Something a patrol saw or said."""

    code: str
    kind: str
    at: int
    lonlat: tuple[float, float]


def drones(sites: Sequence[Site], townships: dict[str, str], township_names: dict[str, str]) -> list[Drone]:
    """Six aircraft in the six townships with the most towns; `townships` holds each site's township by its code."""
    towns: dict[str, list[int]] = {}
    for index, site in enumerate(sites):
        if site.urban:
            towns.setdefault(townships[site.code], []).append(index)
    largest = sorted(towns, key=lambda code: (-len(towns[code]), code))[:DRONES]
    stations = largest or sorted(set(townships.values()))[:DRONES]
    label = names.vocabulary()["drone"]["name"]
    made = []
    for number in range(DRONES):
        station = stations[number % len(stations)]
        over = towns.get(station) or [i for i, site in enumerate(sites) if townships[site.code] == station]
        name = label.format(area=township_names[station], number=number + 1)
        made.append(Drone(f"W{number + 1:02d}", name, station, tuple(over)))
    return made


def flights(drones: Sequence[Drone], begin: int, end: int) -> list[Flight]:
    """Every flight that took off in begin..end (seconds since 1970), in order of time."""
    found = []
    for index, drone in enumerate(drones):
        phase = seed(drone.code, "phase") % _TURN_S
        for turn in range((begin - phase) // _TURN_S - 1, (end - phase) // _TURN_S + 1):
            chance = generator(drone.code, "flight", str(turn))
            began = turn * _TURN_S + phase + int(chance.integers(0, 3600))
            if begin <= began < end:
                found.append(flight(drones, index, began))
    return sorted(found, key=lambda one: (one.began, one.drone))


def flight(drones: Sequence[Drone], index: int, began: int) -> Flight:
    """The flight of one drone that takes off at a second: ten to twenty minutes over one of its sites."""
    drone = drones[index]
    chance = generator(drone.code, "course", str(began))
    lands = began + int(chance.integers(600, 1200))
    return Flight(f"{drone.code}-{began}", index, began, lands, int(chance.choice(drone.sites)))


def in_the_air(drones: Sequence[Drone], flown: Sequence[Flight], now: int) -> Flight:
    """The flight that took off six minutes ago with the drone that has rested longest."""
    rest = {index: max((f.lands for f in flown if f.drone == index), default=0) for index in range(len(drones))}
    return flight(drones, min(rest, key=lambda index: (rest[index], index)), now - 360)


def course(polygon: Any, one: Flight) -> Floats:
    """Where it is each second (n, 2) in km."""
    return lanes(polygon, one.lands - one.began, SPEED_MS, _HALF_KM, _LANE_KM)


def lanes(polygon: Any, seconds: int, speed_ms: float, half_km: float, lane_km: float) -> Floats:
    """Where somebody is each second (n, 2) in km who goes up and down in lanes over the middle of a site, then home."""
    west, south, east, north = to_km(np.array(polygon.bounds).reshape(2, 2)).ravel()
    middle, half = (
        np.array([(west + east) / 2, (south + north) / 2]),
        np.minimum([(east - west) / 2, (north - south) / 2], half_km),
    )
    number = max(2, int(2 * half[1] / lane_km))
    rows = np.repeat(np.linspace(-half[1], half[1], number), 2)
    sides = np.tile([-half[0], half[0], half[0], -half[0]], number)[: 2 * number]
    corners = middle + np.column_stack([sides, rows])
    loop = np.concatenate([corners, corners[::-1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(loop, axis=0).T))])
    gone = (np.arange(seconds + 1) * speed_ms / 1000) % along[-1]
    return np.column_stack([np.interp(gone, along, axis) for axis in loop.T])


def track(polygon: Any, one: Flight, since: int, until: int, step_s: int = STEP_S) -> Track:
    """Its positions after `since` up to `until` (both seconds since 1970), one every `step_s` seconds."""
    first = one.began + max(0, -(-(since + 1 - one.began) // step_s)) * step_s
    at = np.arange(first, min(until, one.lands) + 1, step_s)
    second = at - one.began
    cruise = 70.0 + 50.0 * generator(one.code, "height").random()
    height = np.round(cruise * np.clip(np.minimum(second, one.lands - at) / _CLIMB_S, 0.02, 1.0), 1)
    return Track(at, height, on_lattice(to_degrees(course(polygon, one)[second])))


def seen(polygon: Any, one: Flight, since: int, until: int) -> list[Seen]:
    """What it saw after `since` up to `until`: nought to three things a flight, where it was."""
    chance = generator(one.code, "events")
    moments = np.sort(
        one.began + 60 + chance.integers(0, max(one.lands - one.began - 60, 1), int(chance.integers(0, 4)))
    )
    kinds = [str(kind) for kind in chance.choice(EVENTS, len(moments), p=(0.3, 0.4, 0.3))]
    places = on_lattice(to_degrees(course(polygon, one)[np.minimum(moments - one.began, one.lands - one.began)]))
    return [
        Seen(f"{one.code}-{number}", kind, int(at), (float(lon), float(lat)))
        for number, (kind, at, (lon, lat)) in enumerate(zip(kinds, moments.tolist(), places.tolist(), strict=True), 1)
        if since < at <= until
    ]


def covering(tree: shapely.STRtree, lonlat: Floats) -> Ints:
    """Index (n,) of the tree's polygon that covers each point; -1 where none does."""
    found = np.full(len(lonlat), -1, dtype=np.int64)
    point, polygon = tree.query(shapely.points(lonlat), predicate="covered_by")
    found[point] = polygon
    return found


def flights_between(drones: Sequence[Drone], begin: int, now: int) -> list[Flight]:
    """The flights that took off since `begin` and are over, and one that is in the air now."""
    flown = flights(drones, begin, now - 1500)
    return [*flown, in_the_air(drones, flown, now)]
