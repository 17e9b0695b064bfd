"""A city with posts, hotels, clinics and drones in it, and somebody for each of its counties who delivers."""

from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.model.people import Role
from geodata.scope import Scope
from tests.places import CITY, EAST, GRIDS, WEST

_WORK = (
    "shop_price",
    "shop_day",
    "shop",
    "checkpoint_staffing",
    "track_point",
    "patrol_event",
    "flight",
    "drone",
    "hotel_day",
    "hotel",
    "clinic",
    "checkpoint_hour",
    "checkpoint",
)
"""What the tiny city has of its own, and would have to be counted with ours."""
_THINGS = (
    "INSERT INTO checkpoint (code, name, kind, staffed_from, staffed_to, place, area_id) "
    "SELECT code || '-P' || n, '卡口', 'gate', '00:00', '00:00', ST_PointOnSurface(place), id "
    "FROM area, generate_series(1, 3) n WHERE level = 'grid'",
    "INSERT INTO hotel (code, name, address, telephone, rooms, place, area_id) "
    "SELECT code || '-H', '宾馆', '', '', 40, ST_PointOnSurface(place), id FROM area WHERE level = 'grid'",
    "INSERT INTO clinic (code, kind, name, address, telephone, hours, status, reported_at, place, area_id) "
    "SELECT code || '-C', 'fever_clinic', '门诊', '', '', '', 'open', '2020-01-01', ST_PointOnSurface(place), id "
    "FROM area WHERE level = 'grid'",
    "INSERT INTO drone (code, name, camera_degrees, area_id) "
    "SELECT code || '-D', '无人机', 60, id FROM area WHERE level = 'township'",
)


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    """Return the tiny city with three posts, a hotel and a clinic a grid and a drone a township."""
    with tiny_city.owner() as connection:
        for statement in (*(f"DELETE FROM {table}" for table in _WORK), *_THINGS):
            connection.execute(text(statement))
        assert connection.scalar(text("SELECT count(*) FROM checkpoint")) == 12
    yield tiny_city
    await tiny_city.close()


@pytest.fixture
def scope(city: Database) -> Callable[..., Scope]:
    """Return a maker of scopes over areas by their codes."""

    def made(*codes: str, role: Role = Role.OFFICER) -> Scope:
        with city.owner() as connection:
            paths = connection.scalars(
                text("SELECT path::text FROM area WHERE code = ANY (:codes)"), {"codes": list(codes)}
            ).all()
        assert len(paths) == len(codes)
        return Scope(role, tuple(paths))

    return made


@pytest.fixture
def east(scope: Callable[..., Scope]) -> Scope:
    return scope(EAST)


@pytest.fixture
def everywhere(scope: Callable[..., Scope]) -> Scope:
    return scope(CITY)


POST, OTHER_POST, FOREIGN_POST = f"{GRIDS[EAST][0]}-P1", f"{GRIDS[EAST][1]}-P2", f"{GRIDS[WEST][0]}-P1"
