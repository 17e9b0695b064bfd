"""What may be published: figures of one hour, protected once and kept. What was withheld is not in here."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, ForeignKey, Integer, SmallInteger, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, LTree, area_key


class VintageRow(Base):
    """One hour of the city whose figures are protected; made once, never changed."""

    __tablename__ = "vintage"

    at: Mapped[datetime] = mapped_column(primary_key=True)
    data_time: Mapped[datetime | None]
    threshold: Mapped[int] = mapped_column(SmallInteger)
    states: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Group of states -> codes of its states, as they were counted."""
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PublishedFigure(Base):
    """What may be told of one area at one hour: a cell without a key has no data, one that is null is withheld."""

    __tablename__ = "published_figure"
    __table_args__ = (area_key(),)

    vintage: Mapped[datetime] = mapped_column(ForeignKey("vintage.at", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    """Where the area lies today: who may read it."""
    tree: Mapped[str] = mapped_column(LTree)
    """Where it lay when the figures were made: what they add up to."""
    lump: Mapped[int | None]
    """Smallest area of those too small to be told apart, which it is one of; none where it stands alone."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)


class WithheldCell(Base):
    """Cells that a vintage had to withhold, for vintages near it to withhold too. Nobody but the owner reads which."""

    __tablename__ = "withheld_cell"

    vintage: Mapped[datetime] = mapped_column(ForeignKey("vintage.at", ondelete="CASCADE"), primary_key=True)
    unit: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """An area, the first of a lump, or less than zero for what lies directly in an area."""
    cells: Mapped[list[str]] = mapped_column(ARRAY(Text))
