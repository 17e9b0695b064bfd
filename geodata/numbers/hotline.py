"""The hotline 热线: cases received and closed since it opened, and how many are still open."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.floor.declaration import Words
from geodata.feeds.hotline import FEED
from geodata.numbers.declaration import Line, Moment, Number, late

CASES = Words("件", "cases")
RECEIVED, CLOSED, OPEN = Words("累计受理", "Received"), Words("累计办结", "Closed"), Words("未办结", "Still open")


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return the totals up to the moment beside those a day earlier; the share of closed ones is the closing rate."""
    at = moment.known
    query = statement("number_hotline")
    now = (await connection.execute(query, {"code": code, "at": at})).one()
    then = (await connection.execute(query, {"code": code, "at": at - timedelta(days=1)})).one()
    old = late(now.data_time, at, FEED.late_after)
    waits, waited = ((row.received - row.closed) if row.days else None for row in (now, then))
    return [
        Line(RECEIVED, now.received, CASES, now.data_time, before=then.received, late=old),
        Line(CLOSED, now.closed, CASES, now.data_time, of=now.received, before=then.closed, late=old),
        Line(OPEN, waits, CASES, now.data_time, before=waited, late=old),
    ]


NUMBER = Number(
    id="hotline",
    title=Words("热线", "Hotline"),
    order=50,
    tables=frozenset({"hotline_day"}),
    homes=True,
    read=read,
)
