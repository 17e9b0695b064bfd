"""Drones, their flights, where they were when, and what they saw 无人机巡查."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea, mercator, wgs84


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
