"""Sums over everything below an area, kept by triggers from the counts per grid: a city is read like a township.

A change only ever adds rows, each with a `slot` of its own, so that no two writers wait for each other; readers add them
up. Now and then a change folds them into the row of slot 0 (`fold_roll_ups`). Of homes, the views `tally_below`,
`due_below` and `begun_below` are read, which also hold what one door's changes added since the last fold.
What lies directly in an area is not in here but in the `grid_…` table.
"""

from datetime import date, datetime, time
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ARRAY, BigInteger, Date, ForeignKey, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import MERCATOR, Base, LTree, area_key


class GridBegun(Base):
    """Intervals of a state that began in a grid on a local day."""

    __tablename__ = "grid_begun"
    __table_args__ = (area_key(),)

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    state_id: Mapped[int] = mapped_column(ForeignKey("scheme_state.id"), primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    households: Mapped[int]


class AreaTally(Base):
    """Households per state below an area, now."""

    __tablename__ = "area_tally"

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    state_id: Mapped[int] = mapped_column(ForeignKey("scheme_state.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(LTree)
    households: Mapped[int]
    changed_at: Mapped[datetime]


class AreaDue(Base):
    """Followed households below an area per due day."""

    __tablename__ = "area_due"

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(LTree)
    households: Mapped[int]


class AreaBegun(Base):
    """Intervals of a state that began below an area on a local day."""

    __tablename__ = "area_begun"

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    state_id: Mapped[int] = mapped_column(ForeignKey("scheme_state.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(LTree)
    households: Mapped[int]


class CountedChange(Base):
    """One household's change that the sums above its grid do not hold yet."""

    __tablename__ = "counted_change"

    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The entry that changed it; no index holds them, since all are read and all are folded."""
    above: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """The areas above the grid, from the city down."""
    path: Mapped[str] = mapped_column(LTree)
    was: Mapped[int] = mapped_column(SmallInteger)
    becomes: Mapped[int] = mapped_column(SmallInteger)
    was_due: Mapped[date | None] = mapped_column(Date)
    now_due: Mapped[date | None] = mapped_column(Date)
    day: Mapped[date] = mapped_column(Date)
    changed_at: Mapped[datetime]


class AreaPassages(Base):
    """Passages below an area per local day."""

    __tablename__ = "area_passages"

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(LTree)
    passed: Mapped[int]
    home_quarantine: Mapped[int]
    central_quarantine: Mapped[int]
    turned_back: Mapped[int]
    seconds: Mapped[int]
    reported_at: Mapped[datetime]


class AreaPosts(Base):
    """Posts below an area per shift."""

    __tablename__ = "area_posts"

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    staffed_from: Mapped[time] = mapped_column(primary_key=True)
    staffed_to: Mapped[time] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(LTree)
    posts: Mapped[int]


class GridExpected(Base):
    """Posts of a grid by the moment at which their next report is due at the latest."""

    __tablename__ = "grid_expected"
    __table_args__ = (area_key(),)

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    expected_by: Mapped[datetime] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    posts: Mapped[int]


class AreaExpected(Base):
    """Posts below an area by the moment at which their next report is due at the latest."""

    __tablename__ = "area_expected"

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    expected_by: Mapped[datetime] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(LTree)
    posts: Mapped[int]


class AreaEnded(Base):
    """Intervals that ended in an area or below it on a local day, by the day on which they were due.

    What one door's changes ended since the last fold is in the view `ended_below` beside it.
    """

    __tablename__ = "area_ended"

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    ended_on: Mapped[date] = mapped_column(Date, primary_key=True)
    state_id: Mapped[int] = mapped_column(ForeignKey("scheme_state.id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    """`infinity` for a state that nobody follows."""
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(LTree)
    households: Mapped[int]


class AreaHour(Base):
    """Passages below an area per hour, by when they were reported: what was known of an hour at a past moment."""

    __tablename__ = "area_hour"

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    told: Mapped[datetime] = mapped_column(primary_key=True)
    """Beginning of the ten minutes in which the reports arrived."""
    slot: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(LTree)
    reports: Mapped[int]
    passed: Mapped[int]
    home_quarantine: Mapped[int]
    central_quarantine: Mapped[int]
    turned_back: Mapped[int]
    seconds: Mapped[int]
    reported_at: Mapped[datetime]


class Untold(Base):
    """Where a household changed that no listener has been told of yet; told right after the commit."""

    __tablename__ = "untold"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    place: Mapped[Any] = mapped_column(Geometry("POINT", srid=MERCATOR, spatial_index=False))
