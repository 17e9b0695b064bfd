"""Blocked streets and controlled exits: drawn by somebody inside their own areas, ended by somebody, never deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    """INSERT INTO closure (kind, valid, reason, entered_by, client_id, place, area_id, path)
       SELECT r.kind, tstzrange(r.since, NULL), r.reason, :by, r.client, ST_GeomFromText(r.place, 4326), a.id, a.path
       FROM unnest(CAST(:clients AS uuid[]), CAST(:kinds AS text[]), CAST(:places AS text[]), CAST(:areas AS int[]),
                   CAST(:sinces AS timestamptz[]), CAST(:reasons AS text[])) AS r(client, kind, place, area, since, reason)
       JOIN area a ON a.id = r.area ORDER BY r.client
       ON CONFLICT (client_id) DO NOTHING RETURNING client_id"""
)
_END = text(
    "UPDATE closure SET valid = tstzrange(lower(valid), :moment), end_reason = :reason, ended_by = :by, "
    "end_client_id = :client WHERE id = :id"
)
_END_ALL = text(
    """UPDATE closure c SET valid = tstzrange(lower(c.valid), greatest(r.until, lower(c.valid) + interval '1 millisecond')),
              end_reason = r.reason, ended_by = :by, end_client_id = r.client
       FROM unnest(CAST(:drawn AS uuid[]), CAST(:untils AS timestamptz[]), CAST(:reasons AS text[]),
                   CAST(:clients AS uuid[])) AS r(drawn, until, reason, client)
       WHERE c.client_id = r.drawn AND upper_inf(c.valid) RETURNING c.client_id"""
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is to be drawn: a line or area (WKT, degrees) of an area (its id), from a moment on."""

    client: UUID
    kind: str
    place: str
    area: int
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class End:
    """What is to be ended, by the client id of its drawing; `client` is the ending's own."""

    drawn: UUID
    client: UUID
    until: datetime
    reason: str


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
    code = None if area_code is None else await current_code(connection, area_code)
    (area,) = await areas_around(connection, [place], [code])
    if area is None:
        raise OutsideArea
    if not await draw_all(connection, [Drawing(client_id, kind, place, area, now, reason)], by):
        raise BadValue(name="client_id", value=client_id, wanted="UUID")
    return _told((await connection.execute(_BY_CLIENT, {"client": client_id})).one())


async def areas_around(
    connection: AsyncConnection, places: Sequence[str], codes: Sequence[str | None]
) -> list[int | None]:
    """Return the id of the area that each shape (WKT, degrees) belongs to: the one of its code, or the deepest around it.

    None where a shape leaves the reader's areas, or lies apart from the one that is named.
    """
    asked = {"places": places, "codes": codes, "tolerance": TOLERANCE}
    rows = await connection.execute(statement("around"), asked)
    return [row.area_id if row.inside else None for row in rows]


async def draw_all(connection: AsyncConnection, drawings: Sequence[Drawing], by: str) -> set[UUID]:
    """Keep what is drawn in areas that were looked at, once a client id; return the client ids of what is new."""
    binds = {
        "clients": [one.client for one in drawings],
        "kinds": [one.kind for one in drawings],
        "places": [one.place for one in drawings],
        "areas": [one.area for one in drawings],
        "sinces": [one.since for one in drawings],
        "reasons": [one.reason for one in drawings],
    }
    return set(await connection.scalars(_DRAW, binds | {"by": by})) if drawings else set()


async def end_all(connection: AsyncConnection, ends: Sequence[End], by: str) -> set[UUID]:
    """End what stands; return the client ids of what did. What somebody has ended stays as it was ended."""
    binds = {
        "drawn": [one.drawn for one in ends],
        "clients": [one.client for one in ends],
        "untils": [one.until for one in ends],
        "reasons": [one.reason for one in ends],
    }
    return set(await connection.scalars(_END_ALL, binds | {"by": by})) if ends else set()


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
