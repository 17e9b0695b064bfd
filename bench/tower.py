"""The largest building that is promised to open at once: six units of thirty-three floors, four rooms on each."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from geodata.database import Database

UNITS, FLOORS, ROOMS = 6, 33, 4
_BUILDING = text(
    """INSERT INTO building (area_id, kind, name, address, units, floors, rooms_per_floor, place)
    SELECT id, 'tower', '99号楼', name || ' 99号楼', :units, :floors, :rooms,
           ST_Expand(ST_PointOnSurface(place), 0.0004, 0.0001)
    FROM area WHERE code = :grid RETURNING id"""
)
_DOORS = text(
    """INSERT INTO household (building_id, area_id, unit, floor, room, state_id, since, due_on, place)
    SELECT b.id, b.area_id, u, f, (f * 100 + r)::text, s.id, d.since, local_day(d.since) + s.follow_days,
           ST_Centroid(b.place)
    FROM building b, generate_series(1, :units) u, generate_series(1, :floors) f, generate_series(1, :rooms) r,
         LATERAL (SELECT (u * 7919 + f * 104729 + r * 1299709) % 1000 AS lot) n,
         LATERAL (SELECT CAST(:now AS timestamptz) - make_interval(days => n.lot % 17, hours => 1) AS since) d,
         LATERAL (SELECT row_number() OVER (ORDER BY severity) AS place, id, follow_days FROM scheme_state
                  WHERE scheme_id = (SELECT max(id) FROM colour_scheme)) s
    WHERE b.id = :building AND s.place = CASE WHEN n.lot < 20 THEN 1 WHEN n.lot < 55 THEN 2 WHEN n.lot < 120 THEN 3
                                              WHEN n.lot < 180 THEN 4 WHEN n.lot < 270 THEN 5 ELSE 6 END"""
)
_FOUND = text(
    """INSERT INTO household_finding (household_id, area_id, state_id, began, reason, source, entered_by)
    SELECT id, area_id, state_id, since, 'survey', 'bench', 'bench'
    FROM household WHERE building_id = :building"""
)
_GONE = (
    "DELETE FROM household WHERE building_id = :building",
    "DELETE FROM building WHERE id = :building",
)


def raise_tower(connection: Connection, grid: str) -> int:
    """Build it in a grid, every door taken, in every state; return the building's id."""
    size = {"units": UNITS, "floors": FLOORS, "rooms": ROOMS}
    building = int(connection.execute(_BUILDING, {"grid": grid, **size}).scalar_one())
    connection.execute(_DOORS, {"building": building, "now": datetime.now(UTC), **size})
    connection.execute(_FOUND, {"building": building})
    return building


@contextmanager
def tower(database: Database, grid: str) -> Iterator[int]:
    """Let it stand until the block ends; yields the building's id."""
    with database.owner() as connection:
        building = raise_tower(connection, grid)
    try:
        yield building
    finally:
        with database.owner() as connection:
            for statement in _GONE:
                connection.execute(text(statement), {"building": building})
