"""The consultation network of hospitals: which one asks which, how, since when, and how many cases a day.

A link lies in the deepest area that holds both ends, so that whoever sees the link sees both hospitals.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import model_validator
from sqlalchemy import Row as Found
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Count, Day, Moment, fault
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.tables import newer, newest, newest_word

ENDS = ("asks", "answers")
_CLINICS = text("SELECT code, id FROM clinic WHERE code = ANY (CAST(:codes AS text[]))")
# lca() leaves the last label out, so each path gets one more.
_LINK = text(
    """INSERT INTO consultation AS t (asks_id, answers_id, kind, since, reported_at, area_id, path)
       SELECT r.asks, r.answers, r.kind, r.since, r.reported_at, ltree2text(subpath(p.path, -1))::int, p.path
       FROM unnest(CAST(:asks AS int[]), CAST(:answers AS int[]), CAST(:kind AS text[]), CAST(:since AS date[]),
                   CAST(:reported_at AS timestamptz[])) AS r(asks, answers, kind, since, reported_at)
       JOIN clinic c ON c.id = r.asks JOIN clinic d ON d.id = r.answers
       CROSS JOIN LATERAL (SELECT lca(c.path || 'x'::ltree, d.path || 'x'::ltree) AS path) p
       ORDER BY r.asks, r.answers
       ON CONFLICT (asks_id, answers_id) DO UPDATE SET
           kind = excluded.kind, since = excluded.since, reported_at = excluded.reported_at
       WHERE excluded.reported_at > t.reported_at"""
)
_LINKS = text(
    """SELECT asks_id, answers_id, id FROM consultation
       WHERE asks_id = ANY (CAST(:asks AS int[])) AND answers_id = ANY (CAST(:answers AS int[]))"""
)
_PUT = text(
    f"""INSERT INTO consultation_day AS t (consultation_id, day, cases, reported_at, area_id, path)
       SELECT c.id, r.day, r.cases, r.reported_at, c.area_id, c.path
       FROM unnest(CAST(:link AS int[]), CAST(:day AS date[]), CAST(:cases AS int[]),
                   CAST(:reported_at AS timestamptz[])) AS r(link, day, cases, reported_at)
       JOIN consultation c ON c.id = r.link ORDER BY c.id, r.day
       ON CONFLICT (consultation_id, day) DO UPDATE SET cases = excluded.cases, reported_at = excluded.reported_at
       WHERE {newer("cases")}"""  # noqa: S608 -- names of our own model
)


class Consultations(Row):
    """What one hospital asked of another on one day."""

    asks: Code
    """The code of the clinic or hospital that asks."""
    answers: Code
    """The code of the one that is asked."""
    kind: Literal["video", "telephone", "visit", "transfer"]
    since: Day
    """Since when the two are linked."""
    day: Day
    cases: Count
    reported_at: Moment

    @model_validator(mode="after")
    def _between_two(self) -> Self:
        if self.asks == self.answers:
            raise fault("same_hospital", "answers")
        return self


async def write(connection: AsyncConnection, rows: Sequence[Consultations], _sender: str) -> Written:
    """Put the newest report of every link and day in. Raises Refused where a clinic is not known here."""
    codes = {row.asks for row in rows} | {row.answers for row in rows}
    clinics = {row.code: row.id for row in await connection.execute(_CLINICS, {"codes": sorted(codes)})}
    missing = {n: [end for end in ENDS if getattr(row, end) not in clinics] for n, row in enumerate(rows, 1)}
    stop([Refusal(n, ends[0], "unknown_clinic") for n, ends in missing.items() if ends])
    links = await _linked(connection, rows, clinics)
    kept = newest_word(rows, "asks", "answers", "day")
    columns: dict[str, list[Any]] = {
        name: [getattr(row, name) for row in kept] for name in ("day", "cases", "reported_at")
    }
    columns["link"] = [links[clinics[row.asks], clinics[row.answers]] for row in kept]
    put = await connection.execute(_PUT, columns)
    return Written(put.rowcount, len(rows) - put.rowcount)


async def _linked(
    connection: AsyncConnection, rows: Sequence[Consultations], clinics: Mapping[str, int]
) -> dict[tuple[int, int], int]:
    """Put the links in; return the id of each by the ids of its ends."""
    kept = newest(rows, lambda row: (row.asks, row.answers), lambda row: row.reported_at)
    columns: dict[str, list[Any]] = {
        name: [getattr(row, name) for row in kept] for name in ("kind", "since", "reported_at")
    }
    ends = {name: [clinics[getattr(row, name)] for row in kept] for name in ENDS}
    await connection.execute(_LINK, columns | ends)
    found: Sequence[Found[Any]] = (await connection.execute(_LINKS, ends)).all()
    return {(row.asks_id, row.answers_id): row.id for row in found}


FEED = Feed(
    kind="consultations",
    title=Words("会诊网络", "Consultation network"),
    row=Consultations,
    key=("asks", "answers", "day"),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(hours=36),
    write=write,
    example={
        "asks": "411202-C01",
        "answers": "411202-C02",
        "kind": "video",
        "since": "2020-02-03",
        "day": "2020-02-11",
        "cases": 3,
        "reported_at": "2020-02-11T20:30:00+08:00",
    },
    paper=Paper(
        names={
            "asks": ("申请医院编号", "申请方"),
            "answers": ("会诊医院编号", "会诊方"),
            "kind": ("会诊方式", "方式"),
            "since": ("开通日期",),
            "day": ("日期", "会诊日期"),
            "cases": ("会诊病例数", "病例数", "例数"),
            "reported_at": ("上报时间", "填报时间"),
        },
        words={
            "kind": {
                "video": ("视频", "视频会诊", "远程会诊"),
                "telephone": ("电话", "电话会诊"),
                "visit": ("到场", "现场会诊", "实地会诊"),
                "transfer": ("转诊", "转院"),
            },
        },
    ),
)
