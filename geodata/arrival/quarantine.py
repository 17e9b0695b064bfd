"""Quarantine 待处理行: rows that were refused wait here until somebody corrects or drops them. Nothing vanishes.

What is kept of a row are columns that its feed names. Columns about persons never are, and numbers in texts are masked.
"""

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.arrival import deliveries
from geodata.arrival.masking import masked, shown
from geodata.arrival.payload import check
from geodata.arrival.secret import feed_key
from geodata.arrival.writing import stubbornly
from geodata.database import Database
from geodata.errors import BadValue, Settled, UnknownRefusedRow
from geodata.feeds.floor.declaration import Feed, Written
from geodata.feeds.floor.fields import names_nobody
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.registry import all_feeds, get
from geodata.scope import Scope
from geodata.words import catalogue, say

MOST_KEPT = 1_000
"""Faults of one delivery that are kept; the others are counted with it."""
MOST_WAITING = 20_000
"""Faults of one sender and kind that wait at the same time."""
STATES = ("open", "sent", "dropped")
_WHOLE_NUMBER = re.compile(r"-?\d{1,18}")
_FRACTION = re.compile(r"-?\d{1,18}\.\d{1,18}")
_KEEP = text("SELECT quarantine(:delivery, CAST(:faults AS jsonb), :most)")
_LIST = text(
    """SELECT r.id, r.kind, r.sender, d.source, concat_ws(' · ', d.file_name, nullif(d.detail->>'sheet', '')) AS file,
              r.nth AS row, r.column_name AS column, r.why, r.facts, r.fields, r.times, r.state, r.at, r.last_at,
              r.settled_by, r.settled_at, r.reason AS settled_reason
       FROM refused_row r JOIN delivery d ON d.id = r.delivery_id
       WHERE (CAST(:kind AS text) IS NULL OR r.kind = :kind) AND (CAST(:sender AS text) IS NULL OR r.sender = :sender)
         AND (CAST(:state AS text) IS NULL OR r.state = :state) AND (CAST(:before AS bigint) IS NULL OR r.id < :before)
         AND (CAST(:id AS bigint) IS NULL OR r.id = :id)
       ORDER BY r.id DESC LIMIT :limit"""
)
_ONE = text("SELECT kind, state, delivery_id, nth FROM refused_row WHERE id = :id")
_SETTLE = text(
    """UPDATE refused_row SET state = :state, settled_by = :by, settled_at = now(), reason = :reason
       WHERE state = 'open' AND (id = :id OR (delivery_id = :delivery AND nth = :nth AND nth > 0))"""
)


async def keep(
    connection: AsyncConnection,
    delivery: int,
    kind: str,
    sender: str,
    refusals: Sequence[Refusal],
    fields: Mapping[int, Mapping[str, Any]],
) -> None:
    """Keep refused rows of a delivery (its id, as `note` returned it), with their fields by row number.

    A fault that waits already is counted again instead of standing there twice. A delivery without an id (0) is of an empty
    city, in which nobody could look at them.
    """
    await keep_faults(connection, delivery, faults(kind, sender, refusals, fields))


