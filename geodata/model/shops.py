"""Approved shops 超市、商场: whether they are open today, and what a few goods cost."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Integer, Numeric, SmallInteger, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from geodata.model.base import Base, InArea, area_key, mercator, wgs84


class Shop(InArea, Base):
    """A supermarket, a market or a pharmacy in which people may buy what they need."""

    __tablename__ = "shop"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    """`supermarket`, `market`, `pharmacy` or `other`."""
    address: Mapped[str] = mapped_column(Text)
    telephone: Mapped[str] = mapped_column(Text)
    hours: Mapped[str] = mapped_column(Text)
    place: Mapped[Any] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any] = mercator("POINT")


class ShopDay(InArea, Base):
    """What a shop has said of one day."""

    __tablename__ = "shop_day"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    is_open: Mapped[bool]
    first_reported_at: Mapped[datetime]
    """When the day was first told of; a correction does not move it."""
    reported_at: Mapped[datetime]


class ShopPrice(InArea, Base):
    """What one good cost on one day, in yuan a unit; `nth` is the order in which the shop named its goods."""

    __tablename__ = "shop_price"

    shop_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    good: Mapped[str] = mapped_column(Text, primary_key=True)
    nth: Mapped[int] = mapped_column(SmallInteger)
    unit: Mapped[str] = mapped_column(Text)
    price: Mapped[Decimal] = mapped_column(Numeric(8, 2))

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (
            area_key(),
            ForeignKeyConstraint(["shop_id", "day"], ["shop_day.shop_id", "shop_day.day"], ondelete="CASCADE"),
        )
