"""Where teams on foot are: timed positions. The first position of a patrol opens it, `ended` brings it back.

A position lies in the deepest area that contains it; outside the sender's areas it counts to the patrol's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.declaration import Feed, Privacy, Row, Words, Written
from geodata.feeds.fields import Code, Latitude, Longitude, Moment, Note
from geodata.feeds.places import NEAR_KM, areas_of
from geodata.feeds.refusal import Refusal, stop
from geodata.feeds.tables import ground_partitions_by_day

_AREAS = text("SELECT code, id FROM area WHERE code = ANY (CAST(:codes AS text[]))")
_HOLD = text(
    """SELECT code, id, area_id, started_at, ended_at FROM ground_patrol WHERE code = ANY (CAST(:codes AS text[]))
       ORDER BY code FOR NO KEY UPDATE"""
)
_OPEN = text(
    """INSERT INTO ground_patrol (code, team, started_at, ended_at, area_id, path)
       SELECT r.code, r.team, r.first, r.ended, a.id, a.path
       FROM unnest(CAST(:codes AS text[]), CAST(:teams AS text[]), CAST(:areas AS int[]),
                   CAST(:firsts AS timestamptz[]), CAST(:ends AS timestamptz[])) AS r(code, team, area, first, ended)
       JOIN area a ON a.id = r.area ORDER BY r.code
       ON CONFLICT (code) DO NOTHING"""
)
_WIDEN = text(
    """UPDATE ground_patrol g SET started_at = least(g.started_at, r.first), ended_at = greatest(g.ended_at, r.ended)
       FROM unnest(CAST(:ids AS bigint[]), CAST(:firsts AS timestamptz[]), CAST(:ends AS timestamptz[]))
            AS r(id, first, ended)
       WHERE g.id = r.id"""
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


@dataclass(slots=True)
class _Patrol:
    """What one delivery says of one patrol."""

    code: str
    team: str
    area: str
    first: datetime
    ended: datetime | None = None


async def write(connection: AsyncConnection, rows: Sequence[Step], _sender: str) -> Written:
    """Add the positions that are new, and open, widen and end their patrols.

    Raises Refused: an unknown area, a patrol of another area, a place far from the patrol's area.
    """
    await ground_partitions_by_day(connection, (row.at for row in rows))
    found = await connection.execute(_AREAS, {"codes": sorted({row.area for row in rows})})
    own = {area.code: area.id for area in found}
    stop([Refusal(n, "area", "unknown_area") for n, row in enumerate(rows, 1) if row.area not in own])
    areas = await areas_of(connection, [(row.lon, row.lat) for row in rows], [own[row.area] for row in rows])
    stop([Refusal(n, "lon", "outside", {"km": NEAR_KM}) for n, area in enumerate(areas, 1) if area is None])
    patrols = await _patrols(connection, rows, own)
    added = await connection.execute(_ADD, _columns(rows, areas, patrols))
    return Written(added.rowcount, len(rows) - added.rowcount)


def _told(rows: Sequence[Step]) -> list[_Patrol]:
    """Return the patrols of a delivery in the order of their codes. Raises Refused where one has two areas."""
    told, refusals = dict[str, _Patrol](), list[Refusal]()
    for number, row in enumerate(rows, 1):
        patrol = told.setdefault(row.patrol, _Patrol(row.patrol, row.team, row.area, row.at))
        if patrol.area != row.area:
            refusals.append(Refusal(number, "patrol", "other_patrol"))
        patrol.first = min(patrol.first, row.at)
        if row.ended:
            patrol.ended = max(patrol.ended or row.at, row.at)
    stop(refusals)
    return [told[code] for code in sorted(told)]


async def _patrols(connection: AsyncConnection, rows: Sequence[Step], own: Mapping[str, int]) -> dict[str, int]:
    """Return the ids of the patrols by code, opening those that are not there yet."""
    told = _told(rows)
    held = await _hold(connection, [patrol.code for patrol in told])
    missing = [patrol for patrol in told if patrol.code not in held]
    if missing:
        columns = {"teams": [patrol.team for patrol in missing], "areas": [own[patrol.area] for patrol in missing]}
        await connection.execute(_OPEN, columns | {"codes": [patrol.code for patrol in missing]} | _times(missing))
        held |= await _hold(connection, [patrol.code for patrol in missing])
    right = {p.code for p in told if p.code in held and held[p.code].area_id == own[p.area]}
    stop([Refusal(n, "patrol", "other_patrol") for n, row in enumerate(rows, 1) if row.patrol not in right])
    wider = [patrol for patrol in told if _widens(patrol, held[patrol.code])]
    if wider:
        await connection.execute(_WIDEN, {"ids": [held[patrol.code].id for patrol in wider]} | _times(wider))
    return {code: patrol.id for code, patrol in held.items()}


async def _hold(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, Any]:
    return {patrol.code: patrol for patrol in await connection.execute(_HOLD, {"codes": codes})}


def _widens(told: _Patrol, known: Any) -> bool:
    ends = told.ended is not None and (known.ended_at is None or told.ended > known.ended_at)
    return told.first < known.started_at or ends


def _times(patrols: Sequence[_Patrol]) -> dict[str, list[datetime | None]]:
    return {"firsts": [patrol.first for patrol in patrols], "ends": [patrol.ended for patrol in patrols]}


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
)
