"""Releases as a reader of their areas sees them: the list, one with its manifest and journal, a file."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.press.refusals import NotThisFile, StillDrawing, UnknownRelease

BIGGEST = 2**31 - 1
MEDIA = {
    "png": "image/png",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
    "gif": "image/gif",
    "mp4": "video/mp4",
}
STAGES = {
    "draft": "draft",
    "rejected": "draft",
    "approved": "final",
    "released": "final",
    "withdrawn": "withdrawn",
}
"""State -> which of its files are handed out: of what was withdrawn those alone that say so."""
_STAGE = "CASE r.state " + " ".join(f"WHEN '{state}' THEN '{stage}'" for state, stage in STAGES.items()) + " END"
_COLUMNS = f"""
    r.id, r.number, r.state, r.ordered AS "order", r.forms, r.batch, a.code AS area_code, a.name AS area_name,
    r.made_by, r.made_at, r.approved_by, r.approved_at, r.released_by, r.released_at, r.ended_by, r.reason,
    CASE WHEN r.state = 'withdrawn' THEN r.ended_at END AS withdrawn_at, r.done, r.total, r.problem,
    (SELECT coalesce(json_agg(json_build_object('form', f.form, 'bytes', f.bytes, 'sha256', encode(f.sha256, 'hex'))
                              ORDER BY f.form), '[]')
     FROM press_release_file f WHERE f.release_id = r.id AND f.stage = {_STAGE}) AS files"""  # noqa: S608 - names of ours
_FROM = "FROM press_release r JOIN area a ON a.id = r.area_id"
_LIST = text(
    f"SELECT {_COLUMNS} {_FROM} WHERE (CAST(:state AS text) IS NULL OR r.state = :state) "
    "AND (CAST(:before AS integer) IS NULL OR r.id < :before) ORDER BY r.id DESC LIMIT :limit"
)
_ONE = text(
    f"SELECT {_COLUMNS}, r.manifest, "  # noqa: S608 - names of ours
    "(SELECT json_agg(json_build_object('what', e.what, 'by', e.by, 'at', e.at, 'told', e.told) ORDER BY e.id) "
    f"FROM press_release_event e WHERE e.release_id = r.id) AS journal {_FROM} WHERE r.id = :id"
)
_FILE = text(
    "SELECT r.state, r.number, r.forms, a.code, f.content, encode(f.sha256, 'hex') AS sha256 "
    f"{_FROM} LEFT JOIN press_release_file f ON f.release_id = r.id AND f.form = :form AND f.stage = {_STAGE} "
    "WHERE r.id = :id"
)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is handed out; `number` is empty on a draft."""

    content: bytes
    media_type: str
    name: str
    sha256: str
    state: str
    number: str


async def listed(
    connection: AsyncConnection, *, state: str | None = None, limit: int = 50, before: int | None = None
) -> list[dict[str, Any]]:
    """Return releases of the reader's areas, the newest first, without manifests; `before` is an id."""
    rows = await connection.execute(_LIST, {"state": state, "before": before, "limit": limit})
    return [_told(dict(row)) for row in rows.mappings()]


async def one(connection: AsyncConnection, release_id: int) -> dict[str, Any]:
    """Return one release with its manifest and all that happened to it. Raises UnknownRelease."""
    row = None
    if 0 < release_id <= BIGGEST:
        row = (await connection.execute(_ONE, {"id": release_id})).mappings().one_or_none()
    if row is None:
        raise UnknownRelease(id=release_id)
    found = _told(dict(row))
    found["manifest"] = None if row["manifest"] is None else json.loads(row["manifest"])
    return found


def _told(row: dict[str, Any]) -> dict[str, Any]:
    done, total = row.pop("done"), row.pop("total")
    progress = 1.0 if row["files"] else done / total if total else 0.0
    return {**row, "manifest": None, "progress": progress}


async def file(connection: AsyncConnection, release_id: int, form: str) -> File:
    """Return the file of a release that its state hands out. Raises UnknownRelease, NotThisFile, StillDrawing."""
    row = None
    if 0 < release_id <= BIGGEST:
        row = (await connection.execute(_FILE, {"id": release_id, "form": form})).one_or_none()
    if row is None:
        raise UnknownRelease(id=release_id)
    if form not in row.forms or row.state == "failed":
        raise NotThisFile(id=release_id, form=form)
    if row.content is None:
        raise StillDrawing(await one(connection, release_id), {"form": form})
    name = f"{row.number or f'draft-{release_id}'}-{row.code}.{form}"
    if row.state == "withdrawn":
        name = f"withdrawn-{name}"
    return File(bytes(row.content), MEDIA[form], name, row.sha256, row.state, row.number or "")
