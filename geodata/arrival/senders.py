"""Senders 上报单位: offices that deliver by a token of their own, which delivers one kind into their areas and nothing else."""

import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from psycopg.errors import UniqueViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.accounts import Principal, token_digest
from geodata.errors import BadValue, UnknownArea, UnknownSender
from geodata.feeds.floor.fields import names_nobody
from geodata.feeds.floor.registry import get
from geodata.model.people import Role
from geodata.scope import Scope

TOKEN_PREFIX = "ws_"  # noqa: S105 - tells people and secret scanners what the rest is
NAME_PREFIX = "sender:"
"""Before a sender's code in journals; no account's name holds a colon."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_HOLDER = text(
    """SELECT t.id, s.code, t.kind, array_agg(a.path::text ORDER BY nlevel(a.path), a.code) AS paths,
              array_agg(a.code ORDER BY nlevel(a.path), a.code) AS codes
       FROM sender_token t JOIN sender s ON s.id = t.sender_id
       JOIN sender_area sa ON sa.sender_id = s.id JOIN area a ON a.id = sa.area_id
       WHERE t.digest = :digest AND coalesce(t.expires_at > now(), true) AND NOT s.disabled
       GROUP BY t.id, s.code, t.kind"""
)
_USED = text(
    "UPDATE sender_token SET last_used_at = now() "
    "WHERE id = :id AND coalesce(last_used_at < now() - interval '10 minutes', true)"
)
_AREAS = text("SELECT id, code, path::text FROM area WHERE code = ANY (CAST(:codes AS text[]))")
_MAKE = text(
    "INSERT INTO sender (code, name, created_by, area_id) "
    "SELECT :code, :name, :by, id FROM area WHERE id = common_area(:paths) RETURNING id"
)
_PLACE = text("INSERT INTO sender_area (sender_id, area_id) SELECT :id, unnest(CAST(:areas AS int[]))")
_ID = text("SELECT id FROM sender WHERE code = :code")
_MAKE_TOKEN = text(
    "INSERT INTO sender_token (digest, sender_id, kind, created_by, expires_at) "
    "VALUES (:digest, :sender, :kind, :by, :end) RETURNING id"
)
_REVOKE = text("DELETE FROM sender_token WHERE id = :id AND sender_id = :sender")
_DISABLE = text("UPDATE sender SET disabled = :disabled WHERE code = :code")
_LIST = text(
    """SELECT s.code, s.name, s.disabled, s.created_by, s.created_at,
              ARRAY(SELECT a.code FROM sender_area sa JOIN area a ON a.id = sa.area_id WHERE sa.sender_id = s.id ORDER BY 1)
                  AS areas,
              coalesce((SELECT json_agg(json_build_object(
                      'id', t.id, 'kind', t.kind, 'created_by', t.created_by, 'created_at', t.created_at,
                      'expires_at', t.expires_at, 'last_used_at', t.last_used_at) ORDER BY t.kind, t.id)
                  FROM sender_token t WHERE t.sender_id = s.id), '[]') AS tokens
       FROM sender s WHERE CAST(:code AS text) IS NULL OR s.code = :code ORDER BY s.code"""
)


class NewToken(NamedTuple):
    """A token just made: what to revoke it by, and the secret, which is told this once."""

    id: int
    token: str


async def by_token(connection: AsyncConnection, token: str) -> Principal | None:
    """Return the sender that holds a token, or none; notes to ten minutes that it was used. Asked through the gate."""
    row = (await connection.execute(_HOLDER, {"digest": token_digest(token)})).one_or_none()
    if row is None:
        return None
    await connection.execute(_USED, {"id": row.id})
    paths = tuple(p for p in row.paths if not any(p.startswith(f"{above}.") for above in row.paths))
    scope = Scope(Role.OFFICER, paths)
    return Principal(0, NAME_PREFIX + row.code, Role.OFFICER, scope, tuple(row.codes), feed=row.kind)


async def add(connection: AsyncConnection, code: str, name: str, areas: Sequence[str], *, by: str) -> None:
    """Add an office. All its areas must lie in the caller's scope. Raises BadValue, UnknownArea."""
    _demand_names(code, name)
    wanted = list(dict.fromkeys(areas))
    found = (await connection.execute(_AREAS, {"codes": wanted})).all()
    unknown = next((area for area in wanted if area not in {row.code for row in found}), None)
    if not wanted or unknown is not None:
        raise UnknownArea(code=unknown or "")
    facts = {"code": code, "name": name, "by": by, "paths": ",".join(row.path for row in found)}
    try:
        async with connection.begin_nested():
            made = await connection.scalar(_MAKE, facts)
    except DBAPIError as error:
        if isinstance(error.orig, UniqueViolation):
            raise BadValue(name="code", value=code, wanted="a code that no other sender has") from None
        raise
    if made is None:
        # Areas of two counties belong to the city's own senders.
        raise UnknownArea(code=", ".join(wanted))
    await connection.execute(_PLACE, {"id": made, "areas": [row.id for row in found]})


def _demand_names(code: str, name: str) -> None:
    if not _CODE.fullmatch(code):
        raise BadValue(name="code", value=code[:40], wanted="1–40 letters, digits, . _ -")
    if not name.strip() or len(name) > 80 or not name.isprintable() or not names_nobody(name):
        raise BadValue(name="name", value="…", wanted="the name of an office, 1–80 letters, nobody's number")


async def add_token(connection: AsyncConnection, code: str, kind: str, days: int | None = None, *, by: str) -> NewToken:
    """Return a new token of a sender for one kind; only its SHA-256 is kept. Raises UnknownSender, UnknownKind, BadValue."""
    if get(kind).foundation:
        raise BadValue(name="kind", value=kind, wanted="a kind that offices deliver")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    end = None if days is None else datetime.now(UTC) + timedelta(days=days)
    facts = {"digest": token_digest(token), "sender": await _id(connection, code), "kind": kind, "by": by, "end": end}
    return NewToken(int((await connection.scalars(_MAKE_TOKEN, facts)).one()), token)


async def revoke(connection: AsyncConnection, code: str, token_id: int) -> None:
    """Take a token back, at once. Raises UnknownSender."""
    done = await connection.execute(_REVOKE, {"id": token_id, "sender": await _id(connection, code)})
    if not done.rowcount:
        raise UnknownSender(code=f"{code} {token_id}")


async def disable(connection: AsyncConnection, code: str, *, disabled: bool = True) -> None:
    """Shut a sender out at once with all its tokens, or let it in again. Raises UnknownSender."""
    if not (await connection.execute(_DISABLE, {"code": code, "disabled": disabled})).rowcount:
        raise UnknownSender(code=code)


async def senders(connection: AsyncConnection, code: str | None = None) -> list[dict[str, Any]]:
    """Return the senders of the reader's areas (or one of them) with their tokens, never with what signs in."""
    return [dict(row) for row in (await connection.execute(_LIST, {"code": code})).mappings()]


async def _id(connection: AsyncConnection, code: str) -> int:
    found = await connection.scalar(_ID, {"code": code})
    if found is None:
        raise UnknownSender(code=code)
    return int(found)
