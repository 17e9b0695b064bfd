"""Buildings 楼栋, households 户, the intervals of their states, and the counts per grid kept with them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, SmallInteger, Text, column, func, table
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea, LTree, area_key, mercator, wgs84


class Building(InArea, Base):
    """A block of flats, or a village house (a building of one household)."""

    __tablename__ = "building"
    __table_args__ = (area_key(), Index("uq_building_area_id_address", "area_id", "address", unique=True))

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    """`slab`, `tower` or `house`."""
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    units: Mapped[int] = mapped_column(SmallInteger)
    floors: Mapped[int] = mapped_column(SmallInteger)
    rooms_per_floor: Mapped[int] = mapped_column(SmallInteger)
    """Rooms on one floor of one unit."""
    place: Mapped[Any] = mapped_column(wgs84("POLYGON"), deferred=True)
    mercator: Mapped[Any] = mercator("POLYGON")


class Household(InArea, Base):
    """A door. Its current state is the interval that still lasts, so that a map of now reads one table."""

    __tablename__ = "household"
    __table_args__ = (
        area_key(),
        Index("uq_household_building_id_unit_floor_room", "building_id", "unit", "floor", "room", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    unit: Mapped[int] = mapped_column(SmallInteger)
    floor: Mapped[int] = mapped_column(SmallInteger)
    room: Mapped[str] = mapped_column(Text)
    state_id: Mapped[int] = mapped_column(SmallInteger)
    """Held, as that of its findings, by the counts of its grid: they name the state with keys of their own (0026)."""
    since: Mapped[datetime]
    """When the present state began."""
    due_on: Mapped[date | None]
    """The day, in the city's time zone, on which the household may be cleared; none where nothing is followed."""
    entry_id: Mapped[int | None] = mapped_column(BigInteger)
    """The last entry of the ledger about it, by which a sender says what it knew; none where nothing changed yet."""
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")


class HouseholdFinding(InArea, Base):
    """What a household was loaded with: from when on which state was known. No change; the ledger begins after it."""

    __tablename__ = "household_finding"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), primary_key=True)
    began: Mapped[datetime] = mapped_column(primary_key=True)
    first: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Whether nothing was known of the household before."""
    state_id: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())


class HouseholdPast(Base):
    """What was true of a household from when to when, and ended; intervals never overlap.

    Written by the ledger alone, out of the household's own row; triggers keep what foreign keys would (migration 0009).
    """

    __tablename__ = "household_past"

    household_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    state_id: Mapped[int] = mapped_column(SmallInteger)
    next_state_id: Mapped[int] = mapped_column(SmallInteger)
    """What followed."""
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE, primary_key=True)
    appended: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether it simply came after everything known; what was laid otherwise is checked for overlaps."""
    area_id: Mapped[int] = mapped_column(Integer)
    path: Mapped[str] = mapped_column(LTree)


HOUSEHOLD_STATE = table(
    "household_state", column("household_id", BigInteger), column("state_id", SmallInteger), column("valid", TSTZRANGE)
)
"""The view of every interval: those that ended, and the present one of each household."""


class HouseholdEntry(Base):
    """One line of the ledger 台账: never updated, never deleted. Intervals follow from it (see `0009_intervals.sql`)."""

    __tablename__ = "household_entry"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    household_id: Mapped[int] = mapped_column(BigInteger)
    from_state_id: Mapped[int] = mapped_column(SmallInteger)
    to_state_id: Mapped[int] = mapped_column(SmallInteger)
    effective: Mapped[datetime]
    """From when on it holds, by the server's clock."""
    reason: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    client_id: Mapped[UUID | None]
    """The sender's own id of this change: the same one sent twice changes nothing twice."""
    undoes: Mapped[int | None] = mapped_column(ForeignKey("household_entry.id"))
    """The entry that this one takes back; such an entry begins no interval."""
    clock_off_s: Mapped[int | None]
    """By how many seconds the sender's clock went before the server's, where it said what time it was."""
    area_id: Mapped[int] = mapped_column(Integer)
    path: Mapped[str] = mapped_column(LTree)


class RefusedChange(InArea, Base):
    """A change that was not entered, with the reason, for the officer of the area where the household lies."""

    __tablename__ = "refused_change"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    entered_by: Mapped[str] = mapped_column(Text)
    client_id: Mapped[UUID] = mapped_column(unique=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    to_state: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    effective: Mapped[datetime]
    refusal: Mapped[str] = mapped_column(Text)
    """The outcome, as `geodata/ledger.py` names it."""


class GridTally(Base):
    """Households per grid and state now, kept by triggers in the transaction that changes a household."""

    __tablename__ = "grid_tally"
    __table_args__ = (area_key(),)

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    state_id: Mapped[int] = mapped_column(ForeignKey("scheme_state.id"), primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    households: Mapped[int]
    changed_at: Mapped[datetime]


class GridDue(Base):
    """Followed households per grid and due day, kept like `grid_tally`."""

    __tablename__ = "grid_due"
    __table_args__ = (area_key(),)

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    households: Mapped[int]
