"""The registry of checkpoints: where each stands and when it is staffed. What passed them is another feed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.columns import Clock, Title
from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Latitude, Longitude
from geodata.feeds.floor.things import Register, keep

_REGISTER = Register("checkpoint", {"name": "text", "kind": "text", "staffed_from": "time", "staffed_to": "time"})


class Checkpoint(Row):
    """One post, and its local hours; equal ones mean round the clock."""

    code: Code
    area: Code
    name: Title
    kind: Literal["community_gate", "village_entrance", "motorway_exit", "station", "venue", "workplace"]
    lon: Longitude
    lat: Latitude
    staffed_from: Clock
    staffed_to: Clock


async def write(connection: AsyncConnection, rows: Sequence[Checkpoint], _sender: str) -> Written:
    """Put posts into the registry; what one has counted stays counted where it was. Raises Refused, see `keep`."""
    return await keep(connection, _REGISTER, rows)


FEED = Feed(
    kind="checkpoints",
    title=Words("检测点名录", "Registry of checkpoints"),
    row=Checkpoint,
    key=("code",),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(days=30),
    write=write,
    example={
        "code": "411202001001001-K07",
        "area": "411202001001001",
        "name": "天鹅湖小区南门",
        "kind": "community_gate",
        "lon": 111.2,
        "lat": 34.78,
        "staffed_from": "06:00",
        "staffed_to": "22:00",
    },
    paper=Paper(
        names={
            "code": ("检测点编号", "卡口编号", "编号"),
            "area": ("区域代码", "网格代码", "网格编号", "所属网格", "所属村"),
            "name": ("检测点名称", "卡口名称", "检测点", "卡口", "名称"),
            "kind": ("类型", "类别", "检测点类型"),
            "staffed_from": ("值守开始", "上岗时间", "开始时间"),
            "staffed_to": ("值守结束", "下岗时间", "结束时间"),
        },
        words={
            "kind": {
                "community_gate": ("小区门", "小区大门", "小区", "社区门口"),
                "village_entrance": ("村口", "村庄入口", "进村路口"),
                "motorway_exit": ("高速出口", "高速路口", "高速公路出口"),
                "station": ("车站", "火车站", "汽车站"),
                "venue": ("公共场所", "商场", "超市"),
                "workplace": ("工作单位", "单位", "企业", "机关"),
            },
        },
        place="point",
        area="area",
    ),
)
