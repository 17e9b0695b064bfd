"""People of the four groups to follow 四类重点人群, as an area's villages report them on the day."""

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.floor.declaration import Words
from geodata.feeds.village_report import FEED
from geodata.numbers.declaration import Line, Moment, Number, late

PEOPLE = Words("人", "people")
GROUPS = {
    "returned_outside": Words("域外返回", "Returned from outside"),
    "returned_wuhan": Words("武汉返回", "Returned from Wuhan"),
    "close_contact": Words("密切接触", "Close contacts"),
    "fever_unexplained": Words("发热无接触史", "Fever without contact"),
}
TOGETHER = Words("四类合计", "All four groups")


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return each group and all together; `before` moves by what changed in villages that also reported the day before."""
    at = moment.known
    row = (await connection.execute(statement("number_four_groups"), {"code": code, "at": at})).one()
    now = {name: getattr(row, name) for name in GROUPS}
    changes = {name: getattr(row, f"d_{name}") for name in GROUPS}
    every = sum(now.values()) if row.villages else None
    change = sum(changes.values()) if row.paired else None
    old = late(row.data_time, at, FEED.late_after)

    def line(words: Words, value: int | None, moved: int | None, *, severe: bool = False) -> Line:
        before = None if value is None or moved is None else value - moved
        return Line(words, value, PEOPLE, row.data_time, before=before, late=old, severe=severe)

    groups = [
        line(words, now[name], changes[name], severe=name == "fever_unexplained" and bool(now[name]))
        for name, words in GROUPS.items()
    ]
    return [line(TOGETHER, every, change), *groups]


NUMBER = Number(
    id="four_groups",
    title=Words("四类重点人群", "Four groups to follow"),
    order=10,
    tables=frozenset({"village_report"}),
    homes=True,
    read=read,
)
