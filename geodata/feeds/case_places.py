"""Places where confirmed cases were, and when: never who. A home is told as its village or compound, and drawn there.

Whatever coordinates come with a `home_area` are left out before anything is written: its place is its area's.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Latitude, Longitude, Moment, fault
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.reported import Reported, put
from geodata.feeds.floor.tables import newest_word
from geodata.feeds.floor.things import demand_near, known_areas

_DRAWN = text("SELECT id FROM area WHERE id = ANY (CAST(:ids AS int[])) AND place IS NOT NULL")
_NAMES = ("kind", "began", "ended", "published", "reported_at")
_REGISTER = Reported(
    "case_place",
    {
        "kind": "text",
        "began": "timestamptz",
        "ended": "timestamptz",
        "published": "bool",
        "first_reported_at": "timestamptz",
        "reported_at": "timestamptz",
    },
    place="CASE WHEN r.kind = 'home_area' THEN ST_PointOnSurface(a.place) "
    "ELSE ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326) END",
)


class CasePlace(Row):
    """One stay of a confirmed case at one place."""

    code: Code
    """Of this entry; not of the case."""
    area: Code
    """Of a home the village or the compound (grid)."""
    kind: Literal["home_area", "venue", "work", "transport", "hospital"]
    lon: Longitude | None = None
    lat: Latitude | None = None
    began: Moment
    ended: Moment | None = None
    published: Annotated[bool, Field(strict=True)] = False
    """Whether the city has told the public of this place."""
    reported_at: Moment

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ended is not None and self.ended < self.began:
            raise fault("before_began", "ended")
        if self.kind != "home_area" and (self.lon is None or self.lat is None):
            raise fault("no_point", "lon" if self.lon is None else "lat")
        return self


async def write(connection: AsyncConnection, rows: Sequence[CasePlace], _sender: str) -> Written:
    """Put the newest report of every place in. Raises Refused: an unknown area, a place far from it, a code held elsewhere."""
    rows = [row.model_copy(update={"lon": None, "lat": None}) if row.kind == "home_area" else row for row in rows]
    areas = await known_areas(connection, rows)
    await _refuse_shapeless(connection, rows, areas)
    await demand_near(connection, rows, [areas[row.area] for row in rows])
    kept = newest_word(rows, "code")
    columns = {name: [getattr(row, name) for row in kept] for name in ("code", *_NAMES, "lon", "lat")}
    columns |= {"area": [areas[row.area] for row in kept], "first_reported_at": columns["reported_at"]}
    changed, _ = await put(connection, _REGISTER, rows, columns)
    return Written(changed, len(rows) - changed)


async def _refuse_shapeless(connection: AsyncConnection, rows: Sequence[CasePlace], areas: dict[str, int]) -> None:
    ids = sorted({areas[row.area] for row in rows if row.kind == "home_area"})
    drawn = set(await connection.scalars(_DRAWN, {"ids": ids})) if ids else set[int]()
    stop(
        [
            Refusal(n, "area", "area_without_shape")
            for n, row in enumerate(rows, 1)
            if row.kind == "home_area" and areas[row.area] not in drawn
        ]
    )


FEED = Feed(
    kind="case_places",
    title=Words("病例活动场所", "Places of confirmed cases"),
    row=CasePlace,
    key=("code",),
    privacy=Privacy.HOUSEHOLD,
    late_after=timedelta(hours=36),
    write=write,
    example={
        "code": "CP20200211-003",
        "area": "411202001001",
        "kind": "venue",
        "lon": 111.0045,
        "lat": 34.0045,
        "began": "2020-02-08T09:30:00+08:00",
        "ended": "2020-02-08T10:10:00+08:00",
        "published": True,
        "reported_at": "2020-02-11T18:00:00+08:00",
    },
    paper=Paper(
        names={
            "code": ("编号", "场所编号"),
            "area": ("区域代码", "村（社区）代码", "所在社区代码"),
            "kind": ("场所类型", "类型"),
            "began": ("到达时间", "开始时间"),
            "ended": ("离开时间", "结束时间"),
            "published": ("是否公布", "已公布"),
            "reported_at": ("上报时间", "填报时间"),
        },
        words={
            "kind": {
                "home_area": ("居住小区（村）", "居住地", "小区", "住所", "家庭"),
                "venue": ("公共场所", "商场", "超市", "餐馆"),
                "work": ("工作单位", "单位", "工作场所"),
                "transport": ("交通站点", "交通工具", "车站", "公共交通"),
                "hospital": ("医疗机构", "医院", "诊所"),
            },
        },
        place="point",
        area="area",
    ),
)
