"""Trips of confirmed cases: train, flight, coach, car or ship, its number and the day; never who.

Numbers are compared in one form (`Ｇ1234` is `G1234`). A car's plate names its owner, so only its keyed hash is kept.
"""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata import trips
from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Day, Moment, Note, fault
from geodata.feeds.floor.reported import Reported, put
from geodata.feeds.floor.tables import newest_word
from geodata.feeds.floor.things import known_areas

_NAMES = ("code", "means", "day", "from_station", "to_station", "carriage", "seats", "reported_at")
_REGISTER = Reported(
    "case_trip",
    {
        "means": "text",
        "number": "text",
        "day": "date",
        "from_station": "text",
        "to_station": "text",
        "carriage": "text",
        "seats": "text",
        "reported_at": "timestamptz",
    },
)
Number = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True), Field(repr=False)]


class CaseTrip(Row):
    """One ride of a confirmed case."""

    code: Code
    """Of this entry; not of the case."""
    area: Code
    """Who reports it: the area that looks after the case."""
    means: trips.Means
    number: Number
    """Of the train, flight, line or ship; a car's plate, of which only a keyed hash is kept."""
    day: Day
    """On which it set out."""
    from_station: Note | None = None
    to_station: Note | None = None
    carriage: Note | None = None
    seats: Note | None = None
    """A range, such as rows 5 to 9; not the seat."""
    reported_at: Moment

    @model_validator(mode="after")
    def _a_number(self) -> Self:
        if trips.normal(self.means, self.number) is None:
            raise fault("trip_number", "number")
        return self


async def write(connection: AsyncConnection, rows: Sequence[CaseTrip], _sender: str) -> Written:
    """Put the newest report of every trip in. Raises Refused: an unknown area, a code held elsewhere."""
    areas = await known_areas(connection, rows)
    kept = newest_word(rows, "code")
    columns = {name: [getattr(row, name) for row in kept] for name in _NAMES}
    normal = [(row.means, trips.normal(row.means, row.number) or "") for row in kept]
    columns |= {"area": [areas[row.area] for row in kept], "number": await trips.compared(connection, normal)}
    changed, _ = await put(connection, _REGISTER, rows, columns)
    return Written(changed, len(rows) - changed)


FEED = Feed(
    kind="case_trips",
    title=Words("病例行程", "Trips of confirmed cases"),
    row=CaseTrip,
    key=("code",),
    privacy=Privacy.HOUSEHOLD,
    late_after=trips.LATE_AFTER,
    write=write,
    example={
        "code": "CT20200211-002",
        "area": "411202001001",
        "means": "train",
        "number": "G1234",
        "day": "2020-02-05",
        "from_station": "武汉",
        "to_station": "三门峡南",
        "carriage": "8",
        "seats": "5–9 排",
        "reported_at": "2020-02-11T18:05:00+08:00",
    },
    paper=Paper(
        names={
            "code": ("编号", "行程编号"),
            "area": ("区域代码", "上报区域代码"),
            "means": ("交通方式", "交通工具"),
            "number": ("车次", "航班号", "车次/航班号", "车牌号", "班次"),
            "day": ("日期", "乘车日期", "出发日期"),
            "from_station": ("出发站", "上车站", "始发地"),
            "to_station": ("到达站", "下车站", "目的地"),
            "carriage": ("车厢", "车厢号"),
            "seats": ("座位", "座位范围"),
            "reported_at": ("上报时间", "填报时间"),
        },
        words={
            "means": {
                "train": ("火车", "高铁", "动车", "列车", "铁路"),
                "flight": ("飞机", "航班", "民航"),
                "coach": ("客车", "大巴", "长途客车", "长途汽车"),
                "ship": ("轮船", "客轮", "渡轮"),
                "car": ("自驾", "网约车", "出租车", "私家车"),
            },
        },
        area="area",
    ),
)
