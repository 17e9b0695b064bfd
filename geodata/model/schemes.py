"""Colour schemes as data: what a colour means in this city from this date on."""

from datetime import date

from sqlalchemy import ForeignKey, Integer, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base


class ColourScheme(Base):
    """A city's agreed meaning of the colours, in force from `valid_from` until the next version."""

    __tablename__ = "colour_scheme"
    __table_args__ = (UniqueConstraint("city_code", "valid_from"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    city_code: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)


class SchemeState(Base):
    """One state of a household in one scheme: its meaning, its colour and its second sign."""

    __tablename__ = "scheme_state"
    __table_args__ = (UniqueConstraint("scheme_id", "code"), UniqueConstraint("scheme_id", "severity"))

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("colour_scheme.id"))
    code: Mapped[str] = mapped_column(Text)
    severity: Mapped[int] = mapped_column(SmallInteger)
    """1 is what a commander must see first; unique within a scheme."""
    colour: Mapped[str] = mapped_column(Text)
    letter: Mapped[str] = mapped_column(Text)
    hatch: Mapped[str | None] = mapped_column(Text)
    """Name of the hatch drawn over the colour, or none."""
    follow_days: Mapped[int | None] = mapped_column(SmallInteger)
    """Days until the household is due to be cleared; none where nothing is followed."""
    clears_to: Mapped[str | None] = mapped_column(Text)
    automatic: Mapped[bool] = mapped_column(default=False)
    """Cleared without a confirmation on the due day."""
    surveyed: Mapped[bool] = mapped_column(default=True)
    """False where nobody has asked yet: such a state must never look safe."""
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
