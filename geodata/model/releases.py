"""Releases 发布 of the press desk, their frozen sheets, files and journal; templates 模板 for what is made often."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Computed, ForeignKey, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from geodata.model.base import Base, InArea, area_key


class PressTemplate(InArea, Base):
    """An order that is given often, and the forms that are made of it; its name is unique in its area."""

    __tablename__ = "press_template"

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (area_key(), UniqueConstraint("area_id", "name"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    ordered: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As `geodata.press.order.Order` reads it."""
    forms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]


class PressReleaseSerial(Base):
    """How many releases of a city were approved in a year; changed in the transaction that approves."""

    __tablename__ = "press_release_serial"

    city: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class PressRelease(InArea, Base):
    """A picture that is to leave the office, from the order to its withdrawal; triggers keep its states in order."""

    __tablename__ = "press_release"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = mapped_column(Text, default="making", server_default="making")
    """`making`, `draft`, `approved`, `released`, `withdrawn`, `rejected` or `failed`."""
    ordered: Mapped[dict[str, Any]] = mapped_column(JSONB)
    forms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    batch: Mapped[UUID | None]
    paths: Mapped[str] = mapped_column(Text)
    """Areas of whoever made it, in whose scope its sheet is read."""
    made_by: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[int]
    made_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(Text)
    approved_by_id: Mapped[int | None]
    approved_at: Mapped[datetime | None]
    year: Mapped[int | None]
    serial: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(
        Text, Computed("release_number(year, serial)", persisted=True), unique=True
    )
    released_by: Mapped[str | None] = mapped_column(Text)
    released_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(Text)
    """Who rejected or withdrew it; none where making it failed."""
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    manifest: Mapped[str | None] = mapped_column(Text)
    """Canonical JSON, signed; there once the files with the number are."""
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often somebody began what its state asks for; also tells whose work counts."""
    lease_until: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)


class PressReleaseSheet(Base):
    """A frozen sheet: the picture's is number 0, those of the days before it follow."""

    __tablename__ = "press_release_sheet"

    release_id: Mapped[int] = mapped_column(ForeignKey("press_release.id"), primary_key=True)
    nth: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """`geodata.press.sheet.Sheet.packed`."""


class PressReleaseFile(Base):
    """A file of a release, as it left the office."""

    __tablename__ = "press_release_file"

    release_id: Mapped[int] = mapped_column(ForeignKey("press_release.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(Text, primary_key=True)
    """`draft`, `final` with the number, or `withdrawn` with that word on it."""
    form: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    bytes: Mapped[int]


class PressReleaseEvent(InArea, Base):
    """What happened to a release, by whom and when; written by the database with each change of the state."""

    __tablename__ = "press_release_event"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("press_release.id"))
    what: Mapped[str] = mapped_column(Text)
    """The state that it came into."""
    by: Mapped[str | None] = mapped_column(Text)
    """None where the program did it."""
    at: Mapped[datetime]
    told: Mapped[str | None] = mapped_column(Text)
    """The number that was given, or the reason."""
