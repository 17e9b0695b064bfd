"""Staff on duty at checkpoints: how many, never who."""

from datetime import date, datetime, time

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea


class CheckpointStaffing(InArea, Base):
    """How many were on duty at one post in one shift, which belongs to the local day on which it began."""

    __tablename__ = "checkpoint_staffing"

    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    shift_from: Mapped[time] = mapped_column(primary_key=True)
    shift_to: Mapped[time]
    """Equal to `shift_from`: a whole day."""
    on_duty: Mapped[int]
    reported_at: Mapped[datetime]
