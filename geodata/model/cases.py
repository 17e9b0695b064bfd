"""Where confirmed cases were 病例活动场所 and how they travelled 病例行程: places and trips, nothing of the persons."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea, mercator, wgs84


class CasePlace(InArea, Base):
    """A place where a confirmed case was for a while. A home is known as its village or compound alone."""

    __tablename__ = "case_place"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    """`home_area`, `venue`, `work`, `transport` or `hospital`."""
    began: Mapped[datetime]
    ended: Mapped[datetime | None]
    published: Mapped[bool]
    """Whether the city has told the public of it."""
    first_reported_at: Mapped[datetime]
    reported_at: Mapped[datetime]
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")


class CaseTrip(InArea, Base):
    """A train, flight, coach, car or ship in which a confirmed case travelled on one day; its area is who reported it."""

    __tablename__ = "case_trip"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    means: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    """As `geodata.trips.normal` writes it; of a car the keyed hash of its plate."""
    day: Mapped[date] = mapped_column(Date)
    from_station: Mapped[str | None] = mapped_column(Text)
    to_station: Mapped[str | None] = mapped_column(Text)
    carriage: Mapped[str | None] = mapped_column(Text)
    seats: Mapped[str | None] = mapped_column(Text)
    reported_at: Mapped[datetime]
