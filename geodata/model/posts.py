"""Checkpoints 检测点 and what passed them."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Date, ForeignKey, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea, LTree, area_key, mercator, wgs84


class Checkpoint(InArea, Base):
    """A post at a gate, a village entrance, a motorway exit, a station, a venue or a workplace."""

    __tablename__ = "checkpoint"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    staffed_from: Mapped[time]
    """Local hour at which the shift begins."""
    staffed_to: Mapped[time]
    """Local hour at which it ends; equal to `staffed_from` means round the clock."""
    reported_at: Mapped[datetime | None]
    """Time of the newest report."""
    expected_by: Mapped[datetime | None]
    """When the next report is due at the latest; a post past it is silent 失联. None: it has no duty to report."""
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")


class CheckpointHour(InArea, Base):
    """Passages of one post in one hour by outcome; partitioned by month."""

    __tablename__ = "checkpoint_hour"

    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    """Start of the hour."""
    passed: Mapped[int]
    home_quarantine: Mapped[int]
    central_quarantine: Mapped[int]
    turned_back: Mapped[int]
    seconds: Mapped[int]
    """Seconds that all passages of the hour took together."""
    reported_at: Mapped[datetime]
    counted: Mapped[bool] = mapped_column(server_default="false")
    """Whether it is the sum of single passages; a post's own report of the hour takes its place for good."""


class GridPassages(Base):
    """Passages per grid and local day, kept by a trigger in the transaction that writes an hour."""

    __tablename__ = "grid_passages"
    __table_args__ = (area_key(),)

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    passed: Mapped[int]
    home_quarantine: Mapped[int]
    central_quarantine: Mapped[int]
    turned_back: Mapped[int]
    seconds: Mapped[int]
    reported_at: Mapped[datetime]


class GridPosts(Base):
    """Posts per grid and shift, kept by a trigger, so that 'staffed now' is a sum over grids."""

    __tablename__ = "grid_posts"
    __table_args__ = (area_key(),)

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    staffed_from: Mapped[time] = mapped_column(primary_key=True)
    staffed_to: Mapped[time] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    posts: Mapped[int]


class Silence(InArea, Base):
    """A stretch in which a post was silent, within one local day, before its next report came."""

    __tablename__ = "silence"

    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id", ondelete="CASCADE"), primary_key=True)
    began: Mapped[datetime] = mapped_column(primary_key=True)
    ended: Mapped[datetime]
    """The last moment of it; the one at which it began is not of it."""
    posts: Mapped[int] = mapped_column(SmallInteger)
    """1; or -1 where `checkpoint.expected_by` lies before the first report came."""
