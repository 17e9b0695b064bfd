"""The plan of the compound 作战参谋图: gates with their states, blocked streets, controlled exits, and their history."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, Text, func
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea, mercator, wgs84


class Gate(InArea, Base):
    """A gate of a compound or an entrance of a village. Its present state repeats the open interval of `gate_state`."""

    __tablename__ = "gate"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    """`gate` or `exit`."""
    state: Mapped[str] = mapped_column(Text)
    """`open`, `closed` or `single_entrance`: the one way in and out of its compound."""
    since: Mapped[datetime]
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")


class GateState(InArea, Base):
    """What a gate was from when to when; intervals of one gate never overlap (exclusion constraint)."""

    __tablename__ = "gate_state"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"))
    state: Mapped[str] = mapped_column(Text)
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    reason: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    client_id: Mapped[UUID | None] = mapped_column(unique=True)
    """The sender's own id of this change: the same one sent twice changes nothing twice."""


class Closure(InArea, Base):
    """A blocked street 封路 or a controlled exit 管控出口, as somebody drew it; ending it closes its interval for good."""

    __tablename__ = "closure"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    """`blocked_street` or `controlled_exit`."""
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    reason: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    client_id: Mapped[UUID | None] = mapped_column(unique=True)
    end_reason: Mapped[str | None] = mapped_column(Text)
    ended_by: Mapped[str | None] = mapped_column(Text)
    end_client_id: Mapped[UUID | None] = mapped_column(unique=True)
    place: Mapped[Any] = mapped_column(wgs84("GEOMETRY"), deferred=True)
    """A line or a polygon."""
    mercator: Mapped[Any] = mercator("GEOMETRY")
