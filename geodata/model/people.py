"""Accounts, the areas they answer for, their sessions and tokens. Only the gate role reads these tables."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base


class Role(StrEnum):
    """What a user is here for; the area is told apart from it."""

    COMMAND = "command"
    OFFICER = "officer"
    GRID = "grid"
    PRESS = "press"
    ADMIN = "admin"
    DISPLAY = "display"
    """A screen: sees what an officer of its area sees, and only reads."""


class Account(Base):
    """Somebody who signs in."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    username: Mapped[str] = mapped_column(Text, unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    disabled: Mapped[bool] = mapped_column(default=False, server_default="false")
    demo: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AccountArea(Base):
    """An area that an account sees, with everything below it."""

    __tablename__ = "account_area"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)


class Session(Base):
    """One signed-in browser; deleting the row signs it out everywhere."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class ApiToken(Base):
    """A bearer token for a program; only its SHA-256 is kept."""

    __tablename__ = "api_token"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A failed sign-in, counted for throttling by name and by address."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, index=True)
    """`name:…` or `address:…`."""
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class Setting(Base):
    """A fact about this installation: its city, its time zone, its secret, whether it is a demonstration."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)
