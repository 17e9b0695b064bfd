"""Rooms occupied in designated hotels, reported once a day; the newest report of a day counts."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Count, Day, Moment
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.tables import newer, newest_word

_HOTELS = text("SELECT code, id, rooms FROM hotel WHERE code = ANY (CAST(:codes AS text[]))")
_PUT = text(
    f"""INSERT INTO hotel_day AS t (hotel_id, day, occupied, reported_at, area_id, path)
       SELECT h.id, r.day, r.occupied, r.reported_at, h.area_id, h.path
       FROM unnest(CAST(:hotel AS int[]), CAST(:day AS date[]), CAST(:occupied AS int[]),
                   CAST(:reported_at AS timestamptz[])) AS r(hotel, day, occupied, reported_at)
       JOIN hotel h ON h.id = r.hotel ORDER BY h.id, r.day
       ON CONFLICT (hotel_id, day) DO UPDATE SET occupied = excluded.occupied, reported_at = excluded.reported_at
       WHERE {newer("occupied")}"""  # noqa: S608 -- names of our own model
)


class Occupancy(Row):
    """How many rooms of one hotel were taken on one day."""

    hotel: Code
    day: Day
    occupied: Count
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[Occupancy], _sender: str) -> Written:
    """Put the newest report of every day in its place. Raises Refused: an unknown hotel, more rooms than there are."""
    found = await connection.execute(_HOTELS, {"codes": sorted({row.hotel for row in rows})})
    hotels = {hotel.code: hotel for hotel in found}
    refusals = list[Refusal]()
    for number, row in enumerate(rows, 1):
        hotel = hotels.get(row.hotel)
        if hotel is None:
            refusals.append(Refusal(number, "hotel", "unknown_hotel"))
        elif row.occupied > hotel.rooms:
            refusals.append(Refusal(number, "occupied", "more_than_rooms", {"rooms": hotel.rooms}))
    stop(refusals)
    kept = newest_word(rows, "hotel", "day")
    columns = {name: [getattr(row, name) for row in kept] for name in ("day", "occupied", "reported_at")}
    put = await connection.execute(_PUT, columns | {"hotel": [hotels[row.hotel].id for row in kept]})
    return Written(put.rowcount, len(rows) - put.rowcount)


FEED = Feed(
    kind="occupancy",
    title=Words("定点宾馆入住", "Occupancy of designated hotels"),
    row=Occupancy,
    key=("hotel", "day"),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(hours=36),
    write=write,
    example={
        "hotel": "411202-H01",
        "day": "2020-02-11",
        "occupied": 17,
        "reported_at": "2020-02-11T20:05:00+08:00",
    },
    paper=Paper(
        names={
            "hotel": (
                "宾馆编号",
                "酒店编号",
            ),
            "day": (
                "日期",
                "统计日期",
            ),
            "occupied": (
                "入住间数",
                "已住",
                "已用房间",
            ),
            "reported_at": (
                "填报时间",
                "上报时间",
            ),
        },
    ),
)
