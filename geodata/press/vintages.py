"""Vintages 期次: one hour of the city, counted and protected once, for every picture that shows it.

The server makes them as the owner; a picture only reads them. Whatever changes later, an hour stays what it was published
as, so that no two pictures of it differ.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.dialects.postgresql import insert

from geodata.database import Database
from geodata.errors import BadValue
from geodata.installation import owner_installation
from geodata.model import PublishedFigure, VintageRow, WithheldCell
from geodata.press.counts import Counts, read_counts
from geodata.press.declaration import Vintage
from geodata.press.homes import Homes, Past, homes
from geodata.press.measures import CLINICS
from geodata.press.protect import CannotProtect
from geodata.press.rooms import TAKEN, Rooms, rooms

NEAR = timedelta(days=7)
"""Vintages no further apart are protected together."""
THRESHOLD, LEAST_THRESHOLD, MOST_THRESHOLD = 5, 3, 100
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('wangge vintage'))")
_HAD = text("SELECT at, data_time FROM vintage WHERE at = :at")
_THRESHOLD = text("SELECT value FROM setting WHERE name = 'press_threshold'")
_NEEDED = text(
    "SELECT DISTINCT unit, cell FROM withheld_cell CROSS JOIN LATERAL unnest(cells) AS cell "
    "WHERE vintage BETWEEN :first AND :last"
)
_LUMPED = text(
    "SELECT area_id, min(lump) AS lump FROM published_figure WHERE vintage BETWEEN :first AND :last AND lump IS NOT NULL "
    "GROUP BY area_id"
)
_TOLD = text(
    "SELECT area_id, key, value::int FROM published_figure CROSS JOIN LATERAL jsonb_each_text(figures) "
    "WHERE value IS NOT NULL AND vintage = (SELECT at FROM vintage WHERE at BETWEEN :first AND :last "
    "ORDER BY abs(extract(epoch FROM at - CAST(:at AS timestamptz))) LIMIT 1)"
)


def ensure_vintage(database: Database, at: datetime | None, now: datetime) -> Vintage:
    """Return the vintage of the hour of `at` (none: the newest), which is made if it is not there.

    Two that ask at once get one; one that is ended in the middle leaves nothing. Takes seconds for a city where it has to
    be made. Raises BadValue for the future, DatabaseAway.
    """
    with database.owner() as connection:
        hour = whole_hour(connection, at or now)
        if hour > now:
            raise BadValue(name="at", value=at, wanted=f"≤ {now.isoformat(timespec='minutes')}")
        had = connection.execute(_HAD, {"at": hour}).one_or_none()
    if had is None:
        with database.owner() as connection:
            connection.execute(_ALONE)
            had = connection.execute(_HAD, {"at": hour}).one_or_none() or _make(connection, hour, now)
    return Vintage(had.at, had.data_time)


def whole_hour(connection: Connection, at: datetime) -> datetime:
    """Return the beginning of the hour of a moment, in the city's time."""
    local = at.astimezone(owner_installation(connection).zone)
    return local.replace(minute=0, second=0, microsecond=0)


def threshold_of(connection: Connection) -> int:
    """Return the smallest count that is published; a setting outside 3–100 counts as its nearer end."""
    said = connection.scalar(_THRESHOLD)
    return min(max(int(said), LEAST_THRESHOLD), MOST_THRESHOLD) if said else THRESHOLD


def _make(connection: Connection, at: datetime, now: datetime) -> Row[Any]:
    """Count, protect and keep one hour."""
    threshold, counts = threshold_of(connection), read_counts(connection, at, now)
    past = _past(connection, at)
    told_homes = _homes(counts, threshold, past)
    told_rooms = _rooms(counts, threshold, past)
    connection.execute(
        insert(VintageRow).values(at=at, data_time=counts.data_time, threshold=threshold, states=counts.groups)
    )
    connection.execute(insert(PublishedFigure), list(_rows(at, counts, told_homes, told_rooms)))
    if needed := _by_unit(told_homes.needed | told_rooms.needed):
        connection.execute(
            insert(WithheldCell), [{"vintage": at, "unit": unit, "cells": cells} for unit, cells in needed.items()]
        )
    return connection.execute(_HAD, {"at": at}).one()


def _past(connection: Connection, at: datetime) -> Past:
    near = {"first": at - NEAR, "last": at + NEAR, "at": at}
    return Past(
        needed=frozenset((row.unit, row.cell) for row in connection.execute(_NEEDED, near)),
        lumped={row.area_id: row.lump for row in connection.execute(_LUMPED, near)},
        told={(row.area_id, row.key): row.value for row in connection.execute(_TOLD, near)},
    )


def _homes(counts: Counts, threshold: int, past: Past) -> Homes:
    """Return what may be told of homes; nothing at all where it cannot be protected."""
    try:
        return homes(counts.tree, counts.homes, counts.groups, threshold, past)
    except CannotProtect:
        return homes(counts.tree, counts.homes, counts.groups, threshold, past, silent=True)


def _rooms(counts: Counts, threshold: int, past: Past) -> Rooms:
    try:
        return rooms(counts.tree, counts.taken, counts.rooms, threshold, past.needed)
    except CannotProtect:
        return Rooms({area: {TAKEN: None} for area in counts.rooms}, frozenset())


def _by_unit(needed: Iterable[tuple[int, str]]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for unit, cell in sorted(needed):
        found.setdefault(unit, []).append(cell)
    return found


def _rows(at: datetime, counts: Counts, told: Homes, taken: Rooms) -> Iterable[dict[str, Any]]:
    for area, path in counts.paths.items():
        clinics = {CLINICS: counts.clinics[area]} if area in counts.clinics else {}
        yield {
            "vintage": at.astimezone(UTC),
            "area_id": area,
            "path": path,
            "tree": path,
            "lump": told.lumped.get(area),
            "figures": {**told.told.get(area, {}), **taken.told.get(area, {}), **clinics},
        }
