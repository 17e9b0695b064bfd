"""What arrived: counted by sender, kind and day; remembered where it was a file or something of it was refused."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.registry import all_feeds

BACK_DAYS = 7
"""Days before the one asked for in which somebody who sent nothing since is still expected."""
_COUNT = text("SELECT count_arrival(:kind, :sender, :rows, :accepted, :repeated, :refused)")
_NOTE = text(
    "SELECT note_delivery(:kind, :sender, :source, :file_name, :rows, :accepted, :repeated, :refused, "
    "CAST(:detail AS jsonb), CAST(:digest AS bytea))"
)
_ARRIVALS = text(
    """WITH days AS (
           SELECT sender, kind, sum(deliveries) FILTER (WHERE day = :day) AS deliveries,
                  sum(rows) FILTER (WHERE day = :day) AS rows, sum(accepted) FILTER (WHERE day = :day) AS accepted,
                  sum(repeated) FILTER (WHERE day = :day) AS repeated,
                  sum(refused) FILTER (WHERE day = :day) AS refused, max(newest_at) AS newest_at
           FROM delivery_day WHERE day BETWEEN :first AND :day GROUP BY sender, kind),
       expected AS (
           SELECT DISTINCT 'sender:' || s.code AS sender, t.kind FROM sender s JOIN sender_token t ON t.sender_id = s.id
           WHERE NOT s.disabled AND coalesce(t.expires_at > now(), true))
       SELECT sender, kind, o.name AS office, coalesce(deliveries, 0)::bigint AS deliveries,
              coalesce(rows, 0)::bigint AS rows, coalesce(accepted, 0)::bigint AS accepted,
              coalesce(repeated, 0)::bigint AS repeated, coalesce(refused, 0)::bigint AS refused, newest_at
       FROM days FULL JOIN expected USING (sender, kind) LEFT JOIN sender o ON 'sender:' || o.code = sender
       ORDER BY kind, sender"""
)


async def count(
    connection: AsyncConnection, kind: str, sender: str, *, rows: int, accepted: int, repeated: int, refused: int = 0
) -> None:
    """Count a delivery, in the transaction that writes its rows."""
    facts = {"kind": kind, "sender": sender, "rows": rows, "accepted": accepted, "repeated": repeated}
    await connection.execute(_COUNT, facts | {"refused": refused})


async def note(
    connection: AsyncConnection,
    kind: str,
    sender: str,
    *,
    source: str,
    file_name: str = "",
    rows: int,
    accepted: int,
    repeated: int,
    refused: int,
    detail: Mapping[str, Any],
    digest: bytes | None = None,
) -> int:
    """Count a delivery and remember it; return its id. `detail` is what else is worth knowing (JSON, no value of a row).

    With a `digest` of what was refused the same delivery is remembered once a day and area. Returns 0 while there is no
    area that it could stand for.
    """
    facts = {"kind": kind, "sender": sender, "source": source, "file_name": file_name[:200], "rows": rows}
    facts |= {"accepted": accepted, "repeated": repeated, "refused": refused, "digest": digest}
    found = await connection.scalar(
        _NOTE, facts | {"detail": json.dumps(dict(detail), ensure_ascii=False, default=str)}
    )
    return int(found or 0)


async def arrivals(connection: AsyncConnection, day: date, now: datetime) -> list[dict[str, Any]]:
    """Return what arrived on a day in the reader's areas by sender and kind, and who was expected and sent nothing.

    `now` is the present moment with the city's offset: a day that is over is judged by its end.
    """
    over = datetime.combine(day + timedelta(days=1), datetime.min.time(), now.tzinfo)
    rows = await connection.execute(_ARRIVALS, {"day": day, "first": day - timedelta(days=BACK_DAYS)})
    return [
        {**row, "day": day, "late": _late(row["kind"], row["newest_at"], min(now, over))} for row in rows.mappings()
    ]


def _late(kind: str, newest: datetime | None, moment: datetime) -> bool:
    feed = all_feeds().get(kind)
    return feed is not None and (newest is None or moment - newest > feed.late_after)
