"""Accounts, sessions and tokens: who may sign in, who is asking, and how often somebody may guess."""

import asyncio
import hashlib
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError, VerifyMismatchError
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.database import Database
from geodata.errors import TooManyAttempts, WrongPassword
from geodata.model.people import Role
from geodata.scope import Scope

SESSION_LASTS = timedelta(hours=12)
"""Counted from the sign-in and not from the last click, so that a stolen cookie ends too."""
WINDOW = timedelta(minutes=5)
MOST_BY_NAME = 10
MOST_BY_ADDRESS = 40
LONGEST_PASSWORD = 200
HASHER = PasswordHasher()
_NOBODY = "$argon2id$v=19$m={0.memory_cost},t={0.time_cost},p={0.parallelism}${1}${2}".format(
    HASHER, *(b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (HASHER.salt_len, HASHER.hash_len))
)
"""Verified for unknown names, so that an answer takes as long as for a known one: the hash of no password. Hashing one would
hold up every program that starts."""
_verifying = asyncio.Semaphore(2)
"""Each verification takes 64 MB and a core for a moment."""

_HOLDER = """
    SELECT a.id, a.username, a.role,
           coalesce(array_agg(ar.path::text ORDER BY nlevel(ar.path), ar.code) FILTER (WHERE ar.id IS NOT NULL), '{}')
               AS paths,
           coalesce(array_agg(ar.code ORDER BY nlevel(ar.path), ar.code) FILTER (WHERE ar.id IS NOT NULL), '{}') AS codes
    FROM account a
    LEFT JOIN account_area aa ON aa.account_id = a.id LEFT JOIN area ar ON ar.id = aa.area_id
    WHERE NOT a.disabled AND (NOT a.demo OR (SELECT value FROM setting WHERE name = 'demo') = 'true')
      AND a.id = (SELECT account_id FROM {held} AND expires_at > now()) GROUP BY a.id"""
_BY_SESSION = text(_HOLDER.replace("{held}", "session WHERE id = :key"))
_BY_TOKEN = text(
    _HOLDER.replace("{held}", "api_token WHERE digest = :key").replace(
        "expires_at >", "coalesce(expires_at, 'infinity') >"
    )
)
_BY_NAME = text(
    _HOLDER.replace(
        "(SELECT account_id FROM {held} AND expires_at > now())", "(SELECT id FROM account WHERE username = :key)"
    )
)
_ACCOUNT = text(
    "SELECT id, password_hash FROM account WHERE username = :name AND NOT disabled "
    "AND (NOT demo OR (SELECT value FROM setting WHERE name = 'demo') = 'true')"
)
_ATTEMPTS = text(
    "SELECT count(*) AS n, min(at) AS first FROM sign_in_attempt "
    "WHERE subject = :subject AND at > now() - CAST(:window AS interval)"
)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, as far as the rest of the program needs to know."""

    account_id: int
    username: str
    role: Role
    scope: Scope
    areas: tuple[str, ...]
    """Codes of the areas the account answers for, topmost first."""
    session_id: str | None = None
    """The session's key, or none for a program with a token."""
    programme: str = ""
    """The tour of a display, which has no account (`account_id` 0)."""
    feed: str = ""
    """The one kind that a sender's token delivers; whoever holds such a token may do nothing else."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just begun: the secret for its cookie, and when it ends."""

    secret: str
    expires_at: datetime


def session_key(secret: str) -> str:
    """Return what the database keeps of a session's secret: a copy of the table signs nobody in."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_digest(token: str) -> bytes:
    """Return what the database keeps of a bearer token."""
    return hashlib.sha256(token.encode()).digest()


async def by_session(connection: AsyncConnection, secret: str) -> Principal | None:
    """Return who holds a session, or none where it is unknown, ended or its account disabled."""
    key = session_key(secret)
    row = (await connection.execute(_BY_SESSION, {"key": key})).one_or_none()
    return None if row is None else _principal(row, key)


async def by_token(connection: AsyncConnection, token: str) -> Principal | None:
    """Return who holds a bearer token, or none."""
    row = (await connection.execute(_BY_TOKEN, {"key": token_digest(token)})).one_or_none()
    return None if row is None else _principal(row, None)


async def by_name(connection: AsyncConnection, username: str) -> Principal | None:
    """Return whom an account's name stands for, for the command line; none where it is unknown or disabled."""
    row = (await connection.execute(_BY_NAME, {"key": username})).one_or_none()
    return None if row is None else _principal(row, None)


def _principal(row: Row[Any], session_id: str | None) -> Principal:
    paths = tuple(p for p in row.paths if not any(p.startswith(f"{above}.") for above in row.paths))
    role = Role(row.role)
    return Principal(row.id, row.username, role, Scope(role, paths), tuple(row.codes), session_id)


async def sign_in(
    database: Database, username: str, password: str, address: str, lasts: timedelta = SESSION_LASTS
) -> NewSession:
    """Check a name and a password and begin a session. Raises WrongPassword, TooManyAttempts.

    The attempt is written down before the password is looked at, so that many at once do not slip through.
    """
    subjects = {f"name:{username[:100].casefold()}": MOST_BY_NAME, f"address:{address[:100]}": MOST_BY_ADDRESS}
    async with database.gate() as connection:
        for subject, most in sorted(subjects.items()):
            await _demand_patience(connection, subject, most)
        for subject in sorted(subjects):
            await connection.execute(text("INSERT INTO sign_in_attempt (subject) VALUES (:s)"), {"s": subject})
        account = (await connection.execute(_ACCOUNT, {"name": username})).one_or_none()
    async with _verifying:
        right = await asyncio.to_thread(_verify, account.password_hash if account else _NOBODY, password)
    if account is None or not right:
        raise WrongPassword
    return await _begin(database, account.id, list(subjects), lasts)


async def _demand_patience(connection: AsyncConnection, subject: str, most: int) -> None:
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:s))"), {"s": subject})
    row = (await connection.execute(_ATTEMPTS, {"subject": subject, "window": WINDOW})).one()
    if row.n >= most:
        left = row.first + WINDOW - datetime.now(UTC)
        raise TooManyAttempts(seconds=max(1, round(left.total_seconds())))


def _verify(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password[: LONGEST_PASSWORD + 1])
    except (VerifyMismatchError, VerificationError):
        return False


async def _begin(database: Database, account_id: int, subjects: list[str], lasts: timedelta) -> NewSession:
    session = NewSession(secrets.token_urlsafe(32), datetime.now(UTC) + lasts)
    async with database.gate() as connection:
        await connection.execute(
            text("DELETE FROM sign_in_attempt WHERE subject = ANY (:subjects) OR at < now() - interval '1 day'"),
            {"subjects": subjects},
        )
        await connection.execute(text("DELETE FROM session WHERE expires_at < now()"))
        await connection.execute(
            text("INSERT INTO session (id, account_id, expires_at) VALUES (:id, :account, :end)"),
            {"id": session_key(session.secret), "account": account_id, "end": session.expires_at},
        )
    return session


async def sign_out(connection: AsyncConnection, session_id: str) -> None:
    """End one session, in every process at once."""
    await connection.execute(text("DELETE FROM session WHERE id = :id"), {"id": session_id})


async def secret_key(connection: AsyncConnection) -> str | None:
    """Return the secret that cookies are signed with, or none in a database that has none yet."""
    found: str | None = await connection.scalar(text("SELECT value FROM setting WHERE name = 'secret'"))
    return found
