"""What stands in the demo city and goes on reporting: posts, hotels and drones, from the plan or from the database."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, Row, text

from geodata.demo.chance import Floats, Ints, Words
from geodata.demo.plan import Area, Plan
from geodata.demo.rules import care, checkpoints, foot, patrols


@dataclass(frozen=True)
class Areas:
    """Columns of area ids and paths, as COPY wants them."""

    ids: list[str]
    paths: list[str]


@dataclass(frozen=True)
class Grounds:
    """Areas with their polygons in degrees."""

    polygons: list[Any]
    areas: Areas


@dataclass(frozen=True)
class Standing:
    """Posts, hotels and drones by their ids in the database, and where they are."""

    post_ids: list[str]
    duty: checkpoints.Duty
    post_areas: Areas
    hotel_ids: list[str]
    hotel_chance: Words
    rooms: Ints
    hotel_areas: Areas
    drone_ids: list[str]
    drones: list[patrols.Drone]
    teams: list[foot.Team]
    grounds: Grounds
    """What drones fly over and teams walk through; their `sites` count in it."""
    around: Grounds
    """Grids in which positions are looked up."""
    city: tuple[str, str]
    """Id and path of the city, for a position outside all of them."""

    def under(self, lonlat: Floats) -> tuple[list[str], list[str]]:
        """Area id and path of the grid under each point (n, 2)."""
        found = patrols.covering(shapely.STRtree(self.around.polygons), lonlat).tolist()
        areas = self.around.areas
        ids = [areas.ids[n] if n >= 0 else self.city[0] for n in found]
        return ids, [areas.paths[n] if n >= 0 else self.city[1] for n in found]


def planned(plan: Plan) -> Standing:
    """What is about to be loaded; ids count from 1."""
    sites = [plan.areas[site.code] for site in plan.sites]
    grids = [plan.areas[grid.code] for grid in plan.tiling.grids]
    city = next(iter(plan.areas.values()))
    return Standing(
        post_ids=_count(len(plan.posts.code)),
        duty=plan.posts.duty,
        post_areas=_areas([sites[n] for n in plan.posts.site.tolist()]),
        hotel_ids=_count(len(plan.hotels.code)),
        hotel_chance=plan.hotels.words,
        rooms=plan.hotels.rooms,
        hotel_areas=_areas([sites[n] for n in plan.hotels.site.tolist()]),
        drone_ids=_count(len(plan.drones)),
        drones=plan.drones,
        teams=plan.teams,
        grounds=Grounds([site.polygon for site in plan.sites], _areas(sites)),
        around=Grounds([plan.tiling.polygons[grid.code] for grid in plan.tiling.grids], _areas(grids)),
        city=(str(city.id), city.path),
    )


def _count(number: int) -> list[str]:
    return [str(n) for n in range(1, number + 1)]


def _areas(rows: list[Area]) -> Areas:
    return Areas([str(row.id) for row in rows], [row.path for row in rows])


_POSTS = text(
    "SELECT id::text, code, kind, extract(hour FROM staffed_from)::int AS begin, extract(hour FROM staffed_to)::int AS "
    '"end", area_id::text, path::text FROM checkpoint ORDER BY id'
)
_HOTELS = text("SELECT id::text, code, rooms, area_id::text, path::text FROM hotel ORDER BY id")
_DRONES = text("SELECT id::text, code, name, area_id::text FROM drone ORDER BY id")
_FLOWN = text(
    "SELECT DISTINCT f.drone_id::text AS drone, a.id::text AS area_id, a.path::text, ST_AsBinary(a.place) AS place "
    "FROM flight f JOIN area a ON a.id = f.area_id WHERE a.level = 'grid' AND a.place IS NOT NULL ORDER BY 1, 2"
)
_TEAMS = text(
    "SELECT DISTINCT ON (team) split_part(g.code, '-', 1) AS code, g.team, a.code AS area, a.id::text AS area_id, "
    "a.path::text FROM ground_patrol g JOIN area a ON a.id = g.area_id WHERE g.code LIKE 'G__-%' ORDER BY team, g.code"
)
_AROUND = text(
    "SELECT DISTINCT g.id::text AS area_id, g.path::text, ST_AsBinary(g.place) AS place FROM flight f "
    "JOIN area a ON a.id = f.area_id AND a.level = 'grid' JOIN area g ON g.place && a.place AND g.level = 'grid' ORDER BY 1"
)
_CITY = text("SELECT id::text, path::text FROM area WHERE parent_id IS NULL ORDER BY id LIMIT 1")


def found(connection: Connection) -> Standing:
    """What the database holds; posts whose shift the demo does not know are left to those who made them."""
    shifts = {shift: n for n, shift in enumerate(checkpoints.SHIFTS)}
    posts = [row for row in connection.execute(_POSTS) if (row.begin, row.end) in shifts]
    posts = [row for row in posts if row.kind in checkpoints.KINDS]
    hotels = connection.execute(_HOTELS).all()
    drones = connection.execute(_DRONES).all()
    flown, around = connection.execute(_FLOWN).all(), connection.execute(_AROUND).all()
    city = connection.execute(_CITY).one()
    return Standing(
        post_ids=[row.id for row in posts],
        duty=checkpoints.Duty(
            checkpoints.chance_of([row.code for row in posts]),
            np.array([checkpoints.KINDS.index(row.kind) for row in posts], dtype=np.int8),
            np.array([shifts[row.begin, row.end] for row in posts], dtype=np.int8),
        ),
        post_areas=_found_areas(posts),
        hotel_ids=[row.id for row in hotels],
        hotel_chance=care.chance_of([row.code for row in hotels]),
        rooms=np.array([row.rooms for row in hotels], dtype=np.int64),
        hotel_areas=_found_areas(hotels),
        drone_ids=[row.id for row in drones],
        drones=[_drone(row, flown) for row in drones],
        teams=[_team(row, flown) for row in connection.execute(_TEAMS)],
        grounds=_found_grounds(flown),
        around=_found_grounds(around),
        city=(city[0], city[1]),
    )


def _found_areas(rows: Any) -> Areas:
    return Areas([row.area_id for row in rows], [row.path for row in rows])


def _found_grounds(rows: Any) -> Grounds:
    return Grounds([shapely.get_geometry(shapely.from_wkb(bytes(row.place)), 0) for row in rows], _found_areas(rows))


def _drone(row: Row[Any], flown: Any) -> patrols.Drone:
    """A drone flies again over what it has flown over before; one that never flew goes anywhere."""
    own = tuple(n for n, ground in enumerate(flown) if ground.drone == row.id)
    return patrols.Drone(row.code, row.name, row.area_id, own or tuple(range(len(flown))))


def _team(row: Row[Any], flown: Any) -> foot.Team:
    """A team walks where drones have flown in its own area, or anywhere where none has."""
    own = tuple(n for n, ground in enumerate(flown) if f"{ground.path}.".startswith(f"{row.path}."))
    return foot.Team(row.code, row.team, (row.area, row.area_id, row.path), own or tuple(range(len(flown))))
