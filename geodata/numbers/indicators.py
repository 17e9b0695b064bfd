"""Indicators: every other figure that an area itself reports, with its target and the day before."""

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.floor.declaration import Words
from geodata.feeds.indicators import LATE_AFTER
from geodata.numbers.declaration import Line, Number
from geodata.wall.declaration import Moment


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return a line an indicator, in the order of their codes: of its newest day, however old that is."""
    rows = await connection.execute(statement("number_indicators"), {"code": code, "at": moment.known})
    return [
        Line(
            Words(row.name_zh, row.name_en),
            row.value,
            Words(row.unit, row.unit),
            row.reported_at,
            before=row.before,
            target=row.target,
            late=moment.known - row.reported_at > LATE_AFTER,
        )
        for row in rows
    ]


NUMBER = Number("indicators", Words("指标", "Indicators"), 70, frozenset({"indicator", "indicator_day"}), True, read)
