"""What the API answers about a building's face."""

from datetime import date, datetime

from pydantic import BaseModel


class Door(BaseModel):
    """One door of a building: its state at the moment, since when, and how many days are left."""

    id: int
    unit: int
    floor: int
    room: str
    state: str
    since: datetime
    due_on: date | None
    days_left: int | None
    entry: int | None
    """The last entry of the ledger about this household; none where nothing was ever changed."""


class House(BaseModel):
    """One house of a street, with its doors."""

    building_id: int
    name: str
    address: str
    doors: list[Door]


class Face(BaseModel):
    """A building, unit by floor by room; a village house with the houses of its street, by number."""

    id: int
    name: str
    address: str
    kind: str
    units: int
    floors: int
    rooms_per_floor: int
    area_code: str
    area_name: str
    lon: float
    lat: float
    at: datetime
    data_time: datetime | None
    doors: list[Door]
    street: list[House] | None
