"""What this installation is: its city, its time zone, whether its data are a demonstration; its colour scheme."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.errors import BadScheme
from geodata.model import ColourScheme, SchemeState

TIME_ZONE = "Asia/Shanghai"
_FACTS = text(
    """SELECT (SELECT json_object_agg(name, value) FROM setting WHERE name NOT IN ('secret', 'feed_key')) AS settings,
              a.code, a.name
       FROM (SELECT 1) one LEFT JOIN LATERAL (
           SELECT code, name FROM area
           WHERE code = (SELECT value FROM setting WHERE name = 'city') OR level = 'city'
           ORDER BY code = (SELECT value FROM setting WHERE name = 'city') DESC NULLS LAST, code LIMIT 1) a ON true"""
)


@dataclass(frozen=True, slots=True)
class Installation:
    """The facts that every page says or counts by. An empty database has no city yet: its code and name are empty."""

    city_code: str = ""
    city_name: str = ""
    time_zone: str = TIME_ZONE
    demo: bool = False
    label: str = ""
    """A name of its own for the head of the page; empty where the city's name will do."""
    faulty_scheme: bool = False
    """The colour scheme in force does not pass the check; it is used, and operators are told."""

    @property
    def zone(self) -> ZoneInfo:
        """Return the city's time zone."""
        return ZoneInfo(self.time_zone)

    def today(self, now: datetime) -> date:
        """Return the city's calendar day at a moment."""
        return now.astimezone(self.zone).date()


def _installation(row: Row[Any]) -> Installation:
    settings: dict[str, str] = row.settings or {}
    return Installation(
        city_code=row.code or settings.get("city", ""),
        city_name=row.name or "",
        time_zone=settings.get("time_zone", TIME_ZONE),
        demo=settings.get("demo") == "true",
        label=settings.get("label", ""),
    )


async def read_installation(connection: AsyncConnection) -> Installation:
    """Read the facts through the gate."""
    return _installation((await connection.execute(_FACTS)).one())


def owner_installation(connection: Connection) -> Installation:
    """Read the facts as the owner, for the command line."""
    return _installation(connection.execute(_FACTS).one())


def _scheme(city_code: str, day: date | None) -> Select[Any]:
    versions = select(ColourScheme.id).order_by(ColourScheme.valid_from.desc(), ColourScheme.id.desc()).limit(1)
    if city_code:
        versions = versions.where(ColourScheme.city_code == city_code)
    if day is not None:
        versions = versions.where(ColourScheme.valid_from <= day)
    return (
        select(*SchemeState.__table__.columns)
        .where(SchemeState.scheme_id == versions.scalar_subquery())
        .order_by(SchemeState.severity)
    )


async def current_scheme(
    connection: AsyncConnection, city_code: str = "", day: date | None = None
) -> tuple[SchemeState, ...]:
    """Return the states of the scheme in force on a day (none: the newest), most severe first. Raises BadScheme.

    They are what may be entered; what is drawn on a day is `geodata.schemes.drawn_states`.
    """
    rows = (await connection.execute(_scheme(city_code, day))).mappings().all()
    if not rows:
        raise BadScheme(state="")
    return tuple(SchemeState(**row) for row in rows)
