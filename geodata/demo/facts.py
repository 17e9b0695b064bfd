"""Areas, posts, care and patrols as COPY text: what is loaded once, and what each span of time adds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geodata.demo import names
from geodata.demo.lines import NOTHING, days, lines, moments, numbers, picked, points, shapes, texts
from geodata.demo.plan import LEVELS, Plan
from geodata.demo.rules import care, checkpoints, foot, patrols
from geodata.demo.rules.states import OPEN, Clock
from geodata.demo.standing import Standing
from geodata.feeds.areas import pinyin

AREA = ("id", "code", "name", "level", "parent_id", "path", "leader", "telephone", "pinyin", "place")
POST = ("id", "code", "name", "kind", "staffed_from", "staffed_to", "place", "area_id", "path")
_COUNTS = ("passed", "home_quarantine", "central_quarantine", "turned_back", "seconds")
HOUR = ("checkpoint_id", "hour", *_COUNTS, "reported_at", "area_id", "path")
HOTEL = ("id", "code", "name", "address", "telephone", "rooms", "place", "area_id", "path")
NIGHT = ("hotel_id", "day", "occupied", "reported_at", "area_id", "path")
CLINIC = (
    "id",
    "code",
    "kind",
    "name",
    "address",
    "telephone",
    "hours",
    "status",
    "reported_at",
    "place",
    "area_id",
    "path",
)
SHOP = ("id", "code", "kind", "name", "address", "telephone", "hours", "place", "area_id", "path")
DRONE = ("id", "code", "name", "camera_degrees", "area_id", "path")
FLIGHT = ("id", "code", "drone_id", "started_at", "ended_at", "area_id", "path")
POINT = ("flight_id", "at", "height_m", "place", "area_id", "path")
EVENT = ("code", "flight_id", "kind", "at", "place", "area_id", "path")
WALK = ("id", "code", "team", "started_at", "ended_at", "area_id", "path")
STEP = ("patrol_id", "at", "place", "area_id", "path")
POSTS_AT_ONCE = 2_500
"""Posts whose hours travel in one piece."""


def areas(plan: Plan) -> Iterator[str]:
    """The tree, level by level."""
    for level in LEVELS:
        rows = [area for area in plan.areas.values() if area.level == level]
        leaders = [names.leader(area.code) for area in rows]
        yield lines(
            [str(area.id) for area in rows],
            [area.code for area in rows],
            texts(area.name for area in rows),
            [level] * len(rows),
            [NOTHING if area.parent is None else str(area.parent) for area in rows],
            [area.path for area in rows],
            texts(leader.name for leader in leaders),
            texts(leader.telephone for leader in leaders),
            texts(pinyin(area.name) for area in rows),
            shapes([shapely.MultiPolygon([plan.tiling.polygons[area.code]]) for area in rows]),
        )


def where(plan: Plan, sites: Sequence[int]) -> tuple[list[str], list[str]]:
    """Area id and path of the grids at these places among the sites."""
    rows = [plan.areas[plan.sites[site].code] for site in sites]
    return [str(row.id) for row in rows], [row.path for row in rows]


def posts(plan: Plan) -> str:
    """All posts; ids count from 1."""
    own = plan.posts
    begin, end = ([f"{hour:02d}:00" for hour in column] for column in zip(*checkpoints.SHIFTS, strict=True))
    return lines(
        numbers(np.arange(1, len(own.code) + 1)),
        own.code,
        texts(own.name),
        picked(checkpoints.KINDS, own.kind),
        picked(begin, own.shift),
        picked(end, own.shift),
        points(*own.lonlat.T),
        *where(plan, own.site.tolist()),
    )


def hotels(plan: Plan) -> str:
    """All hotels; ids count from 1."""
    own = plan.hotels
    return lines(
        numbers(np.arange(1, len(own.code) + 1)),
        own.code,
        texts(own.name),
        texts(own.address),
        own.telephone,
        numbers(own.rooms),
        points(*own.lonlat.T),
        *where(plan, own.site.tolist()),
    )


def clinics(plan: Plan, at: Clock) -> str:
    """All clinics and hospitals; ids count from 1."""
    own = plan.clinics
    return lines(
        numbers(np.arange(1, len(own.code) + 1)),
        own.code,
        own.kind,
        texts(own.name),
        texts(own.address),
        own.telephone,
        texts(own.hours),
        own.status,
        moments(at.now - own.quiet_minutes * 60),
        points(*own.lonlat.T),
        *where(plan, own.site.tolist()),
    )


def shops(plan: Plan) -> str:
    """All approved shops; ids count from 1."""
    own = plan.shops
    return lines(
        numbers(np.arange(1, len(own.code) + 1)),
        own.code,
        own.kind,
        texts(own.name),
        texts(own.address),
        own.telephone,
        texts(own.hours),
        points(*own.lonlat.T),
        *where(plan, own.site.tolist()),
    )


def drones(plan: Plan) -> str:
    """All aircraft; ids count from 1."""
    own = plan.drones
    stations = [plan.areas[drone.station] for drone in own]
    return lines(
        numbers(np.arange(1, len(own) + 1)),
        [drone.code for drone in own],
        texts(drone.name for drone in own),
        [str(patrols.CAMERA_DEGREES)] * len(own),
        [str(area.id) for area in stations],
        [area.path for area in stations],
    )


def hours(standing: Standing, begin: int, at: Clock, told_after: int = 0) -> Iterator[tuple[int, str]]:
    """What posts reported of the hours since `begin` (seconds since 1970), with the number of posts done.

    Reports that came in up to `told_after` are left out.
    """
    duty, areas = standing.duty, standing.post_areas
    for first in range(0, len(duty.words), POSTS_AT_ONCE):
        told = checkpoints.reports(duty.part(first, first + POSTS_AT_ONCE), begin, at, told_after)
        post = told.post + first
        counts = (told.passed, told.home_quarantine, told.central_quarantine, told.turned_back, told.seconds)
        yield (
            min(first + POSTS_AT_ONCE, len(duty.words)),
            lines(
                picked(standing.post_ids, post),
                moments(told.hour),
                *map(numbers, counts),
                moments(told.reported_at),
                picked(areas.ids, post),
                picked(areas.paths, post),
            ),
        )


def nights(standing: Standing, first_day: int, at: Clock) -> str:
    """Rooms taken each day from `first_day` (since 1970) on."""
    told = care.nights(standing.hotel_chance, standing.rooms, first_day, at)
    return lines(
        picked(standing.hotel_ids, told.hotel),
        days(told.day),
        numbers(told.occupied),
        moments(told.reported_at),
        picked(standing.hotel_areas.ids, told.hotel),
        picked(standing.hotel_areas.paths, told.hotel),
    )


@dataclass(frozen=True)
class Patrols:
    """COPY text of flights, of their positions, and of what they saw."""

    flights: str
    points: str
    events: str


def patrol(standing: Standing, flown: Sequence[patrols.Flight], first_id: int, at: Clock) -> Patrols:
    """Flights (ids from `first_id` on) with all their positions up to now; each position in the deepest area over it."""
    grounds = standing.grounds
    tracks = [patrols.track(grounds.polygons[one.site], one, one.began - 1, at.now) for one in flown]
    ids = np.arange(first_id, first_id + len(flown))
    lonlat = np.concatenate([track.lonlat for track in tracks])
    flights = lines(
        numbers(ids),
        [one.code for one in flown],
        [standing.drone_ids[one.drone] for one in flown],
        moments(np.array([one.began for one in flown])),
        moments(np.array([one.lands if one.lands <= at.now else OPEN for one in flown])),
        [grounds.areas.ids[one.site] for one in flown],
        [grounds.areas.paths[one.site] for one in flown],
    )
    positions = lines(
        numbers(np.repeat(ids, [len(track.at) for track in tracks])),
        moments(np.concatenate([track.at for track in tracks])),
        numbers(np.concatenate([track.height_m for track in tracks])),
        points(*lonlat.T),
        *standing.under(lonlat),
    )
    return Patrols(flights, positions, _events(standing, flown, ids.tolist(), at))


def _events(standing: Standing, flown: Sequence[patrols.Flight], ids: list[int], at: Clock) -> str:
    polygons = standing.grounds.polygons
    seen = [
        (number, event)
        for number, one in zip(ids, flown, strict=True)
        for event in patrols.seen(polygons[one.site], one, one.began, at.now)
    ]
    lonlat = np.array([event.lonlat for _, event in seen]).reshape(-1, 2)
    return lines(
        [event.code for _, event in seen],
        [str(flight) for flight, _ in seen],
        [event.kind for _, event in seen],
        moments(np.array([event.at for _, event in seen], dtype=np.int64)),
        points(*lonlat.T),
        *standing.under(lonlat),
    )


@dataclass(frozen=True)
class Walked:
    """COPY text of patrols on foot and of their positions."""

    walks: str
    steps: str


def walked(standing: Standing, walks: Sequence[foot.Walk], first_id: int, at: Clock) -> Walked:
    """Patrols on foot (ids from `first_id` on) with all their positions up to now."""
    ids = np.arange(first_id, first_id + len(walks))
    teams = [standing.teams[one.team] for one in walks]
    tracks = [foot.track(standing.grounds.polygons[one.site], one, one.began - 1, at.now) for one in walks]
    lonlat = np.concatenate([np.empty((0, 2)), *(places for _, places in tracks)])
    patrols = lines(
        numbers(ids),
        [one.code for one in walks],
        texts(team.name for team in teams),
        moments(np.array([one.began for one in walks], dtype=np.int64)),
        moments(np.array([one.back if one.back <= at.now else OPEN for one in walks], dtype=np.int64)),
        [team.area[1] for team in teams],
        [team.area[2] for team in teams],
    )
    steps = lines(
        numbers(np.repeat(ids, [len(times) for times, _ in tracks])),
        moments(np.concatenate([np.empty(0, dtype=np.int64), *(times for times, _ in tracks)])),
        points(*lonlat.T),
        *standing.under(lonlat),
    )
    return Walked(patrols, steps)
