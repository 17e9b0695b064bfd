"""Alerts 告警: rules as data, what fired, its journal; and fever self-reports 发热自报, which are one of the causes."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base, InArea, mercator, wgs84


class AlertRule(Base):
    """When something is an alert, how severe it is, and in which words. Rules are turned off, never deleted."""

    __tablename__ = "alert_rule"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    """A module of `geodata/alerts/kinds`."""
    severity: Mapped[str] = mapped_column(Text)
    """`severe`, `warning` or `information`."""
    threshold: Mapped[float | None] = mapped_column(Float)
    """In the unit that its kind says; none where the kind needs none."""
    level: Mapped[str | None] = mapped_column(Text)
    """Which areas are judged, for kinds that judge areas."""
    minutes: Mapped[int]
    """How long it must be so before it is an alert."""
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    one_zh: Mapped[str] = mapped_column(Text)
    """What one alert says: `{name}` and the facts of its kind fill the gaps."""
    one_en: Mapped[str] = mapped_column(Text)
    many_zh: Mapped[str] = mapped_column(Text)
    """What many of one area say together: `{area}` and `{n}`."""
    many_en: Mapped[str] = mapped_column(Text)


class AlertJudged(Base):
    """When the causes of a rule were last looked for."""

    __tablename__ = "alert_judged"

    rule_id: Mapped[int] = mapped_column(ForeignKey("alert_rule.id"), primary_key=True)
    at: Mapped[datetime]


class AlertWaiting(Base):
    """A cause that has not lasted long enough to be an alert."""

    __tablename__ = "alert_waiting"

    rule_id: Mapped[int] = mapped_column(ForeignKey("alert_rule.id"), primary_key=True)
    cause: Mapped[str] = mapped_column(Text, primary_key=True)
    began_at: Mapped[datetime]


class Alert(InArea, Base):
    """Something that needs somebody: one for each cause, for as long as the cause is there."""

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("alert_rule.id"))
    cause: Mapped[str] = mapped_column(Text)
    """What is behind it, such as `checkpoint:17`."""
    severity: Mapped[str] = mapped_column(Text)
    """The rule's when it fired."""
    name: Mapped[str] = mapped_column(Text)
    """What the post, the hotel or the area is called."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    began_at: Mapped[datetime]
    """Since when it is so."""
    fired_at: Mapped[datetime]
    seen_by: Mapped[str | None] = mapped_column(Text)
    seen_at: Mapped[datetime | None]
    assigned_to: Mapped[str | None] = mapped_column(Text)
    assigned_by: Mapped[str | None] = mapped_column(Text)
    assigned_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(Text)
    """None where it closed itself."""
    closed_at: Mapped[datetime | None]
    closed_why: Mapped[str | None] = mapped_column(Text)
    """`gone`, `rule_off`, or what somebody said."""
    gone_at: Mapped[datetime | None]
    """When the cause went; somebody may have closed the alert before."""
    place: Mapped[Any | None] = mapped_column(wgs84("POINT"), deferred=True)
    mercator: Mapped[Any | None] = mercator("POINT")


class AlertEvent(InArea, Base):
    """What happened to an alert, by whom and when; never rewritten."""

    __tablename__ = "alert_event"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(Text)
    """`fired`, `acknowledged`, `assigned`, `closed`, `gone` or `rule_off`."""
    by: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    told: Mapped[str | None] = mapped_column(Text)
    """To whom it was assigned, or why it was closed."""


class FeverReport(InArea, Base):
    """A fever that somebody reported of themselves: its grid or village, and nothing of the person or the home."""

    __tablename__ = "fever_report"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    status: Mapped[str] = mapped_column(Text)
    """`open` or `followed_up`."""
    at: Mapped[datetime]
    reported_at: Mapped[datetime]
    """Time of the newest word of it."""
