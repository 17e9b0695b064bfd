"""Enterprises and how far their work has resumed: on the whitelist or not, since when, how many of the staff are back.

The newest report of every day is kept, so that any day can be compared with the one before it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Day, Latitude, Longitude, Moment, Note, fault
from geodata.feeds.floor.reported import Reported, put
from geodata.feeds.floor.tables import newer, newest
from geodata.feeds.floor.things import demand_near, known_areas

_REGISTER = Reported(
    "enterprise",
    {"name": "text", "industry": "text", "reported_at": "timestamptz"},
    place="ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326)",
    moves=False,
)
_DAYS = text("SELECT local_day(at) FROM unnest(CAST(:ats AS timestamptz[])) WITH ORDINALITY AS r(at, nth) ORDER BY nth")
_PUT = text(
    f"""INSERT INTO enterprise_day AS t (enterprise_id, day, whitelisted, resumed_on, staff, staff_back, reported_at,
                                        area_id, path)
       SELECT e.id, r.day, r.whitelisted, r.resumed_on, r.staff, r.staff_back, r.reported_at, e.area_id, e.path
       FROM unnest(CAST(:enterprise AS int[]), CAST(:day AS date[]), CAST(:whitelisted AS bool[]),
                   CAST(:resumed_on AS date[]), CAST(:staff AS int[]), CAST(:staff_back AS int[]),
                   CAST(:reported_at AS timestamptz[]))
            AS r(enterprise, day, whitelisted, resumed_on, staff, staff_back, reported_at)
       JOIN enterprise e ON e.id = r.enterprise ORDER BY e.id, r.day
       ON CONFLICT (enterprise_id, day) DO UPDATE SET
           whitelisted = excluded.whitelisted, resumed_on = excluded.resumed_on, staff = excluded.staff,
           staff_back = excluded.staff_back, reported_at = excluded.reported_at
       WHERE {newer("whitelisted", "resumed_on", "staff", "staff_back")}"""  # noqa: S608 -- names of our own model
)
_OF_DAY = ("whitelisted", "resumed_on", "staff", "staff_back", "reported_at")
Staff = Annotated[int, Field(strict=True, ge=0, le=2_000_000)]


class Enterprise(Row):
    """One enterprise as it stood when it was reported."""

    code: Code
    area: Code
    """The grid, or the village where the grid is not known."""
    title: Note
    """What the enterprise is called."""
    industry: Note
    lon: Longitude
    lat: Latitude
    staff: Staff
    staff_back: Staff
    """How many of the staff work again."""
    whitelisted: Annotated[bool, Field(strict=True)]
    """On the list of those that may resume."""
    resumed_on: Day | None = None
    """None while work has not resumed."""
    reported_at: Moment

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.staff_back > self.staff:
            raise fault("more_than_staff", "staff_back")
        return self


async def write(connection: AsyncConnection, rows: Sequence[Enterprise], _sender: str) -> Written:
    """Put the newest report of every enterprise and day in.

    Raises Refused: an unknown area, a place far from it, a code held elsewhere.
    """
    areas = await known_areas(connection, rows)
    await demand_near(connection, rows, [areas[row.area] for row in rows])
    _, ids = await put(connection, _REGISTER, rows, _registered(rows, areas))
    days = (await connection.scalars(_DAYS, {"ats": [row.reported_at for row in rows]})).all()
    dated = list(zip(rows, days, strict=True))
    kept = newest(dated, lambda pair: (pair[0].code, pair[1]), lambda pair: pair[0].reported_at)
    put_ = await connection.execute(_PUT, _reported(kept, ids))
    return Written(put_.rowcount, len(rows) - put_.rowcount)


def _registered(rows: Sequence[Enterprise], areas: Mapping[str, int]) -> dict[str, list[Any]]:
    kept = newest(rows, lambda row: row.code, lambda row: row.reported_at)
    columns = {name: [getattr(row, name) for row in kept] for name in ("code", "industry", "reported_at", "lon", "lat")}
    return columns | {"name": [row.title for row in kept], "area": [areas[row.area] for row in kept]}


def _reported(kept: Sequence[tuple[Enterprise, date]], ids: Mapping[str, int]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {name: [getattr(row, name) for row, _ in kept] for name in _OF_DAY}
    return columns | {"enterprise": [ids[row.code] for row, _ in kept], "day": [day for _, day in kept]}


FEED = Feed(
    kind="enterprises",
    title=Words("企业复工复产", "Enterprises and resumption of work"),
    row=Enterprise,
    key=("code", "reported_at"),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(hours=36),
    write=write,
    example={
        "code": "E411202-0042",
        "area": "411202001001",
        "title": "黄河轴承厂",
        "industry": "制造业",
        "lon": 111.0045,
        "lat": 34.0045,
        "staff": 320,
        "staff_back": 186,
        "whitelisted": True,
        "resumed_on": "2020-02-10",
        "reported_at": "2020-02-11T17:00:00+08:00",
    },
    paper=Paper(
        names={
            "code": ("编号", "企业编号", "统一社会信用代码"),
            "area": ("区域代码", "所在网格代码", "网格代码"),
            "title": ("名称", "企业名称"),
            "industry": ("行业", "所属行业"),
            "staff": ("员工总数", "职工人数"),
            "staff_back": ("返岗人数", "已返岗", "到岗人数"),
            "whitelisted": ("白名单", "是否白名单"),
            "resumed_on": ("复工日期", "复工时间"),
            "reported_at": ("上报时间", "填报时间"),
        },
        place="point",
        area="area",
    ),
)
