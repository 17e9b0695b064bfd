"""STAND-IN for helper protect's module of this name: counts without protection, for drawing and tests only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata import figures
from geodata.database import Database
from geodata.errors import BadValue
from geodata.model import Area

THRESHOLD = 5


@dataclass(frozen=True, slots=True)
class Said:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class PressMeasure:
    """A measure that may be published."""

    id: str
    words: Said
    unit: Said
    kind: Literal["count", "share"]


@dataclass(frozen=True, slots=True)
class Figure:
    """What may be shown of one area."""

    shown: Literal["value", "suppressed", "no_data"]
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Vintage:
    """One hour whose figures are kept."""

    at: datetime
    data_time: datetime | None


HOMES = Said("户", "households")


def measures() -> Mapping[str, PressMeasure]:
    """Return every measure by id."""
    found = (
        PressMeasure("households", Said("住户总数", "Households"), HOMES, "count"),
        PressMeasure("followed", Said("在管住户", "Households followed"), HOMES, "count"),
        PressMeasure("unsurveyed", Said("未排查住户", "Not surveyed"), HOMES, "count"),
        PressMeasure("followed_share", Said("每千户在管", "Followed per 1,000"), Said("‰", "‰"), "share"),
        PressMeasure("unsurveyed_share", Said("未排查比例", "Share not surveyed"), Said("%", "%"), "share"),
    )
    return MappingProxyType({measure.id: measure for measure in found})


def ensure_vintage(_database: Database, at: datetime | None, now: datetime) -> Vintage:
    """Return the hour of a moment."""
    if at is not None and at > now:
        raise BadValue(name="at", value=at, wanted=f"<= {now}")
    hour = (at or now).replace(minute=0, second=0, microsecond=0)
    return Vintage(hour, hour if now - hour < timedelta(days=400) else None)


async def published(
    connection: AsyncConnection, measure: str, _vintage: datetime, codes: Sequence[str]
) -> dict[str, Figure]:
    """Return the figure of each area."""
    shown = select(Area.id, Area.code).where(Area.code.in_(codes)).cte("shown")
    homes = figures.homes(shown)
    parts: dict[str, Any] = {
        "followed": homes.c.followed,
        "unsurveyed": homes.c.unsurveyed,
        "followed_share": figures.share(homes.c.followed, homes.c.total, 1000),
        "unsurveyed_share": figures.share(homes.c.unsurveyed, homes.c.total),
    }
    value = parts.get(measure, homes.c.total)
    query = select(shown.c.code, value.label("value"), homes.c.total).outerjoin(homes, homes.c.top == shown.c.id)
    found = {}
    for row in await connection.execute(query):
        if row.value is None:
            found[row.code] = Figure("no_data")
        elif "share" not in measure and 0 < row.value < THRESHOLD:
            found[row.code] = Figure("suppressed")
        else:
            found[row.code] = Figure("value", float(row.value))
    return found
