"""Health codes 健康码: how many of the population are registered, and how many codes are green, yellow and red."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.floor.declaration import Words
from geodata.feeds.health_codes import FEED
from geodata.numbers.declaration import Line, Moment, Number, late

PEOPLE = Words("人", "people")
CODES = {
    "green": Words("绿码", "Green codes"),
    "yellow": Words("黄码", "Yellow codes"),
    "red": Words("红码", "Red codes"),
}
REGISTERED = Words("已申领", "Registered")


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return registered people of the population, and each colour of all codes, beside what was known a day earlier."""
    at = moment.known
    query = statement("number_health_codes")
    now = (await connection.execute(query, {"code": code, "at": at})).one()
    then = (await connection.execute(query, {"code": code, "at": at - timedelta(days=1)})).one()
    old = late(now.data_time, at, FEED.late_after)
    codes = sum(getattr(now, name) for name in CODES) if now.areas else None
    lines = [
        Line(REGISTERED, now.registered, PEOPLE, now.data_time, of=now.population, before=then.registered, late=old)
    ]
    for name, words in CODES.items():
        value, before = getattr(now, name), getattr(then, name)
        lines.append(Line(words, value, PEOPLE, now.data_time, of=codes, before=before, late=old))
    return lines


NUMBER = Number(
    id="health_codes",
    title=Words("健康码", "Health codes"),
    order=30,
    tables=frozenset({"health_code_day"}),
    homes=True,
    read=read,
)
