"""Duty programmes 值班巡屏 that a city adds to those that ship with the product."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea


class ProgrammeRow(InArea, Base):
    """One programme, for the displays of its area and below; `content` is as `geodata.programmes.Programme` reads it."""

    __tablename__ = "programme"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
