"""Is this what was released 核验: by the bytes, by the number inside a file, by a number that somebody read aloud."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection, Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.account_keeping import ensure_secret
from geodata.press import manifest
from geodata.press.numbers import tidy
from geodata.press.stamp import number_in

Verdict = Literal["genuine", "withdrawn", "altered", "unknown"]
_ASK = text("SELECT * FROM press_verdict(:digest, :number)")


@dataclass(frozen=True, slots=True)
class Finding:
    """What can be said of a file or a number; `key` names the sentence that says it."""

    verdict: Verdict
    key: str
    number: str = ""
    area_code: str = ""
    area_name: str = ""
    form: str = ""
    released_at: datetime | None = None
    withdrawn_at: datetime | None = None
    reason: str | None = None
    order: dict[str, Any] | None = None


async def of_file(connection: AsyncConnection, content: bytes) -> Finding:
    """Say what a file is, to anybody who may use the desk."""
    claimed = number_in(content)
    row = (await connection.execute(*_asked(content, claimed))).one_or_none()
    return _judged(row, claimed)


async def of_number(connection: AsyncConnection, typed: str) -> Finding:
    """Say what a number stands for."""
    number = tidy(typed)
    if number is None:
        return Finding("unknown", "press_release.mistyped", typed[:40])
    return _known(number, (await connection.execute(_ASK, {"digest": b"", "number": number})).one_or_none())


def of_file_as_owner(connection: Connection, content: bytes) -> Finding:
    """Say what a file is, or a manifest, for the command line."""
    said = manifest.read(content)
    if said is not None:
        return _of_manifest(connection, said)
    claimed = number_in(content)
    return _judged(connection.execute(*_asked(content, claimed)).one_or_none(), claimed)


def of_number_as_owner(connection: Connection, typed: str) -> Finding:
    """Say what a number stands for, for the command line."""
    number = tidy(typed)
    if number is None:
        return Finding("unknown", "press_release.mistyped", typed[:40])
    return _known(number, connection.execute(_ASK, {"digest": b"", "number": number}).one_or_none())


def by_manifest(content: bytes, said: Mapping[str, Any]) -> Finding:
    """Compare a file with a manifest, without any database: neither its signature nor a withdrawal can be seen there."""
    number = str(said.get("number", ""))
    if manifest.lists(said, manifest.sha256(content)):
        return Finding("genuine", "press_release.by_manifest", number)
    return Finding("altered", "press_release.not_in_manifest", number)


def _asked(content: bytes, claimed: str | None) -> tuple[TextClause, dict[str, Any]]:
    return _ASK, {"digest": sha256(content).digest(), "number": claimed or ""}


def _of_manifest(connection: Connection, said: dict[str, Any]) -> Finding:
    number = str(said.get("number", ""))
    if not manifest.bears_signature(said, ensure_secret(connection)):
        return Finding("altered", "press_release.altered_manifest", number)
    row = connection.execute(_ASK, {"digest": b"", "number": number}).one_or_none()
    found = _known(number, row)
    return Finding("genuine", "press_release.genuine_manifest", number) if found.verdict == "genuine" else found


def _judged(row: Row[Any] | None, claimed: str | None) -> Finding:
    if row is None:
        if claimed is None:
            return Finding("unknown", "press_release.unknown_file")
        return Finding("unknown", "press_release.unknown_number", claimed)
    if row.marked or (row.by_file and row.state == "withdrawn"):
        return _told(row, "withdrawn", "press_release.withdrawn")
    if row.by_file:
        return _told(row, "genuine", "press_release.genuine")
    return _told(row, "altered", "press_release.altered")


def _known(number: str, row: Row[Any] | None) -> Finding:
    if row is None:
        return Finding("unknown", "press_release.unknown_number", number)
    if row.state == "withdrawn":
        return _told(row, "withdrawn", "press_release.withdrawn")
    return _told(row, "genuine", "press_release.genuine_number")


def _told(row: Row[Any], verdict: Verdict, key: str) -> Finding:
    return Finding(
        verdict,
        key,
        row.number,
        row.area_code,
        row.area_name,
        row.form or "",
        row.released_at,
        row.withdrawn_at,
        row.reason,
        row.ordered,
    )
