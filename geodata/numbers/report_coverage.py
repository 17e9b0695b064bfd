"""Village reports 村级填报: how many villages have reported on the day, and how many have been silent for two days."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.floor.declaration import Words
from geodata.feeds.village_report import FEED
from geodata.numbers.declaration import Line, Moment, Number, late

VILLAGES = Words("村", "villages")
REPORTED = Words("今日已填报", "Reported today")
SILENT = Words("两日以上未报", "Silent for two days")


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return what was reported by this hour, beside yesterday's at the same hour; nothing where no village lies below."""
    at = moment.known
    query = statement("number_report_coverage")
    row = (await connection.execute(query, {"code": code, "at": at})).one()
    then = (await connection.execute(query, {"code": code, "at": at - timedelta(days=1)})).one()
    if not row.villages:
        return []
    old = late(row.data_time, at, FEED.late_after)
    known = row.data_time is not None
    return [
        Line(
            REPORTED,
            row.reported if known else None,
            VILLAGES,
            row.data_time,
            of=row.villages,
            before=then.reported if then.data_time is not None else None,
            target=row.villages,
            late=old,
        ),
        Line(
            SILENT,
            row.silent if known else None,
            VILLAGES,
            row.data_time,
            of=row.villages,
            before=then.silent if then.data_time is not None else None,
            late=old,
            severe=known and row.silent > 0,
        ),
    ]


NUMBER = Number(
    id="report_coverage",
    title=Words("村级填报", "Village reports"),
    order=20,
    tables=frozenset({"village_report", "area"}),
    homes=True,
    read=read,
)
