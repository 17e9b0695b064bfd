"""Staff on duty at checkpoints: posts that should be staffed now and say they are, and how many people that is."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.floor.declaration import Words
from geodata.feeds.staffing import FEED
from geodata.numbers.declaration import Line, Number
from geodata.wall.declaration import Moment

POSTS = Words("有人在岗检测点", "Posts with staff on duty")
STAFF = Words("在岗人数", "Staff on duty")
POST, PERSON = Words("个", "posts"), Words("人", "people")
A_DAY = timedelta(days=1)


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return an area's two lines, with those of the same time yesterday.

    None where no post of it has ever to be staffed, and at a moment whose shifts have left: nobody can say then.
    """
    now = await _at(connection, code, moment.known)
    if not now.held or not (now.expected or now.told):
        return []
    before = await _at(connection, code, moment.known - A_DAY)
    late = now.data_time is not None and moment.known - now.data_time > FEED.late_after
    staffed = now.staffed if now.told else None
    return [
        Line(POSTS, staffed, POST, now.data_time, of=now.expected, before=_told(before, before.staffed), late=late),
        Line(STAFF, now.on_duty, PERSON, now.data_time, before=before.on_duty, late=late),
    ]


async def _at(connection: AsyncConnection, code: str, at: Any) -> Any:
    return (await connection.execute(statement("staffing"), {"code": code, "at": at})).one()


def _told(row: Any, value: int) -> int | None:
    return value if row.told else None


NUMBER = Number(
    id="staffing",
    title=Words("检测点在岗", "Staffing of checkpoints"),
    order=40,
    tables=frozenset({"checkpoint_staffing", "checkpoint"}),
    homes=True,
    read=read,
)