def faults(
    kind: str, sender: str, refusals: Sequence[Refusal], fields: Mapping[int, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return what is kept of refused rows, the first MOST_KEPT faults."""
    feed = get(kind)
    return [_fault(feed, sender, refusal, fields.get(refusal.row, {})) for refusal in refusals[:MOST_KEPT]]


def digest(found: Sequence[Mapping[str, Any]], count: int) -> bytes:
    """Return what is the same where the same rows of a delivery are refused for the same reasons, `count` faults in all."""
    return sha256("".join([*(fault["digest"] for fault in found), str(count)]).encode()).digest()


async def keep_faults(connection: AsyncConnection, delivery: int, found: Sequence[Mapping[str, Any]]) -> None:
    """Keep faults of a delivery."""
    if delivery:
        said = json.dumps(found, ensure_ascii=False)
        await connection.execute(_KEEP, {"delivery": delivery, "faults": said, "most": MOST_WAITING})


def _fault(feed: Feed[Any], sender: str, refusal: Refusal, sent: Mapping[str, Any]) -> dict[str, Any]:
    fields = shown(feed, sent)
    facts = {name: masked(str(value)) for name, value in refusal.facts.items()}
    column = masked(refusal.column)
    # Where something is left out two rows may look the same: then the number of the row tells them apart.
    number = None if fields and fields == dict(sent) else refusal.row
    same = json.dumps([feed.kind, sender, column, refusal.why, number, fields], ensure_ascii=False, sort_keys=True)
    return {
        "nth": refusal.row,
        "column_name": column,
        "why": refusal.why,
        "facts": facts,
        "fields": fields,
        "digest": sha256(same.encode()).hexdigest(),
    }


async def listed(
    connection: AsyncConnection,
    language: str,
    *,
    kind: str | None = None,
    sender: str | None = None,
    state: str | None = None,
    before: int | None = None,
    limit: int = 100,
    one: int | None = None,
) -> list[dict[str, Any]]:
    """Return refused rows of the reader's areas, the newest first, with their sentences in `zh` or `en`."""
    asked = {"kind": kind, "sender": sender, "state": state, "before": before, "limit": limit, "id": one}
    return [_said(dict(row), language) for row in (await connection.execute(_LIST, asked)).mappings()]


def _said(row: dict[str, Any], language: str) -> dict[str, Any]:
    why, facts = row.pop("why"), row.pop("facts")
    facts = {"column": _written(row["kind"], row["column"], language), **facts}
    # A row outlives the version that refused it.
    known = why if f"refusal.{why}" in catalogue() else "unreadable"
    row["reason"] = say(f"refusal.{known}", language, **facts)
    row["suggestion"] = say(f"suggestion.{known}", language, **facts)
    return row


def _written(kind: str, column: str, language: str) -> str:
    """Return what a column is called by whoever puts a row right: as departments write it, for readers of Chinese."""
    feed = all_feeds().get(kind)
    names = feed.paper.names.get(column) if feed and language == "zh" else None
    return names[0] if names else column


async def correct(database: Database, scope: Scope, row: int, fields: Mapping[str, Any], by: str) -> Written:
    """Deliver a refused row as it should have been, in the name of whoever corrects it, and settle it.

    Every open fault of the same row is settled with it. Raises UnknownRefusedRow, Settled, Refused (nothing changed then).
    """
    async with database.scoped(scope) as connection:
        feed = get((await _held(connection, row))["kind"])
    # As JSON, so that the same is refused as of a sender.
    checked = check(feed, json.dumps(typed(feed, fields)).encode(), await feed_key(database, feed))
    stop(checked.refusals)
    rows = list(checked.rows.values())

    async def work(connection: AsyncConnection) -> Written:
        await _settle(connection, row, "sent", by, None)
        written = await feed.write(connection, rows, by)
        facts = {"rows": 1, "accepted": written.accepted, "repeated": written.repeated}
        await deliveries.count(connection, feed.kind, by, **facts)
        return written

    return await stubbornly(database, scope, work)


async def drop(database: Database, scope: Scope, row: int, reason: str, by: str) -> None:
    """Give a refused row up, with the reason. Raises UnknownRefusedRow, Settled, BadValue."""
    said = reason.strip()
    if not said or len(said) > 200 or not said.isprintable() or not names_nobody(said):
        raise BadValue(name="reason", value="…", wanted="1–200 letters without anybody's number")
    async with database.writing(scope) as connection:
        await _settle(connection, row, "dropped", by, said)


def typed(feed: Feed[Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with numbers where their feed wants numbers: people type them, and files hold texts."""
    columns = feed.row.model_json_schema()["properties"]
    return {name: _typed(str(columns.get(name)), value) for name, value in fields.items() if value not in ("", None)}


def _typed(said: str, value: Any) -> Any:
    if not isinstance(value, str) or "'string'" in said:
        return value
    if "'integer'" in said and _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    if "'number'" in said and (_WHOLE_NUMBER.fullmatch(value) or _FRACTION.fullmatch(value)):
        return float(value)
    return {"true": True, "false": False}.get(value, value) if "'boolean'" in said else value


async def _held(connection: AsyncConnection, row: int) -> RowMapping:
    """Return a row that waits. Raises UnknownRefusedRow, Settled."""
    held = (await connection.execute(_ONE, {"id": row})).mappings().one_or_none()
    if held is None:
        raise UnknownRefusedRow(id=row)
    if held["state"] != "open":
        raise Settled(id=row)
    return held


async def _settle(connection: AsyncConnection, row: int, state: str, by: str, reason: str | None) -> None:
    """Settle every open fault of a row. Raises UnknownRefusedRow, Settled, where two do it at once the second."""
    held = await _held(connection, row)
    done = await connection.execute(
        _SETTLE,
        {"id": row, "state": state, "by": by, "reason": reason, "delivery": held["delivery_id"], "nth": held["nth"]},
    )
    if not done.rowcount:
        raise Settled(id=row)
