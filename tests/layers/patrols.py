"""Flights over the tiny city."""

from datetime import datetime, timedelta

from geodata.database import Database
from tests.layers.looking import run
from tests.places import EAST, GRIDS


def none(database: Database) -> None:
    for table in ("patrol_event", "track_point", "flight"):
        run(database, f"DELETE FROM {table}")


def flight(
    database: Database,
    code: str,
    begin: datetime,
    end: datetime | None,
    *,
    points: int = 20,
    grid: str = GRIDS[EAST][0],
) -> int:
    """Fly east from 111.001° E, a point a minute, 0.0005° apart; return the flight's id."""
    run(database, "SELECT ensure_partitions(:a, :b)", a=begin.date(), b=begin.date() + timedelta(days=1))
    found = run(
        database,
        "INSERT INTO flight (code, drone_id, started_at, ended_at, area_id) SELECT :code, d.id, :begin, :end, d.area_id "
        "FROM drone d JOIN area a ON a.id = d.area_id WHERE a.code = :grid RETURNING id",
        code=code,
        begin=begin,
        end=end,
        grid=grid,
    )
    run(
        database,
        "INSERT INTO track_point (flight_id, at, height_m, area_id, place) SELECT :id, :begin + make_interval(mins => i), "
        "80 + i, (SELECT a.id FROM area a WHERE a.level = 'grid' AND ST_Covers(a.place, p.place) LIMIT 1), p.place "
        "FROM generate_series(0, :points - 1) i, "
        "LATERAL (SELECT ST_SetSRID(ST_MakePoint(111.001 + i * 0.0005, 34.003), 4326) AS place) p",
        id=found,
        begin=begin,
        points=points,
    )
    assert isinstance(found, int)
    return found
