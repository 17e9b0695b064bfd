"""What releases wait for, done by the program as the owner: one takes it with a lease, and all of it is kept, or nothing.

A server that is killed in the middle has kept nothing. Its lease runs out, another takes the work up again; `attempts`
tells whose work counts, so that whoever was only slow keeps nothing over it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, text

from geodata.account_keeping import ensure_secret
from geodata.model import Role
from geodata.press.manifest import Approved, manifest, signed
from geodata.press.order import Order
from geodata.press.sheet import Sheet
from geodata.scope import Scope
from geodata.words import say

LEASE = timedelta(seconds=60)
"""How long nobody else takes up what somebody works at; renewed while it goes on."""
MOST_ATTEMPTS = 3
STAGES = {"making": "draft", "approved": "final", "withdrawn": "withdrawn"}

_WAITS = (
    "(r.state = 'making' OR (r.state = 'approved' AND r.manifest IS NULL) OR (r.state = 'withdrawn' AND NOT EXISTS "
    "(SELECT FROM press_release_file f WHERE f.release_id = r.id AND f.stage = 'withdrawn'))) "
    "AND (r.lease_until IS NULL OR r.lease_until < :now)"
)
_NEXT = text(
    f"SELECT r.* FROM press_release r WHERE {_WAITS} AND r.attempts < :most "  # noqa: S608 - names of ours
    "ORDER BY r.state = 'making', r.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"
)
_TAKE = text(
    "UPDATE press_release SET attempts = attempts + 1, lease_until = :until, done = 0, total = :total, problem = NULL "
    "WHERE id = :id RETURNING attempts"
)
_MINE = "WHERE id = :id AND state = :state AND attempts = :attempt"
_RENEW = text(f"UPDATE press_release SET lease_until = :until, done = :done {_MINE}")  # noqa: S608 - names of ours
_LET_GO = text(
    f"UPDATE press_release SET lease_until = NULL, attempts = attempts - :back, problem = :problem {_MINE}"  # noqa: S608 - names of ours
)
_FAIL = text(
    f"UPDATE press_release SET state = 'failed', ended_at = :now, reason = :reason {_MINE}"  # noqa: S608 - names of ours
)
_GIVE_UP = text(
    "UPDATE press_release r SET state = 'failed', ended_at = :now, reason = coalesce(r.problem, :reason) "  # noqa: S608 - names of ours
    f"WHERE r.state = 'making' AND {_WAITS} AND r.attempts >= :most"
)
_KEEP_SHEET = text("INSERT INTO press_release_sheet VALUES (:id, :nth, :content)")
_KEEP_FILE = text("INSERT INTO press_release_file VALUES (:id, :stage, :form, :content, :sha256, :bytes)")


@dataclass(frozen=True, slots=True)
class Job:
    """What one release waits for: its files of one stage. `sheets` are there once they are frozen."""

    id: int
    state: str
    attempt: int
    order: Order
    forms: tuple[str, ...]
    scope: Scope
    sheets: tuple[Sheet, ...]
    number: str

    @property
    def stage(self) -> str:
        """Return which files these are: `draft`, `final` or `withdrawn`."""
        return STAGES[self.state]


def claim(connection: Connection, now: datetime) -> Job | None:
    """Take what waits longest, or none; what was begun too often before is given up."""
    connection.execute(_GIVE_UP, {"now": now, "most": MOST_ATTEMPTS, "reason": both("press_release.interrupted")})
    row = connection.execute(_NEXT, {"now": now, "most": MOST_ATTEMPTS}).one_or_none()
    if row is None:
        return None
    taken = {"id": row.id, "until": now + LEASE, "total": len(row.forms)}
    attempt = connection.scalar(_TAKE, taken)
    return Job(
        row.id,
        row.state,
        int(attempt or 0),
        Order.model_validate(row.ordered),
        tuple(row.forms),
        Scope(Role.PRESS, tuple(row.paths.split(","))),
        frozen(connection, row.id),
        row.number or "",
    )


def frozen(connection: Connection, release_id: int) -> tuple[Sheet, ...]:
    """Return the frozen sheets of a release, the picture's first."""
    found = connection.scalars(
        text("SELECT content FROM press_release_sheet WHERE release_id = :id ORDER BY nth"), {"id": release_id}
    )
    return tuple(Sheet.unpacked(bytes(content)) for content in found)


def renew(connection: Connection, job: Job, now: datetime, done: int) -> bool:
    """Say that the work goes on and how many files are done; false where it is somebody else's by now."""
    return connection.execute(_RENEW, _mine(job) | {"until": now + LEASE, "done": done}).rowcount == 1


def keep(connection: Connection, job: Job, sheets: Sequence[Sheet], files: Mapping[str, bytes], version: str) -> bool:
    """Keep all that was drawn, in this transaction; false, and nothing kept, where it is somebody else's by now."""
    row = connection.execute(text("SELECT * FROM press_release WHERE id = :id FOR NO KEY UPDATE"), {"id": job.id}).one()
    if (row.state, row.attempts) != (job.state, job.attempt):
        return False
    for form, content in files.items():
        digest = sha256(content).digest()
        kept = {"id": job.id, "stage": job.stage, "form": form, "content": content}
        connection.execute(_KEEP_FILE, kept | {"sha256": digest, "bytes": len(content)})
    if job.state == "making":
        for nth, sheet in enumerate(sheets):
            connection.execute(_KEEP_SHEET, {"id": job.id, "nth": nth, "content": sheet.packed()})
        connection.execute(text("UPDATE press_release SET state = 'draft' WHERE id = :id"), {"id": job.id})
    elif job.state == "approved":
        _keep_manifest(connection, job, row, sheets, files, version)
    done = {"id": job.id, "done": len(files), "state": job.state}
    connection.execute(
        text("UPDATE press_release SET done = :done, lease_until = NULL WHERE id = :id AND state = :state"), done
    )
    return True


def fail(connection: Connection, job: Job, now: datetime, reason: str) -> None:
    """Say that a release cannot be made; one that was approved stays so, with the reason beside it."""
    if job.state == "making":
        connection.execute(_FAIL, _mine(job) | {"now": now, "reason": reason})
    else:
        let_go(connection, job, reason)


def let_go(connection: Connection, job: Job, problem: str | None = None, *, counted: bool = True) -> None:
    """Give the work back: somebody may take it up at once, and not `counted` where the server only ended."""
    connection.execute(_LET_GO, _mine(job) | {"problem": problem, "back": 0 if counted else 1})


def both(key: str, **facts: object) -> str:
    """Return a sentence in both languages, Chinese first: who will read it is not known yet."""
    return f"{say(key, 'zh', **facts)}\n{say(key, 'en', **facts)}"


def _keep_manifest(
    connection: Connection,
    job: Job,
    row: Row[Any],
    sheets: Sequence[Sheet],
    files: Mapping[str, bytes],
    version: str,
) -> None:
    approved = Approved(row.number, row.made_by, row.made_at, row.approved_by, row.approved_at)
    said = signed(manifest(sheets, files, approved, version), ensure_secret(connection))
    connection.execute(text("UPDATE press_release SET manifest = :said WHERE id = :id"), {"id": job.id, "said": said})
    connection.execute(
        text("DELETE FROM press_release_file WHERE release_id = :id AND stage = 'draft'"), {"id": job.id}
    )


def _mine(job: Job) -> dict[str, Any]:
    return {"id": job.id, "state": job.state, "attempt": job.attempt}
