"""Venues: how many are over capacity now, and how many of all have counted within two hours."""

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.floor.declaration import Words
from geodata.numbers.declaration import Line, Number
from geodata.wall.declaration import Moment

VENUES = Words("家", "venues")


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return the lines; none where the area has no venue. Over capacity is missing where nobody has counted."""
    row = (await connection.execute(statement("number_venues"), {"code": code, "at": moment.known})).one()
    if not row.venues:
        return []
    over = row.over if row.counted else None
    late = row.counted == 0
    return [
        Line(
            Words("超出核定人数", "Over capacity"),
            over,
            VENUES,
            row.data_time,
            of=row.counted,
            late=late,
            severe=bool(over),
        ),
        Line(
            Words("2 小时内已计数", "Counted within 2 hours"),
            row.counted,
            VENUES,
            row.data_time,
            of=row.venues,
            late=late,
        ),
        Line(Words("在场人数", "People inside"), row.inside, Words("人", "people"), row.data_time, late=late),
    ]


NUMBER = Number("venues", Words("公共场所", "Venues"), 62, frozenset({"venue", "venue_hour"}), True, read)
