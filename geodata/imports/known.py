"""What an import must know of the city: codes of areas and their polygons, the scheme's states, a sender's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.errors import BadScheme
from geodata.installation import current_scheme
from geodata.model import SchemeState

_ZONE = text("SELECT city_zone() AS zone, local_day(now()) AS today")
_AREAS = text(
    """SELECT a.code, ST_AsBinary(coalesce(a.place, p.place)) AS place
       FROM area a LEFT JOIN area p ON p.id = a.parent_id ORDER BY nlevel(a.path), a.id"""
)
_ALIASES = text("SELECT s.alias, a.code FROM area_alias s JOIN area a ON a.id = s.area_id WHERE s.kind = 'code'")
_REMEMBERED = text("SELECT what, theirs, ours FROM import_memory WHERE sender = :sender AND kind = :kind")
_REMEMBER = text(
    """INSERT INTO import_memory (sender, kind, what, theirs, ours) VALUES (:sender, :kind, :what, :theirs, :ours)
       ON CONFLICT (sender, kind, what, theirs) DO UPDATE SET ours = excluded.ours"""
)


@dataclass(frozen=True)
class Known:
    """The city as whoever brings the file sees it."""

    zone: ZoneInfo
    areas: Mapping[str, Any]
    """Codes, each with its polygon or its parent's, or none."""
    aliases: Mapping[str, str]
    """Older codes, and those in force."""
    states: Sequence[SchemeState] = ()
    """Of the scheme in force."""
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def saying(self, words: Mapping[str, str]) -> "Known":
        """Return the same with other words for states."""
        return replace(self, words=words)


async def known_of(connection: AsyncConnection, sender: str, kind: str) -> Known:
    """Read it in the caller's scope."""
    facts = (await connection.execute(_ZONE)).one()
    areas = await connection.execute(_AREAS)
    memory = (await connection.execute(_REMEMBERED, {"sender": sender, "kind": kind})).all()
    try:
        scheme = await current_scheme(connection, day=facts.today)
    except BadScheme:
        scheme = ()
    return Known(
        ZoneInfo(facts.zone),
        {row.code: shapely.from_wkb(bytes(row.place)) if row.place is not None else None for row in areas},
        {row.alias: row.code for row in await connection.execute(_ALIASES)},
        scheme,
        {row.theirs: row.ours for row in memory if row.what == "column"},
        {row.theirs: row.ours for row in memory if row.what == "state"},
    )


async def remember(
    connection: AsyncConnection, sender: str, kind: str, columns: Mapping[str, str], states: Mapping[str, str]
) -> None:
    """Keep what somebody said about a sender's names, for the next file."""
    said = [("column", *pair) for pair in columns.items()] + [("state", *pair) for pair in states.items()]
    if said:
        same = {"sender": sender, "kind": kind}
        binds = [same | {"what": what, "theirs": theirs, "ours": ours} for what, theirs, ours in said]
        await connection.execute(_REMEMBER, binds)
