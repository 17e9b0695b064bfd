"""Patrols 巡查: drones and their flights, teams on foot, what they saw, and when each cell of the city was last seen."""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, Float, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from geodata.model.base import MERCATOR, Base, InArea, area_key, mercator, wgs84


class Drone(InArea, Base):
    """An aircraft and the area it is stationed in."""

    __tablename__ = "drone"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    camera_degrees: Mapped[float] = mapped_column(Float)
    """Full field of view of its camera, in degrees."""


class Flight(InArea, Base):
    """One patrol, from take-off to landing; `ended_at` is none while it is in the air."""

    __tablename__ = "flight"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    drone_id: Mapped[int] = mapped_column(ForeignKey("drone.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class TrackPoint(InArea, Base):
    """Where a flight was at one moment, over which area (the deepest that contains it); partitioned by day."""

    __tablename__ = "track_point"

    flight_id: Mapped[int] = mapped_column(ForeignKey("flight.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    height_m: Mapped[float]
    """Height over ground in metres."""
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")


class PatrolEvent(InArea, Base):
    """Something a patrol saw or said: a gathering, somebody without a mask, the loudhailer."""

    __tablename__ = "patrol_event"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    flight_id: Mapped[int | None] = mapped_column(ForeignKey("flight.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    """`gathering`, `no_mask` or `loudhailer`."""
    at: Mapped[datetime]
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")


class GroundPatrol(InArea, Base):
    """A team on foot, from setting out to coming back; `ended_at` is none while it is out."""

    __tablename__ = "ground_patrol"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    team: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class GroundPoint(InArea, Base):
    """Where a team on foot was at one moment, over which area; partitioned by day."""

    __tablename__ = "ground_point"

    patrol_id: Mapped[int] = mapped_column(ForeignKey("ground_patrol.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")


class PatrolCell(InArea, Base):
    """A square of populated land, and when a patrol last saw its centre; kept by triggers."""

    __tablename__ = "patrol_cell"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    i: Mapped[int] = mapped_column(Integer)
    """How many sides of a cell it lies east of EPSG:3857's origin; `j`: north of it."""
    j: Mapped[int] = mapped_column(Integer)
    last_seen_at: Mapped[datetime | None]
    last_seen_by: Mapped[str | None] = mapped_column(Text)
    """`drone` or `ground`."""
    centre: Mapped[Any] = mapped_column(Geometry("POINT", srid=MERCATOR, spatial_index=False), deferred=True)
    place: Mapped[Any] = mapped_column(wgs84("POLYGON"), deferred=True)
    mercator: Mapped[Any] = mercator("POLYGON")

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (area_key(), UniqueConstraint("i", "j"))


class CellSeen(InArea, Base):
    """The first and the last look at a cell within one hour, for the cells unseen at a past moment."""

    __tablename__ = "cell_seen"

    cell_id: Mapped[int] = mapped_column(ForeignKey("patrol_cell.id", ondelete="CASCADE"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    last_by: Mapped[str] = mapped_column(Text)


class AreaCells(InArea, Base):
    """How many cells lie below an area of any level; kept by triggers."""

    __tablename__ = "area_cells"

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    cells: Mapped[int] = mapped_column(Integer)
