"""Sweeps 多轮排查: rounds in which every household of an area is asked, who was asked in them, and how many per grid."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Float, ForeignKey, Integer, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea, LTree, area_key


class Sweep(InArea, Base):
    """One round: from its first to its last day every household of its area is to be asked once."""

    __tablename__ = "sweep"
    __table_args__ = (area_key(), UniqueConstraint("area_id", "number"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    """Its last day."""
    target: Mapped[float] = mapped_column(Float)
    """Share of the households that is to be asked, above 0 up to 1."""
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    client_id: Mapped[UUID | None] = mapped_column(unique=True)


class SweepAnswer(InArea, Base):
    """A household that was asked in a round, once at most, whatever it answered."""

    __tablename__ = "sweep_answer"

    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweep.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
    entered_by: Mapped[str] = mapped_column(Text)
    client_id: Mapped[UUID | None] = mapped_column(unique=True)


class GridSweep(Base):
    """Households asked per round and grid, kept by a trigger in the transaction that asks them."""

    __tablename__ = "grid_sweep"
    __table_args__ = (area_key(),)

    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweep.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    asked: Mapped[int]
