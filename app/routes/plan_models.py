"""What the API of the compound's plan takes and answers."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.routes.models import Problem

Reason = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=200)]
"""A key of our own words, or a few words on one line."""
GateState = Literal["open", "closed", "single_entrance"]
ClosureKind = Literal["blocked_street", "controlled_exit"]


class Taken(BaseModel):
    """A body that holds nothing but what is asked for."""

    model_config = ConfigDict(extra="forbid")


class NewGateState(Taken):
    """What a gate is to be from now on; `seen` is since when the sender believes its present state to last."""

    state: GateState
    reason: Reason
    client_id: UUID
    seen: datetime | None = None


class NewClosure(Taken):
    """A line or an area to be closed from now on; without `area_code` it belongs to the deepest area around it."""

    kind: ClosureKind
    reason: Reason
    geometry: dict[str, Any] = Field(
        description="GeoJSON: a LineString, or a Polygon without holes; 500 points at most"
    )
    client_id: UUID
    area_code: str | None = Field(None, max_length=64)


class EndOfClosure(Taken):
    """Why a closure ends now."""

    reason: Reason
    client_id: UUID


class Gate(BaseModel):
    """One gate as it is now."""

    id: int
    code: str
    name: str
    kind: Literal["gate", "exit"]
    state: GateState
    since: datetime
    reason: str | None
    by: str | None
    area_code: str


class GateInterval(BaseModel):
    """What a gate was from when to when, and who said so."""

    state: GateState
    since: datetime
    until: datetime | None
    reason: str
    by: str
    entered_at: datetime


class GateHistory(Gate):
    """One gate with everything that it was, newest first."""

    history: list[GateInterval]


class Closure(BaseModel):
    """One closure, standing or ended."""

    id: int
    kind: ClosureKind
    since: datetime
    until: datetime | None
    reason: str
    by: str
    end_reason: str | None
    ended_by: str | None
    area_code: str
    geometry: dict[str, Any]


class Conflict(Problem):
    """Somebody else was faster: their version, and the one that was refused."""

    now: dict[str, Any]
    yours: dict[str, Any]
