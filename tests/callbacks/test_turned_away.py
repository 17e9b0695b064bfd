"""What was refused is seen by whoever decides about it, where it happened, and by nobody else."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from callbacks.turned_away import load, section
from geodata.database import Database
from geodata.model import Role
from geodata.scope import Scope
from tests.places import BEGAN, CITY, EAST, GRIDS, WEST

NOW = BEGAN + timedelta(days=20)


def refuse(city: Database, grid: str, at: datetime) -> None:
    """Keep a refused change of the first household of a grid."""
    with city.owner() as connection:
        asked = "SELECT h.id, a.path FROM household h JOIN area a ON a.id = h.area_id WHERE a.code = :grid ORDER BY 1 LIMIT 1"
        door, path = connection.execute(text(asked), {"grid": grid}).one()
        connection.execute(text("SELECT set_config('app.home_paths', :path, true)"), {"path": path})
        keep = "SELECT keep_refused('leader', :client, :door, 'change', 'wuhan', 'returned', :at, 'unknown')"
        connection.execute(text(keep), {"client": uuid4(), "door": door, "at": at})
        connection.execute(text("UPDATE refused_change SET at = :at WHERE effective = :at"), {"at": at})


async def seen(city: Database, code: str, role: Role, area: str) -> Any:
    """Return what somebody with one area sees below an area."""
    with city.owner() as connection:
        path = connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": code})
    async with city.scoped(Scope(role, (str(path),))) as connection_:
        return await load(connection_, role, area, NOW)


async def test_officers_see_what_was_refused_in_their_areas(tiny_city: Database) -> None:
    """Below the shown area alone, lately alone; with place, sender, time and the reason in words."""
    refuse(tiny_city, GRIDS[EAST][0], NOW - timedelta(hours=1))
    refuse(tiny_city, GRIDS[WEST][0], NOW - timedelta(hours=2))
    refuse(tiny_city, GRIDS[EAST][1], NOW - timedelta(days=15))
    assert len(await seen(tiny_city, CITY, Role.COMMAND, CITY)) == 2
    assert len(await seen(tiny_city, CITY, Role.COMMAND, EAST)) == 1
    assert await seen(tiny_city, EAST, Role.OFFICER, WEST) == ()
    assert await seen(tiny_city, GRIDS[EAST][0], Role.GRID, GRIDS[EAST][0]) == ()
    (one,) = await seen(tiny_city, EAST, Role.OFFICER, EAST)
    (shown,) = section((one,) * 5, NOW, "en")
    said = str(shown)
    for words in ("Changes not entered", f"grid {GRIDS[EAST][0]} 1号楼 1-101", "leader", "no longer yours", "2 more"):
        assert words in said
    assert section((), NOW, "en") == []
    await tiny_city.close()
