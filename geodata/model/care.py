"""Designated hotels 定点宾馆, fever clinics 发热门诊 and designated hospitals 定点医院."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea, mercator, wgs84


class Hotel(InArea, Base):
    """A hotel designated for quarantine or for travellers."""

    __tablename__ = "hotel"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    telephone: Mapped[str] = mapped_column(Text)
    rooms: Mapped[int]
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")


class HotelDay(InArea, Base):
    """Rooms occupied in one hotel as reported for one day."""

    __tablename__ = "hotel_day"

    hotel_id: Mapped[int] = mapped_column(ForeignKey("hotel.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    occupied: Mapped[int]
    reported_at: Mapped[datetime]


class Clinic(InArea, Base):
    """A fever clinic or a designated hospital."""

    __tablename__ = "clinic"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    """`fever_clinic` or `designated_hospital`."""
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    telephone: Mapped[str] = mapped_column(Text)
    hours: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    """`open`, `full` or `closed`."""
    reported_at: Mapped[datetime]
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")
