"""What the API says of deliveries, senders and refused rows, for programs and for /openapi.json."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from app.routes.models import RefusedRow


class Delivered(BaseModel):
    """How many rows were new, how many had been delivered before, how many were refused, and why."""

    accepted: int
    repeated: int
    refused: int
    rows: list[RefusedRow]


class NewSender(BaseModel):
    """An office that is to deliver; not a person."""

    code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=80)
    areas: list[str] = Field(min_length=1, max_length=50)


class TokenInfo(BaseModel):
    """A token as the list shows it: never what signs in."""

    id: int
    kind: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class SenderInfo(BaseModel):
    """One office that delivers."""

    code: str
    name: str
    disabled: bool
    created_by: str
    created_at: datetime
    areas: list[str]
    tokens: list[TokenInfo]


class WantedToken(BaseModel):
    """For which kind of delivery, and for how many days; without them it does not end."""

    kind: str = Field(max_length=64)
    days: int | None = Field(default=None, ge=1, le=3650)


class NewToken(BaseModel):
    """A token, told this once."""

    id: int
    token: str


class Shut(BaseModel):
    """Whether a sender is shut out."""

    disabled: bool = True


class RefusedInfo(BaseModel):
    """One fault of one refused row."""

    id: int
    kind: str
    sender: str
    source: str
    file: str
    row: int
    column: str
    reason: str
    suggestion: str
    fields: dict[str, Any]
    times: int
    state: Literal["open", "sent", "dropped"]
    at: datetime
    last_at: datetime
    settled_by: str | None
    settled_at: datetime | None
    settled_reason: str | None


class Correction(BaseModel):
    """The whole row as it should have been."""

    fields: dict[str, Any] = Field(max_length=200)


class Reason(BaseModel):
    """Why a row is given up."""

    reason: str = Field(min_length=1, max_length=200)


class ArrivalInfo(BaseModel):
    """What one sender delivered of one kind on one day; `late`: silent for longer than its kind allows."""

    sender: str
    office: str | None
    kind: str
    day: date
    deliveries: int
    rows: int
    accepted: int
    repeated: int
    refused: int
    newest_at: datetime | None
    late: bool
