"""Enterprises: how many of all have resumed work, how many are on the whitelist, how many of the staff are back."""

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.enterprises import FEED
from geodata.feeds.floor.declaration import Words
from geodata.numbers.declaration import Line, Number
from geodata.wall.declaration import Moment

FIRMS, PEOPLE = Words("家", "enterprises"), Words("人", "people")


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return the lines; none where the area has no enterprise, no value where none has reported."""
    row = (await connection.execute(statement("number_enterprises"), {"code": code, "at": moment.known})).one()
    if not row.enterprises:
        return []
    at, told = row.data_time, row.told > 0
    late = at is None or moment.known - at > FEED.late_after
    before = row.resumed_before if row.told_before else None
    resumed, listed = (row.resumed, row.whitelisted) if told else (None, None)
    return [
        Line(Words("已复工", "Resumed"), resumed, FIRMS, at, of=row.enterprises, before=before, late=late),
        Line(Words("白名单", "Whitelisted"), listed, FIRMS, at, of=row.enterprises, late=late),
        Line(Words("返岗", "Staff back"), row.back, PEOPLE, at, of=row.staff, before=row.back_before, late=late),
    ]


NUMBER = Number(
    "enterprises", Words("企业复工复产", "Enterprises"), 64, frozenset({"enterprise", "enterprise_day"}), True, read
)
