"""The area tree 区划树: city, county, township, village, grid; parentage is stored, never cut out of a code."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, LTree, mercator, wgs84


class Level(StrEnum):
    """The five levels of responsibility, from the top."""

    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GRID = "grid"


class Area(Base):
    """One node of the tree. `place` may be missing: development zones have codes that no polygon bears."""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    path: Mapped[str] = mapped_column(LTree)
    """Ids from the city down to this area; set by a trigger from `parent_id`."""
    leader: Mapped[str | None] = mapped_column(Text)
    telephone: Mapped[str | None] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text, default="")
    """Full and initial pinyin of the name, for search: `hubinqu hbq`."""
    place: Mapped[Any | None] = mapped_column(wgs84("MULTIPOLYGON"), deferred=True)
    mercator: Mapped[Any | None] = mercator("MULTIPOLYGON")


class AreaAlias(Base):
    """Another code or name that the same area was or is known by."""

    __tablename__ = "area_alias"

    alias: Mapped[str] = mapped_column(Text, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    """`code` or `name`."""
