"""Households out of a file."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from shapely import Point
from sqlalchemy import Connection, text

from geodata.imports.places import InArea
from geodata.imports.rows import Read, Report, checked

BATCH = 20_000


class HouseholdRow(InArea):
    """A door of the building at `address`; without `state` nobody has asked yet. No column for a person exists."""

    address: str
    unit: Annotated[int, Field(ge=0, le=999)] = 1
    floor: Annotated[int, Field(ge=-9, le=200)] = 1
    room: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    state: str | None = None
    since: datetime | None = None


def take_households(connection: Connection, rows: list[Read], report: Report) -> None:
    """Insert households, each with its first interval; doors that are there already stay as they are.

    Raises RefusedRows.
    """
    good = checked(HouseholdRow, rows, report)
    buildings, states, there = _buildings(connection), _states(connection), _doors(connection)
    first = next((code for code, (_, surveyed) in states.items() if not surveyed), None)
    zone = str(connection.scalar(text("SELECT city_zone()")))
    binds: list[dict[str, Any]] = []
    for read, row in good:
        building = buildings.get((row.area_code, row.address))
        state = states.get(row.state or first or "")
        if building is None:
            reason = f"there is no building at {row.address} in {row.area_code}"
            report.refuse(read.number, "address", reason, "import the buildings first, or correct the address")
        elif state is None:
            report.refuse(
                read.number, "state", f"the scheme has no state {row.state}", ", ".join(states) or "import scheme"
            )
        elif (door := (building, row.unit, row.floor, row.room)) not in there:
            there.add(door)
            place = read.place if isinstance(read.place, Point) and not read.place.is_empty else None
            binds.append(_door(row, building, state[0], place, zone))
    report.stop_if_refused()
    for start in range(0, len(binds), BATCH):
        _insert(connection, binds[start : start + BATCH])
    report.added += len(binds)


def _door(row: HouseholdRow, building: int, state: int, place: Point | None, zone: str) -> dict[str, Any]:
    since = row.since or datetime.now(UTC)
    return {
        "building": building,
        "unit": row.unit,
        "floor": row.floor,
        "room": row.room,
        "state": state,
        "since": since if since.tzinfo else since.isoformat() + f" {zone}",
        "lon": place.x if place is not None else None,
        "lat": place.y if place is not None else None,
    }


def _insert(connection: Connection, binds: list[dict[str, Any]]) -> None:
    """Insert doors and what was found in one statement each, so that each count is touched once."""
    arrays = {name: [bind[name] for bind in binds] for name in binds[0]}
    arrays["since"] = [str(moment) for moment in arrays["since"]]
    connection.execute(
        text(
            """WITH door AS (
                INSERT INTO household (building_id, area_id, path, unit, floor, room, state_id, since, due_on, place)
                SELECT b.id, b.area_id, b.path, d.unit, d.floor, d.room, d.state, d.since,
                       local_day(d.since) + s.follow_days,
                       CASE WHEN d.lon IS NULL THEN ST_PointOnSurface(b.place) ELSE ST_SetSRID(ST_Point(d.lon, d.lat), 4326) END
                FROM unnest(CAST(:building AS bigint[]), CAST(:unit AS smallint[]), CAST(:floor AS smallint[]),
                            CAST(:room AS text[]), CAST(:state AS smallint[]), CAST(:since AS timestamptz[]),
                            CAST(:lon AS float8[]), CAST(:lat AS float8[]))
                     AS d(building, unit, floor, room, state, since, lon, lat)
                JOIN building b ON b.id = d.building JOIN scheme_state s ON s.id = d.state
                RETURNING id, area_id, path, state_id, since)
            INSERT INTO household_finding (household_id, area_id, path, state_id, began, reason, source, entered_by)
            SELECT id, area_id, path, state_id, since, 'import', 'import', 'import' FROM door"""
        ),
        arrays,
    )


def _buildings(connection: Connection) -> dict[tuple[str, str], int]:
    rows = connection.execute(text("SELECT a.code, b.address, b.id FROM building b JOIN area a ON a.id = b.area_id"))
    return {(code, address): building for code, address, building in rows}


def _states(connection: Connection) -> dict[str, tuple[int, bool]]:
    """Return id and whether anybody has asked, by code, of the newest scheme that is in force."""
    rows = connection.execute(
        text(
            "SELECT code, id, surveyed FROM scheme_state WHERE scheme_id = (SELECT id FROM colour_scheme "
            "WHERE valid_from <= local_day(now()) ORDER BY valid_from DESC, id DESC LIMIT 1) ORDER BY severity"
        )
    )
    return {code: (state, surveyed) for code, state, surveyed in rows}


def _doors(connection: Connection) -> set[tuple[int, int, int, str]]:
    rows = connection.execute(text("SELECT building_id, unit, floor, room FROM household"))
    return {(building, unit, floor, room) for building, unit, floor, room in rows}
