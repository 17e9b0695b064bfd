"""Blocked streets and controlled exits: drawn by somebody inside their own areas, ended by somebody, never deleted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import current_code, statement
from geodata.errors import BadValue, ChangedMeanwhile, OutsideArea, UnknownFeature
from geodata.gates import taken
from geodata.shapes import drawn

KINDS = ("blocked_street", "controlled_exit")
TOLERANCE = 5e-5
"""Degrees (some five metres) that a drawn line may reach beyond an area: nobody draws along a border more exactly."""
_ONE = """SELECT c.id, c.kind, lower(c.valid) AS since, upper(c.valid) AS until, c.reason, c.entered_by AS by, c.end_reason,
    c.ended_by, c.client_id, c.end_client_id, a.code AS area_code, a.name AS area_name, ST_AsGeoJSON(c.place, 6)::json AS geometry
    FROM closure c JOIN area a ON a.id = c.area_id WHERE """
_BY_ID = text(f"{_ONE} c.id = :id")
_LOCKED = text(f"{_ONE} c.id = :id FOR NO KEY UPDATE OF c")
_BY_CLIENT = text(f"{_ONE} c.client_id = :client")
_DRAW = text(
    "INSERT INTO closure (kind, valid, reason, entered_by, client_id, place, area_id, path) "
    "SELECT :kind, tstzrange(:moment, NULL), :reason, :by, :client, ST_GeomFromText(:place, 4326), id, path "
    "FROM area WHERE id = :area RETURNING id"
)
_END = text(
    "UPDATE closure SET valid = tstzrange(lower(valid), :moment), end_reason = :reason, ended_by = :by, "
    "end_client_id = :client WHERE id = :id"
)


async def closure(connection: AsyncConnection, closure_id: int) -> dict[str, Any]:
    """Return one closure, standing or ended. Raises UnknownFeature."""
    return _told(await _row(connection, closure_id, locked=False))


async def draw(
    connection: AsyncConnection,
    kind: str,
    geometry: Mapping[str, Any],
    *,
    area_code: str | None,
    reason: str,
    by: str,
    client_id: UUID,
    now: datetime,
) -> dict[str, Any]:
    """Keep what somebody drew from now on, and return it; a client id that is known draws nothing.

    Without `area_code` it belongs to the deepest area around it. Raises BadShape and its kinds, OutsideArea, UnknownArea.
    """
    if kind not in KINDS:
        raise BadValue(name="kind", value=kind, wanted=", ".join(KINDS))
    known = (await connection.execute(_BY_CLIENT, {"client": client_id})).one_or_none()
    if known is not None:
        return _told(known)
    place = drawn(geometry).wkt
    area = await _area(connection, place, area_code)
    binds = {"kind": kind, "moment": now, "reason": reason, "by": by, "client": client_id, "place": place, "area": area}
    try:
        number = await connection.scalar(_DRAW, binds)
    except IntegrityError as error:
        raise taken(error, "client_id", client_id) from error
    return await closure(connection, number or 0)


async def _area(connection: AsyncConnection, place: str, area_code: str | None) -> int:
    """Return the id of the area that a shape belongs to. Raises OutsideArea, UnknownArea."""
    code = None if area_code is None else await current_code(connection, area_code)
    binds = {"place": place, "code": code, "tolerance": TOLERANCE}
    found = (await connection.execute(statement("around"), binds)).one()
    if not found.inside or found.area_id is None:
        raise OutsideArea
    return int(found.area_id)


async def end(
    connection: AsyncConnection, closure_id: int, *, reason: str, by: str, client_id: UUID, now: datetime
) -> dict[str, Any]:
    """End a closure now, and return it. Raises UnknownFeature, and ChangedMeanwhile where somebody else ended it before."""
    before = await _row(connection, closure_id, locked=True)
    if before.end_client_id == client_id:
        return _told(before)
    if before.until is not None:
        raise ChangedMeanwhile(_told(before), {"reason": reason, "by": by}, who=before.ended_by)
    moment = max(now, before.since + timedelta(milliseconds=1))
    try:
        binds = {"id": closure_id, "moment": moment, "reason": reason, "by": by, "client": client_id}
        await connection.execute(_END, binds)
    except IntegrityError as error:
        raise taken(error, "client_id", client_id) from error
    return await closure(connection, closure_id)


def _told(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if not name.endswith("client_id")}  # noqa: SLF001


async def _row(connection: AsyncConnection, closure_id: int, *, locked: bool) -> Row[Any]:
    row = None
    if 0 < closure_id < 2**63:
        row = (await connection.execute(_LOCKED if locked else _BY_ID, {"id": closure_id})).one_or_none()
    if row is None:
        raise UnknownFeature(layer="closures", id=closure_id)
    return row
