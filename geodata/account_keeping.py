"""What the command line does with accounts, as the owner of the database."""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from geodata.accounts import HASHER, LONGEST_PASSWORD, token_digest
from geodata.errors import BadValue, UnknownArea
from geodata.model.people import Role

SHORTEST_PASSWORD = 10
TOKEN_PREFIX = "wg_"  # noqa: S105 - tells people and secret scanners what the rest is
_NAME = re.compile(r"[^\s/\\:]{1,64}")


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as the list shows it."""

    username: str
    role: str
    areas: tuple[str, ...]
    disabled: bool
    demo: bool
    sessions: int
    tokens: int


def add_account(
    connection: Connection, username: str, password: str, role: Role, areas: Sequence[str], *, demo: bool = False
) -> None:
    """Add an account, or give an existing one this password, role and areas. Raises BadValue, UnknownArea."""
    if not _NAME.fullmatch(username) or any(unicodedata.category(letter)[0] == "C" for letter in username):
        raise BadValue(name="username", value=username, wanted="1–64 letters without spaces, / \\ or :")
    if not areas:
        raise BadValue(name="areas", value="", wanted="at least one area code")
    connection.execute(
        text(
            "INSERT INTO account (username, password_hash, role, demo) VALUES (:name, :hash, :role, :demo) "
            "ON CONFLICT (username) DO UPDATE SET password_hash = excluded.password_hash, role = excluded.role, "
            "demo = excluded.demo, disabled = false"
        ),
        {"name": username, "hash": hashed(password, demo=demo), "role": Role(role).value, "demo": demo},
    )
    set_areas(connection, username, areas)
    _sign_out_everywhere(connection, username)


def hashed(password: str, *, demo: bool = False) -> str:
    """Return a password as it is kept. Raises BadValue; a demonstration's passwords may be short."""
    if not (1 if demo else SHORTEST_PASSWORD) <= len(password) <= LONGEST_PASSWORD:
        raise BadValue(name="password", value="…", wanted=f"{SHORTEST_PASSWORD}–{LONGEST_PASSWORD} letters")
    return HASHER.hash(password)


def set_areas(connection: Connection, username: str, areas: Sequence[str]) -> None:
    """Replace the areas of an account. Raises BadValue, UnknownArea."""
    account = _account(connection, username)
    connection.execute(text("DELETE FROM account_area WHERE account_id = :id"), {"id": account})
    for code in dict.fromkeys(areas):
        if (
            connection.execute(
                text("INSERT INTO account_area SELECT :account, id FROM area WHERE code = :code"),
                {"account": account, "code": code},
            ).rowcount
            != 1
        ):
            raise UnknownArea(code=code)


def set_password(connection: Connection, username: str, password: str) -> None:
    """Replace a password and sign the account out everywhere. Raises BadValue."""
    connection.execute(
        text("UPDATE account SET password_hash = :hash WHERE id = :id"),
        {"hash": hashed(password), "id": _account(connection, username)},
    )
    _sign_out_everywhere(connection, username)


def set_disabled(connection: Connection, username: str, *, disabled: bool) -> None:
    """Shut an account out, at once and with its tokens, or let it in again. Raises BadValue."""
    connection.execute(
        text("UPDATE account SET disabled = :disabled WHERE id = :id"),
        {"disabled": disabled, "id": _account(connection, username)},
    )
    if disabled:
        _sign_out_everywhere(connection, username)


def add_token(connection: Connection, username: str, name: str, days: int | None = None) -> str:
    """Return a new bearer token, shown this once; only its SHA-256 is kept. Raises BadValue."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    end = None if days is None else datetime.now(UTC) + timedelta(days=days)
    connection.execute(
        text("INSERT INTO api_token (digest, account_id, name, expires_at) VALUES (:digest, :id, :name, :end)"),
        {"digest": token_digest(token), "id": _account(connection, username), "name": name, "end": end},
    )
    return token


def revoke_tokens(connection: Connection, username: str, name: str) -> int:
    """Take back the tokens of this name; return how many there were. Raises BadValue."""
    return connection.execute(
        text("DELETE FROM api_token WHERE account_id = :id AND name = :name"),
        {"id": _account(connection, username), "name": name},
    ).rowcount


def list_accounts(connection: Connection) -> list[AccountRow]:
    """Return every account, in the order of the names."""
    rows = connection.execute(
        text(
            """SELECT username, role, disabled, demo,
                      ARRAY(SELECT ar.code FROM account_area aa JOIN area ar ON ar.id = aa.area_id
                            WHERE aa.account_id = a.id ORDER BY 1) AS areas,
                      (SELECT count(*) FROM session s WHERE s.account_id = a.id AND s.expires_at > now()) AS sessions,
                      (SELECT count(*) FROM api_token t WHERE t.account_id = a.id) AS tokens
               FROM account a ORDER BY username"""
        )
    )
    return [
        AccountRow(row.username, row.role, tuple(row.areas), row.disabled, row.demo, row.sessions, row.tokens)
        for row in rows
    ]


def ensure_secret(connection: Connection) -> str:
    """Return the secret that cookies are signed with, made once for the database."""
    connection.execute(
        text("INSERT INTO setting (name, value) VALUES ('secret', :value) ON CONFLICT DO NOTHING"),
        {"value": secrets.token_urlsafe(48)},
    )
    return str(connection.scalar(text("SELECT value FROM setting WHERE name = 'secret'")))


def _account(connection: Connection, username: str) -> int:
    found = connection.scalar(text("SELECT id FROM account WHERE username = :name"), {"name": username})
    if found is None:
        raise BadValue(name="username", value=username, wanted="an existing account")
    return int(found)


def _sign_out_everywhere(connection: Connection, username: str) -> None:
    connection.execute(text("DELETE FROM session WHERE account_id = :id"), {"id": _account(connection, username)})
