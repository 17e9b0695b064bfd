"""What departments count per area and day (health codes 健康码, the hotline 热线), and what citizens report: no person in it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea, LTree, area_key


class HealthCodeDay(Base):
    """Codes by colour in one area on one day. A row stands for everything below its area."""

    __tablename__ = "health_code_day"
    __table_args__ = (area_key(),)

    area_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    green: Mapped[int]
    yellow: Mapped[int]
    red: Mapped[int]
    registered: Mapped[int]
    population: Mapped[int]
    first_reported_at: Mapped[datetime]
    """When the area had reported; a correction does not move it."""
    reported_at: Mapped[datetime]


class HotlineDay(Base):
    """Cases that a hotline received and closed on one day; each case counts in one area, the deepest that is known."""

    __tablename__ = "hotline_day"
    __table_args__ = (area_key(),)

    area_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    received: Mapped[int]
    closed: Mapped[int]
    """Closed on this day, whenever they came in."""
    first_reported_at: Mapped[datetime]
    reported_at: Mapped[datetime]


class ReturnRegistration(InArea, Base):
    """A return that somebody announced 返乡登记: the grid or village, from where, for which day."""

    __tablename__ = "return_registration"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    origin: Mapped[str] = mapped_column(Text)
    """Six digits of the province or city they come from."""
    arrives_on: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(Text)
    """`registered`, `met` or `closed`."""
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    """When somebody first was known to have met them; none while it is open."""
    reported_at: Mapped[datetime]
    """Time of the newest word of it."""


class TipOff(InArea, Base):
    """Something that a citizen pointed out 群众举报, by grid or village: its kind, and whether it was followed up."""

    __tablename__ = "tip_off"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    """`gathering`, `returned_unreported`, `price` or `other`."""
    status: Mapped[str] = mapped_column(Text)
    """`open`, `followed_up` or `closed`."""
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    """When somebody first was known to follow it up; none while it is open."""
    reported_at: Mapped[datetime]
