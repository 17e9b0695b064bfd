"""The consultation network: how many links, and how many cases were consulted on the newest day told of."""

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.consultations import FEED
from geodata.feeds.floor.declaration import Words
from geodata.numbers.declaration import Line, Number
from geodata.wall.declaration import Moment

LINKS, CASES = Words("条", "links"), Words("例", "cases")


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return the lines; none where no link lies below the area."""
    row = (await connection.execute(statement("number_consultations"), {"code": code, "at": moment.known})).one()
    if not row.links:
        return []
    late = row.data_time is None or moment.known - row.data_time > FEED.late_after
    return [
        Line(Words("当日会诊", "Cases that day"), row.cases, CASES, row.data_time, before=row.before, late=late),
        Line(Words("已报会诊关系", "Links reported"), row.told, LINKS, row.data_time, of=row.links, late=late),
    ]


NUMBER = Number(
    "consultations",
    Words("会诊网络", "Consultation network"),
    66,
    frozenset({"consultation", "consultation_day"}),
    True,
    read,
)
