"""Display links 大屏链接: screens that sign in by a link, without a keyboard, and only read."""

from datetime import datetime

from sqlalchemy import Integer, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea


class Display(InArea, Base):
    """One screen: it sees its area and everything below. Among links that are not revoked, names are unique."""

    __tablename__ = "display"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of the token in the link."""
    programme: Mapped[str | None] = mapped_column(Text)
    """The tour that it runs, or none."""
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    """To the minute."""
