"""The registry of drones: which area each is stationed in, and how wide its camera sees."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.columns import Title
from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code
from geodata.feeds.floor.things import Register, keep

_REGISTER = Register("drone", {"name": "text", "camera_degrees": "float8"}, placed=False)


class Drone(Row):
    """One aircraft."""

    code: Code
    area: Code
    """The area of any level that it is stationed in."""
    name: Title
    camera_degrees: Annotated[float, Field(strict=True, ge=1, le=179, allow_inf_nan=False)]
    """Full field of view of its camera."""


async def write(connection: AsyncConnection, rows: Sequence[Drone], _sender: str) -> Written:
    """Put aircraft into the registry; where one has flown stays as it was. Raises Refused, see `keep`."""
    return await keep(connection, _REGISTER, rows)


FEED = Feed(
    kind="drones",
    title=Words("无人机名录", "Registry of drones"),
    row=Drone,
    key=("code",),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(days=30),
    write=write,
    example={"code": "D9", "area": "411202002", "name": "前进街道 1 号机", "camera_degrees": 78.0},
    paper=Paper(
        names={
            "code": ("无人机编号", "设备编号", "编号"),
            "area": ("区域代码", "驻地代码", "驻地区域"),
            "name": ("无人机名称", "名称"),
            "camera_degrees": ("相机视场角", "视场角"),
        },
        area="area",
    ),
)
