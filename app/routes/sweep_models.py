"""What the API of sweeps takes and answers."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from app.routes.models import AreaName
from app.routes.plan_models import Taken


class NewSweep(Taken):
    """A round to be opened for an area of one's own."""

    area_code: str = Field(max_length=64)
    name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=60)]
    starts_on: date = Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))
    ends_on: date = Field(ge=date(2000, 1, 1), le=date(2200, 1, 1), description="Its last day.")
    target: float = Field(gt=0, le=1, allow_inf_nan=False, description="Share of the households that is to be asked.")
    client_id: UUID


class SweepAnswer(Taken):
    """A household that was asked, nothing having changed; without `at`: now."""

    household: int = Field(ge=1, lt=2**63)
    client_id: UUID
    at: AwareDatetime | None = None


class Sweep(BaseModel):
    """One round. Its area has no code for a reader who answers only for a part of it."""

    id: int
    number: int
    name: str
    starts_on: date
    ends_on: date
    target: float
    area_code: str | None
    area_name: str | None
    created_by: str
    created_at: datetime
    current: bool
    day: int = Field(description="Which of its days it is; nought before its first.")
    days: int


class Pace(AreaName):
    """How far an area is: none where it has no households."""

    households: int
    asked: int
    share: float | None
    behind: bool | None


class SweepProgress(Pace):
    """How far a round is in an area, against a pace that is the same every hour, and in each area below, worst first."""

    round: Sweep
    at: datetime
    target: float
    expected: float
    children: list[Pace]


class Outcome(BaseModel):
    """What became of one answer: known is one that was given before, refused one about a household not in the round."""

    client_id: UUID
    household: int
    outcome: Literal["recorded", "known", "refused"]
