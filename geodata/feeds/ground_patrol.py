"""Where teams on foot are: timed positions. The first position of a patrol opens it, `ended` brings it back.

A position lies in the deepest area that contains it; outside the sender's areas it counts to the patrol's own.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Latitude, Longitude, Moment, Note
from geodata.feeds.floor.outings import Outings, Said, ids_of
from geodata.feeds.floor.places import NEAR_KM, areas_of
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.tables import ground_partitions_by_day, refuse_left
from geodata.feeds.floor.things import known_areas

_PATROLS = Outings(
    table="ground_patrol",
    owner="area_id",
    field="patrol",
    refusal="other_patrol",
    opening=text(
        """INSERT INTO ground_patrol (code, team, started_at, ended_at, area_id, path)
           SELECT r.code, r.team, r.first, r.ended, a.id, a.path
           FROM unnest(CAST(:codes AS text[]), CAST(:names AS text[]), CAST(:owners AS int[]),
                       CAST(:firsts AS timestamptz[]), CAST(:ends AS timestamptz[])) AS r(code, team, area, first, ended)
           JOIN area a ON a.id = r.area ORDER BY r.code
           ON CONFLICT (code) DO NOTHING"""
    ),
)
_ADD = text(
    """INSERT INTO ground_point (patrol_id, at, place, area_id, path)
       SELECT r.patrol, r.at, ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326), a.id, a.path
       FROM unnest(CAST(:patrols AS bigint[]), CAST(:ats AS timestamptz[]), CAST(:lons AS float8[]),
                   CAST(:lats AS float8[]), CAST(:areas AS int[])) AS r(patrol, at, lon, lat, area)
       JOIN area a ON a.id = r.area ORDER BY r.patrol, r.at
       ON CONFLICT (patrol_id, at) DO NOTHING"""
)


class Step(Row):
    """Where one team was at one moment."""

    patrol: Code
    """A new code for each time that a team sets out."""
    team: Note
    """What the team is called; never who is in it."""
    area: Code
    """The area that the team patrols."""
    at: Moment
    lon: Longitude
    lat: Latitude
    ended: Annotated[bool, Field(strict=True)] = False
    """True for the last position: the team is back."""


async def write(connection: AsyncConnection, rows: Sequence[Step], _sender: str) -> Written:
    """Add the positions that are new, and open, widen and end their patrols.

    Raises Refused: an unknown area, a patrol of another area, a place far from the patrol's area.
    """
    await ground_partitions_by_day(connection, (row.at for row in rows))
    await refuse_left(connection, "ground_point", [row.at for row in rows])
    own = await known_areas(connection, rows)
    areas = await areas_of(connection, [(row.lon, row.lat) for row in rows], [own[row.area] for row in rows])
    stop([Refusal(n, "lon", "outside", {"km": NEAR_KM}) for n, area in enumerate(areas, 1) if area is None])
    said = [Said(row.patrol, own[row.area], row.team, row.at, row.ended) for row in rows]
    patrols = await ids_of(connection, _PATROLS, said)
    added = await connection.execute(_ADD, _columns(rows, areas, patrols))
    return Written(added.rowcount, len(rows) - added.rowcount)


def _columns(rows: Sequence[Step], areas: Sequence[int | None], patrols: Mapping[str, int]) -> dict[str, list[Any]]:
    return {
        "patrols": [patrols[row.patrol] for row in rows],
        "ats": [row.at for row in rows],
        "lons": [row.lon for row in rows],
        "lats": [row.lat for row in rows],
        "areas": list(areas),
    }


FEED = Feed(
    kind="ground_patrol",
    title=Words("地面巡查", "Ground patrols"),
    row=Step,
    key=("patrol", "at"),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(minutes=5),
    write=write,
    example={
        "patrol": "G1-20200211-01",
        "team": "前进街道巡查一队",
        "area": "411202002",
        "at": "2020-02-11T10:00:15+08:00",
        "lon": 111.0045,
        "lat": 34.0045,
    },
    paper=Paper(
        names={
            "patrol": (
                "巡查编号",
                "巡查",
            ),
            "team": (
                "队伍",
                "巡查队",
            ),
            "area": (
                "区划代码",
                "驻区代码",
                "所属区域",
            ),
            "at": (
                "时间",
                "定位时间",
            ),
            "ended": (
                "是否结束",
                "已返回",
            ),
        },
        place="point",
    ),
)
