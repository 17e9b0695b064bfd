"""Files made by rule for the tiny city, and who brings them."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.imports import Options, Report, import_file
from geodata.model import Role
from geodata.scope import Scope
from tests.places import CITY, LOOKS

Bring = Callable[..., Awaitable[Report]]
Cells = dict[str, str]


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    """Return the tiny city, its states called as in Sanmenxia."""
    with tiny_city.owner() as connection:
        named = "UPDATE scheme_state SET zh = :zh WHERE code = :code"
        connection.execute(text(named), [{"code": state.code, "zh": state.zh} for state in LOOKS.values()])
    yield tiny_city
    await tiny_city.close()


@pytest.fixture
def admin(city: Database) -> Scope:
    with city.owner() as connection:
        path = str(connection.scalar(text("SELECT path FROM area WHERE code = :code"), {"code": CITY}))
    return Scope(Role.ADMIN, (path,))


@pytest.fixture
def bring(city: Database, admin: Scope) -> Bring:
    """Return who brings a file in somebody's name, an administrator's of the whole city where nobody is named."""

    async def brought(kind: str, file: Path, scope: Scope | None = None, sender: str = "police", **more: Any) -> Report:
        return await import_file(city, scope or admin, kind, file, Options(**more), sender=sender, by="tests")

    return brought


@pytest.fixture
def doors(city: Database) -> Callable[[int], list[Cells]]:
    """Return rows of new doors spread over all buildings of the city, each with a place in its own grid."""

    def made(count: int) -> list[Cells]:
        chance = random.Random(20200211)
        with city.owner() as connection:
            homes = connection.execute(
                text(
                    "SELECT a.code, b.address, ST_XMin(a.place) AS w, ST_YMin(a.place) AS s, ST_XMax(a.place) AS e, "
                    "ST_YMax(a.place) AS n FROM building b JOIN area a ON a.id = b.area_id ORDER BY b.id"
                )
            ).all()
        return [
            {
                "网格编码": home.code,
                "地址": home.address,
                "单元": "7",
                "楼层": str(1 + n // 100),
                "房号": str(n),
                "状态": "正常",
                "排查时间": "2026-01-05 08:00",
                "经度": f"{chance.uniform(home.w, home.e):.7f}",
                "纬度": f"{chance.uniform(home.s, home.n):.7f}",
            }
            for n in range(count)
            for home in [homes[n % len(homes)]]
        ]

    return made


def table(file: Path, rows: list[Cells], encoding: str = "utf-8") -> Path:
    """Write rows as CSV."""
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    file.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return file
