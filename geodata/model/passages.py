"""Single passages of checkpoints, and what is kept of them for ever once they have left."""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, LTree, area_key


class Passage(Base):
    """One passage of one post; partitioned by day, and gone after its retention. Nobody but its writer reaches it.

    No foreign key and no path: whoever writes looks the post up within the sender's scope (`take_passages`), and a check
    of every row again would cost more than the row.
    """

    __tablename__ = "passage"

    checkpoint_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    """The sender's own id of the passage."""
    seconds: Mapped[int]
    outcome: Mapped[str] = mapped_column(Text)
    """`pass`, `home_quarantine`, `central_quarantine` or `turned_back`."""
    code_colour: Mapped[str] = mapped_column(Text)
    """`green`, `yellow`, `red`, or `none` where no health code was shown."""
    origin: Mapped[str | None] = mapped_column(Text)
    """Six-digit code of the county, city or province somebody comes from."""


class PassageWaiting(Base):
    """What was new of one delivery, while no roll-up holds it: column by column, each as long as `passages` says.

    Added with its passages, taken out by `fold_passages`; all are read, so no index.
    """

    __tablename__ = "passage_waiting"

    passages: Mapped[int]
    posts: Mapped[list[int]] = mapped_column(ARRAY(Integer), primary_key=True)
    ats: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    seconds: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    outcomes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    colours: Mapped[list[str]] = mapped_column(ARRAY(Text))
    origins: Mapped[list[str | None]] = mapped_column(ARRAY(Text))


class PassageMix(Base):
    """Single passages per area of a post and hour, by health-code colour and origin; partitioned by month, kept for ever."""

    __tablename__ = "passage_mix"
    __table_args__ = (area_key(),)

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    code_colour: Mapped[str] = mapped_column(Text, primary_key=True)
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    """Empty where none was told."""
    path: Mapped[str] = mapped_column(LTree)
    passages: Mapped[int]
    seconds: Mapped[int] = mapped_column(BigInteger)


class PatrolHour(Base):
    """Positions of patrols per area and hour, and how many minutes somebody was over it; kept when positions leave."""

    __tablename__ = "patrol_hour"
    __table_args__ = (area_key(),)

    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(Text, primary_key=True)
    """`drone` or `ground`."""
    path: Mapped[str] = mapped_column(LTree)
    patrols: Mapped[int]
    """Flights, or outings on foot, with a position there in that hour."""
    minutes: Mapped[int]
    """Minutes with a position there, of each patrol by itself."""
    positions: Mapped[int]
