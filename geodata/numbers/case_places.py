"""Places of confirmed cases in the last 14 days: how many, and how many of them the public was told of."""

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.case_places import FEED
from geodata.feeds.floor.declaration import Words
from geodata.numbers.declaration import Line, Number
from geodata.wall.declaration import Moment

PLACES = Words("处", "places")


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return both lines; none where nothing was ever told of the area."""
    row = (await connection.execute(statement("number_case_places"), {"code": code, "at": moment.known})).one()
    if row.data_time is None:
        return []
    late = moment.known - row.data_time > FEED.late_after
    within, told = Words("14 天内活动场所", "Places within 14 days"), Words("其中已公布", "Of them published")
    return [
        Line(within, row.places, PLACES, row.data_time, before=row.before, late=late),
        Line(told, row.published, PLACES, row.data_time, of=row.places, late=late),
    ]


NUMBER = Number("case_places", Words("病例活动场所", "Places of cases"), 60, frozenset({"case_place"}), True, read)
