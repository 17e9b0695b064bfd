"""Buildings, posts, hotels and clinics out of a file: each in an area that exists."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from typing import Annotated, Any, Literal

from pydantic import Field
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, TextClause, text

from geodata.imports.rows import Read, Report, Row, checked, point, polygons

Number = Annotated[int, Field(ge=1, le=32000)]


class InArea(Row):
    """Something that lies in the area `area_code`, usually a grid."""

    area_code: str


class BuildingRow(InArea):
    """A footprint; its address is what households find it by."""

    address: str
    name: str = ""
    kind: Literal["slab", "tower", "house"] = "slab"
    units: Number = 1
    floors: Number = 1
    rooms_per_floor: Number = 1


class CheckpointRow(InArea):
    """A post; equal hours mean round the clock."""

    code: str
    name: str
    kind: str = "gate"
    staffed_from: time = time(0)
    staffed_to: time = time(0)


class HotelRow(InArea):
    """A designated hotel."""

    code: str
    name: str
    address: str = ""
    telephone: str = ""
    rooms: Annotated[int, Field(ge=0, le=100_000)]


class ClinicRow(InArea):
    """A fever clinic or designated hospital."""

    code: str
    name: str
    kind: Literal["fever_clinic", "designated_hospital"]
    address: str = ""
    telephone: str = ""
    hours: str = ""
    status: Literal["open", "full", "closed"] = "open"


def take_buildings(connection: Connection, rows: list[Read], report: Report) -> None:
    """Insert buildings; one that stands in its area already under that address is left as it is. Raises RefusedRows."""
    stands = text("SELECT a.code, b.address FROM building b JOIN area a ON a.id = b.area_id")
    found = {(row.code, row.address) for row in connection.execute(stands)}
    good = []
    for read, row in checked(BuildingRow, rows, report):
        if (row.area_code, row.address) not in found:
            found.add((row.area_code, row.address))
            good.append((read, row))
    _take(connection, good, _footprint, _BUILDING, report)


def _footprint(read: Read, report: Report) -> BaseGeometry | None:
    found = polygons(read, report)
    if found is None:
        if read.place is None or read.place.is_empty:
            report.refuse(read.number, "place", "a building needs its footprint", "give a polygon")
        return None
    return max(found.geoms, key=lambda part: part.area)


def take_checkpoints(connection: Connection, rows: list[Read], report: Report) -> None:
    """Insert or update posts by their code. Raises RefusedRows."""
    _take(connection, checked(CheckpointRow, rows, report), point, _CHECKPOINT, report)


def take_hotels(connection: Connection, rows: list[Read], report: Report) -> None:
    """Insert or update hotels by their code. Raises RefusedRows."""
    _take(connection, checked(HotelRow, rows, report), point, _HOTEL, report)


def take_clinics(connection: Connection, rows: list[Read], report: Report) -> None:
    """Insert or update clinics by their code. Raises RefusedRows."""
    _take(connection, checked(ClinicRow, rows, report), point, _CLINIC, report)


def _take(
    connection: Connection,
    good: Sequence[tuple[Read, InArea]],
    place_of: Callable[[Read, Report], BaseGeometry | None],
    statement: TextClause,
    report: Report,
) -> None:
    areas = area_ids(connection)
    binds: list[dict[str, Any]] = []
    for read, row in good:
        demand_area(read, row.area_code, areas, report)
        place = place_of(read, report)
        if place is not None:
            given = {**row.model_dump(), "area": areas.get(row.area_code), "place": place.wkb, "now": datetime.now(UTC)}
            binds.append(given)
    report.stop_if_refused()
    if binds:
        connection.execute(statement, binds)
    report.added += len(binds)


def area_ids(connection: Connection) -> dict[str, int]:
    """Return every area's id by its code."""
    return {row.code: row.id for row in connection.execute(text("SELECT code, id FROM area"))}


def demand_area(read: Read, code: str, areas: dict[str, int], report: Report) -> None:
    """Note a row whose area does not exist."""
    if code not in areas:
        report.refuse(
            read.number, "area_code", f"there is no area {code}", "import the areas first, or correct the code"
        )


_BUILDING = text(
    "INSERT INTO building (area_id, kind, name, address, units, floors, rooms_per_floor, place) "
    "VALUES (:area, :kind, :name, :address, :units, :floors, :rooms_per_floor, ST_GeomFromWKB(:place, 4326))"
)
_CHECKPOINT = text(
    "INSERT INTO checkpoint (area_id, code, name, kind, staffed_from, staffed_to, place) "
    "VALUES (:area, :code, :name, :kind, :staffed_from, :staffed_to, ST_GeomFromWKB(:place, 4326)) "
    "ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, staffed_from = excluded.staffed_from, "
    "staffed_to = excluded.staffed_to, place = excluded.place, area_id = excluded.area_id, path = excluded.path"
)
_HOTEL = text(
    "INSERT INTO hotel (area_id, code, name, address, telephone, rooms, place) "
    "VALUES (:area, :code, :name, :address, :telephone, :rooms, ST_GeomFromWKB(:place, 4326)) "
    "ON CONFLICT (code) DO UPDATE SET name = excluded.name, address = excluded.address, telephone = excluded.telephone, "
    "rooms = excluded.rooms, place = excluded.place, area_id = excluded.area_id, path = excluded.path"
)
_CLINIC = text(
    "INSERT INTO clinic (area_id, code, kind, name, address, telephone, hours, status, reported_at, place) "
    "VALUES (:area, :code, :kind, :name, :address, :telephone, :hours, :status, :now, ST_GeomFromWKB(:place, 4326)) "
    "ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, name = excluded.name, address = excluded.address, "
    "telephone = excluded.telephone, hours = excluded.hours, status = excluded.status, reported_at = excluded.reported_at, "
    "place = excluded.place, area_id = excluded.area_id, path = excluded.path"
)
