"""What the tests of layers share: whose eyes, at which moment, what comes back."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text

from geodata.database import Database
from geodata.model import Role, SchemeState
from geodata.scope import Scope
from layers.declaration import Layer, View
from layers.registry import all_layers

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime.now(UTC)
Box = tuple[float, float, float, float]


def layer(name: str) -> Layer:
    return all_layers()[name]


def scope(database: Database, code: str | None = None, role: Role = Role.COMMAND) -> Scope:
    """Return the scope of one area, or of the whole city."""
    with database.owner() as connection:
        found = connection.scalar(
            text("SELECT path::text FROM area WHERE code = :code OR (:code IS NULL AND level = 'city')"), {"code": code}
        )
    assert found
    return Scope(role, (found,))


def view(
    *, zoom: int = 22, box: Box | None = None, at: datetime | None = None, measure: str = "", now: datetime = NOW
) -> View:
    return View.of(now, now.astimezone(ZONE).date(), zoom=zoom, box=box, at=at, measure=measure)


def rows(database: Database, name: str, asked: View, eyes: Scope | None = None) -> list[Row[Any]]:
    """Return what a layer's statement gives to the eyes (none: of the whole city)."""
    with database.owner_scoped(eyes or scope(database)) as connection:
        return list(connection.execute(layer(name).statement(asked)).all())


def run(database: Database, statement: str, **values: object) -> Any:
    """Run one statement as the owner; return the first value of what it returns, if anything."""
    with database.owner() as connection:
        result = connection.execute(text(statement), values)
        return result.scalar() if result.returns_rows else None


def states(database: Database) -> tuple[SchemeState, ...]:
    with database.owner() as connection:
        found = connection.execute(text("SELECT * FROM scheme_state ORDER BY severity")).mappings().all()
    return tuple(SchemeState(**row) for row in found)
