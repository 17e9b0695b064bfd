"""What the API of alerts takes and answers."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from geodata.feeds.floor.fields import names_nobody


def _impersonal(words: str) -> str:
    if not names_nobody(words):
        raise ValueError("without anybody's telephone or identity number")
    return words


Few = Annotated[
    str,
    StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=80, strip_whitespace=True),
    AfterValidator(_impersonal),
]
"""A few words on one line, without anybody's number."""
Severity = Literal["severe", "warning", "information"]


class Taken(BaseModel):
    """A body that holds nothing but what is asked for."""

    model_config = ConfigDict(extra="forbid")


class Assignment(Taken):
    """To whom an alert is given; without a name to whoever sends this."""

    to: Few | None = None


class Closing(Taken):
    """Why an alert is closed: a key of our own words, or a few words."""

    why: Few


class Both(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class Told(BaseModel):
    """What one alert and a line of many have in common."""

    rule: str
    title: Both
    text: Both
    severity: Severity
    name: str
    facts: dict[str, Any]
    area_code: str
    area_name: str
    lon: float | None
    lat: float | None
    began_at: datetime
    fired_at: datetime


class Line(Told):
    """One line of the feed: one alert, which has an `id`, or `n` of one rule in one area."""

    id: int | None
    n: int
    newest_at: datetime
    seen: int = Field(description="How many of them somebody has seen.")
    seen_at: datetime | None = Field(description="When the last was seen, once all were.")
    assigned: int
    owners: list[str]
    leaders: list[str] = Field(description="Of its area and the areas above, who could take it; the nearest first.")


class Open(BaseModel):
    """How many are open below an area; absent for roles without homes."""

    data_time: datetime | None
    open: int | None = None
    unseen: int | None = None
    unassigned: int | None = None
    by_severity: dict[str, int] | None = None
    by_age: dict[str, int] | None = None


class Feed(BaseModel):
    """The open alerts of an area at a moment."""

    area: str
    at: datetime
    data_time: datetime | None = Field(description="When the rules were last judged, of all of them the longest ago.")
    open: Open
    rows: list[Line]
    more: int = Field(description="Alerts that no row speaks of.")


class Step(BaseModel):
    """What happened to an alert."""

    what: Literal["fired", "acknowledged", "assigned", "closed", "gone", "rule_off"]
    by: str | None
    at: datetime
    told: str | None


class Alert(Told):
    """One alert, open or closed, with all that happened to it."""

    id: int
    seen_by: str | None
    seen_at: datetime | None
    assigned_to: str | None
    assigned_by: str | None
    assigned_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None
    closed_why: str | None
    leaders: list[str]
    journal: list[Step]
