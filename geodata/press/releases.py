"""Releases 发布: asked for by one account, approved by another, released, withdrawn; each step with who and when.

What each state allows is kept by the database as well (0016_rules.sql); here it is asked first, for a sentence to say.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.accounts import Principal
from geodata.areas import current_code
from geodata.errors import UnknownArea
from geodata.model import Role
from geodata.press.order import Order
from geodata.press.reading import BIGGEST, one
from geodata.press.refusals import NotForDesk, OwnWork, StillDrawing, UnknownRelease, WrongState
from geodata.press.roles import MAKERS
from geodata.scope import Scope

Form = Literal["png", "pdf", "svg", "html", "gif", "mp4"]
FORMS: tuple[Form, ...] = get_args(Form)
FILMS = ("gif", "mp4")
"""Forms that show several days."""

_DRAFT = text(
    "INSERT INTO press_release (ordered, forms, batch, paths, made_by, made_by_id, made_at, area_id) "
    "SELECT CAST(:ordered AS jsonb), :forms, :batch, :paths, :by, :by_id, :now, id FROM area WHERE code = :code "
    "RETURNING id"
)
_LOCK = text(
    "SELECT id, state, made_by_id, made_by, manifest IS NOT NULL AS drawn FROM press_release "
    "WHERE id = :id FOR NO KEY UPDATE"
)
_APPROVE = text(
    "UPDATE press_release SET state = 'approved', approved_by = :by, approved_by_id = :by_id, approved_at = :now "
    "WHERE id = :id"
)
_RELEASE = text("UPDATE press_release SET state = 'released', released_by = :by, released_at = :now WHERE id = :id")
_END = text("UPDATE press_release SET state = :state, ended_by = :by, ended_at = :now, reason = :reason WHERE id = :id")


def demand_desk(scope: Scope) -> None:
    """Raise NotForDesk for a role that makes no pictures: grid leaders and screens."""
    if scope.role not in MAKERS:
        raise NotForDesk


def public_scope(scope: Scope) -> Scope:
    """Return the scope in which pictures are read, whoever asks: the press's own rights in the same areas."""
    return Scope(Role.PRESS, scope.paths)


async def draft(
    connection: AsyncConnection,
    order: Order,
    forms: Sequence[Form],
    *,
    by: Principal,
    now: datetime,
    batch: UUID | None = None,
) -> int:
    """Begin a release and return its id; what it asks for is made in the background. Raises UnknownArea."""
    code = await current_code(connection, order.area)
    found = await connection.scalar(
        _DRAFT,
        {
            "ordered": json.dumps(order.model_dump(mode="json"), ensure_ascii=False),
            "forms": list(dict.fromkeys(forms)),
            "batch": batch,
            "paths": ",".join(by.scope.paths),
            "by": by.username,
            "by_id": by.account_id,
            "now": now,
            "code": code,
        },
    )
    if found is None:
        raise UnknownArea(code=order.area)
    return int(found)


async def approve(connection: AsyncConnection, release_id: int, *, by: Principal, now: datetime) -> dict[str, Any]:
    """Approve a draft, which gives it its number, and return it. Raises UnknownRelease, OwnWork, WrongState."""
    held = await _held(connection, release_id, "approved", ("draft",), by)
    if by.account_id == held["made_by_id"] or by.username == held["made_by"]:
        raise OwnWork
    return await _step(connection, _APPROVE, release_id, by, now)


async def reject(
    connection: AsyncConnection, release_id: int, reason: str, *, by: Principal, now: datetime
) -> dict[str, Any]:
    """Send a draft back for good, and return it. Raises UnknownRelease, WrongState."""
    await _held(connection, release_id, "rejected", ("draft",), by)
    return await _step(connection, _END, release_id, by, now, state="rejected", reason=reason)


async def release(connection: AsyncConnection, release_id: int, *, by: Principal, now: datetime) -> dict[str, Any]:
    """Let an approved picture out, and return it. Raises UnknownRelease, WrongState, StillDrawing."""
    held = await _held(connection, release_id, "released", ("approved",), by)
    if not held["drawn"]:
        raise StillDrawing(await one(connection, release_id), {"state": "released", "by": by.username})
    return await _step(connection, _RELEASE, release_id, by, now)


async def withdraw(
    connection: AsyncConnection, release_id: int, reason: str, *, by: Principal, now: datetime
) -> dict[str, Any]:
    """Take back what was released, or what was approved and never will be. Raises UnknownRelease, WrongState."""
    await _held(connection, release_id, "withdrawn", ("approved", "released"), by)
    return await _step(connection, _END, release_id, by, now, state="withdrawn", reason=reason)


async def _step(
    connection: AsyncConnection, change: TextClause, release_id: int, by: Principal, now: datetime, **more: Any
) -> dict[str, Any]:
    await connection.execute(change, {"id": release_id, "by": by.username, "now": now, **_ids(change, by), **more})
    return await one(connection, release_id)


def _ids(change: TextClause, by: Principal) -> dict[str, int]:
    return {"by_id": by.account_id} if change is _APPROVE else {}


async def _held(
    connection: AsyncConnection, release_id: int, wanted: str, states: tuple[str, ...], by: Principal
) -> dict[str, Any]:
    """Lock a release in one of the states: whoever comes second waits, and then sees what the first one did."""
    row = None
    if 0 < release_id <= BIGGEST:
        row = (await connection.execute(_LOCK, {"id": release_id})).mappings().one_or_none()
    if row is None:
        raise UnknownRelease(id=release_id)
    if row["state"] not in states:
        now = await one(connection, release_id)
        raise WrongState(now, {"state": wanted, "by": by.username}, state=row["state"])
    return dict(row)
