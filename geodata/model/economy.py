"""Venues 公共场所, enterprises 企业, consultations between hospitals 会诊, and indicators 指标: what else is told daily."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Float, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea, area_key, mercator, wgs84


class Venue(InArea, Base):
    """A place where people gather, with how many may be inside at once."""

    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    capacity: Mapped[int]
    reported_at: Mapped[datetime]
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")


class VenueHour(InArea, Base):
    """How many were inside a venue: the last count of an hour."""

    __tablename__ = "venue_hour"

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    headcount: Mapped[int]


class Enterprise(InArea, Base):
    """An enterprise; how far its work has resumed is in `enterprise_day`."""

    __tablename__ = "enterprise"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    industry: Mapped[str] = mapped_column(Text)
    reported_at: Mapped[datetime]
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")


class EnterpriseDay(InArea, Base):
    """An enterprise as it was last reported on one day: on the whitelist or not, resumed when, how many are back."""

    __tablename__ = "enterprise_day"

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    whitelisted: Mapped[bool]
    resumed_on: Mapped[date | None] = mapped_column(Date)
    staff: Mapped[int]
    staff_back: Mapped[int]
    first_reported_at: Mapped[datetime]
    """When the day was first told of; a correction does not move it."""
    reported_at: Mapped[datetime]


class Consultation(InArea, Base):
    """A link of the consultation network 会诊网络; its area is the deepest that holds both ends."""

    __tablename__ = "consultation"
    __table_args__ = (UniqueConstraint("asks_id", "answers_id"), area_key())

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    asks_id: Mapped[int] = mapped_column(ForeignKey("clinic.id", ondelete="CASCADE"))
    answers_id: Mapped[int] = mapped_column(ForeignKey("clinic.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    """`video`, `telephone`, `visit` or `transfer`."""
    since: Mapped[date] = mapped_column(Date)
    reported_at: Mapped[datetime]


class ConsultationDay(InArea, Base):
    """How many cases were consulted over a link on one day."""

    __tablename__ = "consultation_day"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    cases: Mapped[int]
    first_reported_at: Mapped[datetime]
    """When the day was first told of; a correction does not move it."""
    reported_at: Mapped[datetime]


class Indicator(InArea, Base):
    """A daily figure of one area: what it is called there, its unit, and whether more of it is better."""

    __tablename__ = "indicator"
    __table_args__ = (UniqueConstraint("area_id", "code"), area_key())

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    better: Mapped[str] = mapped_column(Text)
    """`higher` or `lower`."""
    reported_at: Mapped[datetime]


class IndicatorDay(InArea, Base):
    """The value of an indicator on one day, with what it should reach and where the figure comes from."""

    __tablename__ = "indicator_day"

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    value: Mapped[float] = mapped_column(Float)
    target: Mapped[float | None] = mapped_column(Float)
    source: Mapped[str | None] = mapped_column(Text)
    first_reported_at: Mapped[datetime]
    """When the day was first told of; a correction does not move it."""
    reported_at: Mapped[datetime]
