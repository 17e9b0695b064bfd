"""The registry of fever clinics and designated hospitals. Whether they are open is another feed, `clinic_status`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.columns import Line, Telephone, Title
from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import EARLIEST, Code, Latitude, Longitude
from geodata.feeds.floor.things import Register, keep

_REGISTER = Register(
    "clinic",
    {"kind": "text", "name": "text", "address": "text", "telephone": "text", "hours": "text"},
    first={"status": "text", "reported_at": "timestamptz"},
)


class Clinic(Row):
    """One fever clinic or designated hospital."""

    code: Code
    area: Code
    kind: Literal["fever_clinic", "designated_hospital"]
    name: Title
    address: Line = ""
    telephone: Telephone = ""
    """Of the house, never of a person."""
    hours: Line = ""
    """When patients are received, as people write it."""
    lon: Longitude
    lat: Latitude

    @property
    def status(self) -> str:
        """What a new one is until it has reported: neither open nor closed."""
        return "unknown"

    @property
    def reported_at(self) -> datetime:
        """A moment that lies before every report."""
        return EARLIEST


async def write(connection: AsyncConnection, rows: Sequence[Clinic], _sender: str) -> Written:
    """Put clinics into the registry. Raises Refused, see `keep`."""
    return await keep(connection, _REGISTER, rows)


FEED = Feed(
    kind="clinics",
    title=Words("发热门诊与定点医院名录", "Registry of fever clinics and designated hospitals"),
    row=Clinic,
    key=("code",),
    privacy=Privacy.PUBLIC,
    late_after=timedelta(days=30),
    write=write,
    example={
        "code": "411202-C09",
        "area": "411202001001001",
        "kind": "fever_clinic",
        "name": "湖滨区人民医院发热门诊",
        "address": "崤山路 3 号",
        "telephone": "0398-5550120",
        "hours": "00:00–24:00",
        "lon": 111.2,
        "lat": 34.78,
    },
    paper=Paper(
        names={
            "code": ("医院编号", "门诊编号", "机构编号", "编号"),
            "area": ("区域代码", "网格代码", "网格编号", "所属网格", "所属村"),
            "kind": ("类型", "类别", "机构类型"),
            "name": ("医院名称", "门诊名称", "机构名称", "名称"),
            "address": ("地址", "详细地址"),
            "telephone": ("电话", "联系电话", "咨询电话"),
            "hours": ("接诊时间", "开诊时间"),
        },
        words={
            "kind": {
                "fever_clinic": ("发热门诊",),
                "designated_hospital": ("定点医院", "定点救治医院", "定点收治医院"),
            },
        },
        place="point",
        area="area",
    ),
)
