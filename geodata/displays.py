"""Display links: making, listing and revoking them as the owner; finding whose screen holds a link as the gate."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.accounts import Principal, token_digest
from geodata.errors import BadValue, UnknownArea
from geodata.model.people import Role
from geodata.scope import Scope

TOKEN_PREFIX = "wd_"  # noqa: S105 - tells people and secret scanners what the rest is
_NAME = re.compile(r"[^\s/\\:]{1,64}")
_PROGRAMME = re.compile(r"[\w.-]{1,64}")
_HOLDER = text(
    "SELECT d.id, d.name, d.programme, a.code, a.path::text AS path FROM display d JOIN area a ON a.id = d.area_id "
    "WHERE d.digest = :digest AND d.revoked_at IS NULL"
)
_SEEN = text(
    "UPDATE display SET last_seen_at = now() "
    "WHERE id = :id AND coalesce(last_seen_at < now() - interval '1 minute', true)"
)
_MAKE = text(
    "INSERT INTO display (name, digest, programme, created_by, area_id) "
    "SELECT :name, :digest, :programme, :by, id FROM area WHERE code = :area"
)
_LIST = text(
    "SELECT d.name, a.code AS area, d.programme, d.created_by, d.created_at, d.last_seen_at, d.revoked_at "
    "FROM display d JOIN area a ON a.id = d.area_id ORDER BY d.revoked_at IS NOT NULL, d.name, d.created_at"
)


@dataclass(frozen=True, slots=True)
class DisplayRow:
    """One link as the list shows it."""

    name: str
    area: str
    programme: str | None
    created_by: str
    created_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None


def create(connection: Connection, name: str, area: str, programme: str | None = None, *, by: str) -> str:
    """Return the token of a new link, shown this once; only its SHA-256 is kept. Raises BadValue, UnknownArea."""
    if not _NAME.fullmatch(name) or not name.isprintable():
        raise BadValue(name="name", value=name[:64], wanted="1–64 letters without spaces, / \\ or :")
    if programme is not None and not _PROGRAMME.fullmatch(programme):
        raise BadValue(name="programme", value=programme[:64], wanted="the id of a programme")
    if connection.scalar(text("SELECT true FROM display WHERE name = :n AND revoked_at IS NULL"), {"n": name}):
        raise BadValue(name="name", value=name, wanted="a name that no other link has; revoke that one first")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    facts = {"name": name, "digest": token_digest(token), "programme": programme, "by": by, "area": area}
    if connection.execute(_MAKE, facts).rowcount != 1:
        raise UnknownArea(code=area)
    return token


def links(connection: Connection) -> list[DisplayRow]:
    """Return every link, those in force first."""
    return [DisplayRow(**row) for row in connection.execute(_LIST).mappings()]


def revoke(connection: Connection, name: str) -> None:
    """End a link at once, on every screen that holds it. Raises BadValue."""
    ended = text("UPDATE display SET revoked_at = now() WHERE name = :name AND revoked_at IS NULL")
    if connection.execute(ended, {"name": name}).rowcount != 1:
        raise BadValue(name="name", value=name[:64], wanted="a display link in force")


async def by_display(connection: AsyncConnection, token: str) -> Principal | None:
    """Return whose screen holds a link, or none where it is unknown or revoked; notes to the minute that it was seen."""
    row = (await connection.execute(_HOLDER, {"digest": token_digest(token)})).one_or_none()
    if row is None:
        return None
    await connection.execute(_SEEN, {"id": row.id})
    scope = Scope(Role.DISPLAY, (row.path,))
    return Principal(0, f"display:{row.name}", Role.DISPLAY, scope, (row.code,), programme=row.programme or "")
