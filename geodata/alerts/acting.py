"""What people do about an alert: see it, give it to somebody, close it; each recorded with who and when."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.alerts.reading import BIGGEST, one
from geodata.errors import ChangedMeanwhile, UnknownFeature

_LOCK = text("SELECT id, seen_by, assigned_to, closed_at, closed_by FROM alert WHERE id = :id FOR NO KEY UPDATE")
_SEE = text("UPDATE alert SET seen_by = :by, seen_at = :now WHERE id = :id")
_ASSIGN = text(
    "UPDATE alert SET assigned_to = :told, assigned_by = :by, assigned_at = :now, seen_by = coalesce(seen_by, :by), "
    "seen_at = coalesce(seen_at, :now) WHERE id = :id"
)
_CLOSE = text("UPDATE alert SET closed_by = :by, closed_at = :now, closed_why = :told WHERE id = :id")
_TELL = text(
    "INSERT INTO alert_event (alert_id, what, by, at, told, area_id, path) "
    "SELECT id, :what, :by, :now, :told, area_id, path FROM alert WHERE id = :id"
)


async def acknowledge(connection: AsyncConnection, alert_id: int, *, by: str, now: datetime) -> dict[str, Any]:
    """Say that somebody has seen an alert, and return it; who saw it first stays. Raises UnknownFeature, ChangedMeanwhile."""
    before = await _held(connection, alert_id, {"by": by})
    if before["seen_by"] is None:
        await _record(connection, _SEE, "acknowledged", {"id": alert_id, "by": by, "now": now, "told": None})
    return await one(connection, alert_id)


async def assign(connection: AsyncConnection, alert_id: int, to: str, *, by: str, now: datetime) -> dict[str, Any]:
    """Give an alert to somebody, who replaces whoever had it, and return it. Raises UnknownFeature, ChangedMeanwhile."""
    before = await _held(connection, alert_id, {"by": by, "to": to})
    if before["assigned_to"] != to:
        await _record(connection, _ASSIGN, "assigned", {"id": alert_id, "by": by, "now": now, "told": to})
    return await one(connection, alert_id)


async def close(connection: AsyncConnection, alert_id: int, why: str, *, by: str, now: datetime) -> dict[str, Any]:
    """Close an alert, and return it. While its cause lasts it does not fire again. Raises UnknownFeature, ChangedMeanwhile."""
    await _held(connection, alert_id, {"by": by, "why": why})
    await _record(connection, _CLOSE, "closed", {"id": alert_id, "by": by, "now": now, "told": why})
    return await one(connection, alert_id)


async def _record(connection: AsyncConnection, change: Any, what: str, binds: dict[str, Any]) -> None:
    await connection.execute(change, binds)
    await connection.execute(_TELL, binds | {"what": what})


async def _held(connection: AsyncConnection, alert_id: int, yours: dict[str, Any]) -> dict[str, Any]:
    """Lock an open alert: whoever comes second waits, and then sees what the first one did."""
    row = None
    if 0 < alert_id < BIGGEST:
        row = (await connection.execute(_LOCK, {"id": alert_id})).mappings().one_or_none()
    if row is None:
        raise UnknownFeature(layer="alerts", id=alert_id)
    if row["closed_at"] is not None:
        raise ChangedMeanwhile(await one(connection, alert_id), yours, who=row["closed_by"] or "")
    return dict(row)
