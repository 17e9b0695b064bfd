"""Who delivers, what arrived, and which rows were refused: offices and figures, never a person."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, LargeBinary, SmallInteger, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea, LTree, area_key


class Sender(InArea, Base):
    """An office that delivers. `area_id` is what all its areas have in common: whoever sees that may keep its tokens."""

    __tablename__ = "sender"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    """Of the office, not of a person."""
    disabled: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SenderArea(Base):
    """An area that a sender delivers for, with everything below it."""

    __tablename__ = "sender_area"
    __table_args__ = (area_key(),)

    sender_id: Mapped[int] = mapped_column(ForeignKey("sender.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    path: Mapped[str] = mapped_column(LTree)


class SenderToken(Base):
    """A bearer token that delivers one kind and does nothing else; only its SHA-256 is kept."""

    __tablename__ = "sender_token"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("sender.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """To ten minutes."""


class DeliveryRow(InArea, Base):
    """One delivery worth remembering: a file, or one of which something was refused. The same bad one is one a day."""

    __tablename__ = "delivery"
    __table_args__ = (area_key(), UniqueConstraint("digest", "day", "area_id"))

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    sender: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    rows: Mapped[int]
    accepted: Mapped[int]
    repeated: Mapped[int]
    refused: Mapped[int]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of what was refused."""
    times: Mapped[int] = mapped_column(default=1, server_default="1")
    day: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DeliveryDay(Base):
    """What one sender delivered of one kind on one day. Slots spread writers over rows: a reader adds them up."""

    __tablename__ = "delivery_day"
    __table_args__ = (area_key(),)

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    sender: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    area_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    path: Mapped[str] = mapped_column(LTree)
    deliveries: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int] = mapped_column(BigInteger)
    accepted: Mapped[int] = mapped_column(BigInteger)
    repeated: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[int] = mapped_column(BigInteger)
    newest_at: Mapped[datetime]


class RefusedRow(InArea, Base):
    """A fault of a row that was refused, until somebody corrects the row or drops it. No number of a person is in it."""

    __tablename__ = "refused_row"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    sender: Mapped[str] = mapped_column(Text)
    nth: Mapped[int]
    """Its number in the delivery from 1 on; 0 is the delivery as a whole."""
    column_name: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    times: Mapped[int] = mapped_column(default=1, server_default="1")
    state: Mapped[str] = mapped_column(Text, default="open", server_default="open")
    """`open`, `sent` or `dropped`."""
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_at: Mapped[datetime] = mapped_column(server_default=func.now())
    settled_by: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
