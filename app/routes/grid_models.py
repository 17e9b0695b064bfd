"""What the tablet's routes answer, for programs and for /openapi.json."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field


class OwnGrid(BaseModel):
    """One grid of a list, with the village it lies in."""

    code: str
    name: str
    above: str | None


class Bearer(BaseModel):
    """Who carries the tablet, and the grids they answer for; `more` says that the list is longer than this."""

    username: str
    role: str
    zone: str
    demo: bool
    grids: list[OwnGrid]
    more: bool


class PackedGrid(BaseModel):
    """The grid itself."""

    code: str
    name: str
    above: str | None
    leader: str | None
    telephone: str | None
    outline: dict[str, Any] | None
    bbox: tuple[float, float, float, float] | None = Field(description="west, south, east, north in degrees")


class PackedState(BaseModel):
    """One state of the city's scheme: what a colour and a letter mean."""

    code: str
    severity: int
    colour: str
    ink: str = Field(description="black or white, whichever reads on the colour")
    letter: str
    hatch: str | None
    follow_days: int | None
    clears_to: str | None
    surveyed: bool
    zh: str
    en: str


class PackedBuilding(BaseModel):
    """One building and its outline."""

    id: int
    name: str
    address: str
    kind: str
    units: int
    floors: int
    rooms_per_floor: int
    outline: dict[str, Any]


class PackedHousehold(BaseModel):
    """One door; `entry` is the newest entry of the ledger about it, none where there is none."""

    id: int
    building_id: int
    unit: int
    floor: int
    room: str
    state: str
    since: datetime
    due_on: date | None
    entry: int | None
    lon: float
    lat: float


class Pack(BaseModel):
    """One grid whole, to be kept on the device of who answers for it."""

    grid: PackedGrid
    today: date
    data_time: datetime | None
    states: list[PackedState]
    buildings: list[PackedBuilding]
    households: list[PackedHousehold]
