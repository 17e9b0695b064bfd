"""Village reports: once a day each village says how many people of the four groups it has; the newest of a day counts."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Count, Day, Moment
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.tables import newer, newest_word

_VILLAGES = text("SELECT code, id FROM area WHERE level = 'village' AND code = ANY (CAST(:codes AS text[]))")
_PUT = text(
    f"""INSERT INTO village_report AS t (area_id, day, returned_outside, returned_wuhan, close_contact, fever_unexplained,
                                        first_reported_at, reported_at, path)
       SELECT a.id, r.day, r.returned_outside, r.returned_wuhan, r.close_contact, r.fever_unexplained, r.reported_at,
              r.reported_at, a.path
       FROM unnest(CAST(:village AS int[]), CAST(:day AS date[]), CAST(:returned_outside AS int[]),
                   CAST(:returned_wuhan AS int[]), CAST(:close_contact AS int[]), CAST(:fever_unexplained AS int[]),
                   CAST(:reported_at AS timestamptz[]))
            AS r(village, day, returned_outside, returned_wuhan, close_contact, fever_unexplained, reported_at)
       JOIN area a ON a.id = r.village ORDER BY a.id, r.day
       ON CONFLICT (area_id, day) DO UPDATE SET
           returned_outside = excluded.returned_outside, returned_wuhan = excluded.returned_wuhan,
           close_contact = excluded.close_contact, fever_unexplained = excluded.fever_unexplained,
           first_reported_at = least(t.first_reported_at, excluded.first_reported_at), reported_at = excluded.reported_at
       WHERE {newer("returned_outside", "returned_wuhan", "close_contact", "fever_unexplained")}"""  # noqa: S608 -- names of our own model
)
_COLUMNS = ("day", "returned_outside", "returned_wuhan", "close_contact", "fever_unexplained", "reported_at")


class VillageReport(Row):
    """How many people of the four groups to follow one village had on one day."""

    village: Code
    day: Day
    returned_outside: Count
    returned_wuhan: Count
    close_contact: Count
    fever_unexplained: Count
    """People with fever who met no known case."""
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[VillageReport], _sender: str) -> Written:
    """Put the newest report of every day in its place. Raises Refused where a village is not known here."""
    found = await connection.execute(_VILLAGES, {"codes": sorted({row.village for row in rows})})
    villages = {village.code: village.id for village in found}
    stop([Refusal(n, "village", "unknown_village") for n, r in enumerate(rows, 1) if r.village not in villages])
    kept = newest_word(rows, "village", "day")
    columns = {name: [getattr(row, name) for row in kept] for name in _COLUMNS}
    put = await connection.execute(_PUT, columns | {"village": [villages[row.village] for row in kept]})
    return Written(put.rowcount, len(rows) - put.rowcount)


FEED = Feed(
    kind="village_report",
    title=Words("村级填报", "Village reports"),
    row=VillageReport,
    key=("village", "day"),
    privacy=Privacy.HOUSEHOLD,
    late_after=timedelta(hours=36),
    write=write,
    example={
        "village": "411202001001",
        "day": "2020-02-11",
        "returned_outside": 4,
        "returned_wuhan": 1,
        "close_contact": 0,
        "fever_unexplained": 0,
        "reported_at": "2020-02-11T16:40:00+08:00",
    },
    paper=Paper(
        names={
            "village": (
                "村代码",
                "村编码",
                "村级代码",
                "社区代码",
            ),
            "day": (
                "日期",
                "填报日期",
                "统计日期",
            ),
            "returned_outside": (
                "域外返回",
                "域外返回人数",
            ),
            "returned_wuhan": (
                "武汉返回",
                "武汉返回人数",
            ),
            "close_contact": (
                "密切接触",
                "密切接触者",
                "密接人数",
            ),
            "fever_unexplained": (
                "发热无接触史",
                "发热人数",
            ),
            "reported_at": (
                "填报时间",
                "上报时间",
            ),
        },
        area="village",
    ),
)
