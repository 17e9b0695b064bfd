"""Templates 模板: orders that are given often, kept with an area; its name is unique there."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import current_code
from geodata.errors import UnknownArea
from geodata.press.order import Order
from geodata.press.reading import BIGGEST
from geodata.press.refusals import TemplateTaken, UnknownTemplate

_COLUMNS = (
    't.id, t.name, t.ordered AS "order", t.forms, t.changed_by, t.changed_at, a.code AS area '
    "FROM press_template t JOIN area a ON a.id = t.area_id"
)
_LIST = text(f"SELECT {_COLUMNS} ORDER BY a.code, t.name")
_ONE = text(f"SELECT {_COLUMNS} WHERE t.id = :id")
_NAMED = text(f"SELECT {_COLUMNS} WHERE t.name = :name ORDER BY nlevel(t.path), a.code LIMIT 1")
_ADD = text(
    "INSERT INTO press_template (name, ordered, forms, changed_by, changed_at, area_id) "
    "SELECT :name, CAST(:ordered AS jsonb), :forms, :by, :now, id FROM area WHERE code = :area RETURNING id"
)
_CHANGE = text(
    "UPDATE press_template SET name = :name, ordered = CAST(:ordered AS jsonb), forms = :forms, changed_by = :by, "
    "changed_at = :now WHERE id = :id RETURNING id"
)
_INSIDE = text(
    "SELECT EXISTS (SELECT FROM area a JOIN area o ON o.path <@ a.path WHERE a.code = :area AND o.code = :code)"
)
_COUNTIES = text(
    "SELECT c.code FROM area a JOIN area c ON c.path <@ a.path WHERE a.code = :code AND c.level = 'county' ORDER BY c.code"
)


async def listed(connection: AsyncConnection) -> list[dict[str, Any]]:
    """Return the templates of the reader's areas, by area and name."""
    return [dict(row) for row in (await connection.execute(_LIST)).mappings()]


async def one(connection: AsyncConnection, template_id: int) -> dict[str, Any]:
    """Return one template. Raises UnknownTemplate."""
    row = None
    if 0 < template_id <= BIGGEST:
        row = (await connection.execute(_ONE, {"id": template_id})).mappings().one_or_none()
    if row is None:
        raise UnknownTemplate(id=template_id)
    return dict(row)


def named(connection: Connection, name: str) -> dict[str, Any]:
    """Return the topmost template of a name, for the command line. Raises UnknownTemplate."""
    row = connection.execute(_NAMED, {"name": name}).mappings().one_or_none()
    if row is None:
        raise UnknownTemplate(id=name[:40])
    return dict(row)


async def keep(
    connection: AsyncConnection,
    name: str,
    order: Order,
    forms: Sequence[str],
    *,
    area: str = "",
    template_id: int | None = None,
    by: str,
    now: datetime,
) -> dict[str, Any]:
    """Add a template to an area (without one: the order's own), or change one, and return it.

    Raises UnknownTemplate, UnknownArea, TemplateTaken.
    """
    code = await current_code(connection, order.area)
    before = None if template_id is None else await one(connection, template_id)
    owner = before["area"] if before else await current_code(connection, area or code)
    if not await connection.scalar(_INSIDE, {"area": owner, "code": code}):
        raise UnknownArea(code=order.area)
    values = {
        "id": template_id,
        "name": name,
        "ordered": json.dumps(order.model_dump(mode="json"), ensure_ascii=False),
        "forms": list(dict.fromkeys(forms)),
        "by": by,
        "now": now,
        "area": owner,
    }
    values = {key: value for key, value in values.items() if key != ("id" if before is None else "area")}
    try:
        async with connection.begin_nested():
            found = await connection.scalar(_CHANGE if before else _ADD, values)
    except IntegrityError as error:
        taken = {"name": name, "area": owner}
        raise TemplateTaken(taken, taken, name=name) from error
    return await one(connection, int(found))


async def drop(connection: AsyncConnection, template_id: int) -> None:
    """Take a template away. Raises UnknownTemplate."""
    await one(connection, template_id)
    await connection.execute(text("DELETE FROM press_template WHERE id = :id"), {"id": template_id})


async def counties(connection: AsyncConnection, code: str) -> list[str]:
    """Return the codes of the counties at and below an area, as far as the reader sees them."""
    found = await connection.scalars(_COUNTIES, {"code": await current_code(connection, code)})
    return list(found)
