"""How many people are inside a venue: a count as often as it is made. The last one of every hour is kept."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Moment
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.tables import newest

_VENUES = text("SELECT code, id FROM venue WHERE code = ANY (CAST(:codes AS text[]))")
_PUT = text(
    """INSERT INTO venue_hour AS t (venue_id, hour, at, headcount, area_id, path)
       SELECT v.id, r.hour, r.at, r.headcount, v.area_id, v.path
       FROM unnest(CAST(:venue AS int[]), CAST(:hour AS timestamptz[]), CAST(:at AS timestamptz[]),
                   CAST(:headcount AS int[])) AS r(venue, hour, at, headcount)
       JOIN venue v ON v.id = r.venue ORDER BY v.id, r.hour
       ON CONFLICT (venue_id, hour) DO UPDATE SET at = excluded.at, headcount = excluded.headcount
       WHERE excluded.at > t.at"""
)


class VenueCount(Row):
    """One count of one venue."""

    venue: Code
    at: Moment
    headcount: Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


async def write(connection: AsyncConnection, rows: Sequence[VenueCount], _sender: str) -> Written:
    """Keep the last count of every hour. Raises Refused where a venue is not known here."""
    found = await connection.execute(_VENUES, {"codes": sorted({row.venue for row in rows})})
    venues = {venue.code: venue.id for venue in found}
    stop([Refusal(n, "venue", "unknown_venue") for n, row in enumerate(rows, 1) if row.venue not in venues])
    kept = newest(rows, lambda row: (row.venue, _hour(row)), lambda row: row.at)
    columns = {
        "venue": [venues[row.venue] for row in kept],
        "hour": [_hour(row) for row in kept],
        "at": [row.at for row in kept],
        "headcount": [row.headcount for row in kept],
    }
    put = await connection.execute(_PUT, columns)
    return Written(put.rowcount, len(rows) - put.rowcount)


def _hour(row: VenueCount) -> Moment:
    return row.at.replace(minute=0, second=0, microsecond=0)


FEED = Feed(
    kind="venue_counts",
    title=Words("公共场所在场人数", "People inside venues"),
    row=VenueCount,
    key=("venue", "at"),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(hours=2),
    write=write,
    example={"venue": "V411202-017", "at": "2020-02-11T10:20:00+08:00", "headcount": 412},
    paper=Paper(
        names={
            "venue": ("场所编号", "编号"),
            "at": ("时间", "统计时间"),
            "headcount": ("在场人数", "当前人数", "人数"),
        }
    ),
)
