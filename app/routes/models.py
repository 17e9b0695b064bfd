"""What the API answers, for programs and for /openapi.json."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from geodata.model import Level


class Problem(BaseModel):
    """A refusal: a key for programs, a sentence for people."""

    error: str
    message: str
    facts: dict[str, str] = {}


class RefusedRow(BaseModel):
    """One row of a delivery that cannot be taken."""

    row: int
    column: str
    reason: str
    suggestion: str


class RefusedDelivery(Problem):
    """A delivery of which nothing was written."""

    rows: list[RefusedRow] = []


class InBothLanguages(BaseModel):
    """One text in Chinese and English."""

    zh: str
    en: str


class LayerInfo(BaseModel):
    """One layer that the reader may see."""

    id: str
    title: InBothLanguages
    group: str
    geometry: Literal["point", "line", "polygon"]
    privacy: Literal["public", "internal", "household"]
    min_zoom: int
    max_zoom: int
    measures: list[str] = []


class AreaName(BaseModel):
    """One area in a list."""

    code: str
    name: str
    level: Level


class Leader(BaseModel):
    """Who answers for an area."""

    name: str
    telephone: str | None


class Area(BaseModel):
    """One area: where it lies, who leads it, what is below it, and the way down to it."""

    code: str
    name: str
    level: Level
    parent: str | None
    bbox: tuple[float, float, float, float] | None = Field(description="west, south, east, north in degrees")
    leader: Leader | None
    children: list[AreaName]
    trail: list[AreaName]


class Passages(BaseModel):
    """What passed posts, by outcome; none where nobody reported."""

    passages: int | None
    passed: int | None
    home_quarantine: int | None
    central_quarantine: int | None
    turned_back: int | None
    seconds_per_pass: float | None


class PassagesOfAnHour(Passages):
    """What passed in the newest hour of which anything is known, out of how many reports."""

    began: datetime
    reports: int


class Checkpoints(Passages):
    """Posts and what passed them on the day."""

    total: int
    staffed: int
    silent: int
    hour: PassagesOfAnHour | None
    data_time: datetime | None


class Hotels(BaseModel):
    """Designated hotels, and their rooms as last reported."""

    total: int
    rooms: int
    occupied: int | None
    data_time: datetime | None


class Clinics(BaseModel):
    """Fever clinics and designated hospitals by status."""

    total: int
    open: int | None
    full: int | None
    closed: int | None
    data_time: datetime | None


class Patrols(BaseModel):
    """Flights in the air and of the last 24 hours, what they saw, teams on foot, and what nobody has seen for a day."""

    in_air: int | None
    flights_24h: int | None
    events_24h: int | None
    on_foot: int | None
    cells: int
    unseen: int | None
    data_time: datetime | None


class Reports(BaseModel):
    """Village reports of the day: how many of how many, and how many people of the four groups they count."""

    expected: int
    received: int
    missing: int
    returned_outside: int | None
    returned_wuhan: int | None
    close_contact: int | None
    fever_unexplained: int | None
    data_time: datetime | None


class Summary(BaseModel):
    """The numbers of an area, each block with the time of its data. Readers without homes get none about homes or work."""

    area: str
    at: datetime
    data_time: datetime | None
    households: dict[str, int] = {}
    households_data_time: datetime | None = None
    total: int = 0
    due_today: int = 0
    overdue: int = 0
    new_today: int = 0
    followed: int = 0
    surveyed: int = 0
    surveyed_share: float | None = None
    checkpoints: Checkpoints | None = None
    hotels: Hotels
    clinics: Clinics
    patrols: Patrols | None = None
    reports: Reports | None = None


class Child(AreaName):
    """One area below another with what is to be followed in it; none is 'no data'."""

    value: int | None
    total: int | None
    overdue: int | None
    due_today: int | None
    followed: int | None
    unsurveyed: int | None
    silent: int | None
    data_time: datetime | None


class Household(BaseModel):
    """One door: its state, since when, and how many days are left."""

    id: int
    address: str
    building: str
    unit: int
    floor: int
    room: str
    state: str
    since: datetime
    due_on: date | None
    days_left: int | None
    data_time: datetime
    lon: float
    lat: float


class Entry(BaseModel):
    """One line of the ledger about a household; what it was loaded with has no id and no state before."""

    id: int | None
    from_: str | None = Field(alias="from")
    to: str
    to_zh: str
    to_en: str
    effective: datetime
    reason: str
    source: str
    by: str
    entered_at: datetime
    clock_off_s: int | None
    undoes: int | None
    """The entry that this one takes back."""
    undone: bool


class HouseholdHistory(Household):
    """One door with its ledger, newest first; `entry` is what a later change of it has `seen`."""

    area_code: str
    area_name: str
    state_zh: str
    state_en: str
    entry: int | None
    history: list[Entry]


class Feature(BaseModel):
    """A GeoJSON feature in EPSG:4326; its properties carry `area_code` and `data_time`."""

    type: Literal["Feature"]
    id: int
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class FeatureCollection(BaseModel):
    """GeoJSON features; `more` says that the limit cut some off."""

    type: Literal["FeatureCollection"]
    features: list[Feature]
    more: bool


class Found(BaseModel):
    """One place found by what was typed, and where to look at it."""

    kind: str
    id: int
    code: str | None
    title: str
    subtitle: str | None
    lon: float | None
    lat: float | None
    zoom: float


class PaperInfo(BaseModel):
    """How departments' files write a kind: further names of its columns, what a geometry is for, and special columns."""

    names: dict[str, list[str]]
    place: Literal["", "point", "line", "polygon"]
    area: str
    state: str


class SameTrip(BaseModel):
    """Whether a confirmed case was on it: nothing of who, where or how many. `unknown`: no list was ever delivered."""

    known: Literal["yes", "no", "unknown"]
    day: date
    means: Literal["train", "flight", "coach", "car", "ship"]
    nearby_days: list[date]
    """The day before or after on which a case took the same number, for what travels through the night."""
    data_time: datetime | None
    """When the city's list of trips was last added to."""
    late: bool
    """Whether that list is older than it should be."""
    advice: str
    """What to do now, in the reader's language."""


class FeedInfo(BaseModel):
    """One kind of delivery: its key, how old is late, the JSON schema of a row and an example of one."""

    kind: str
    title: InBothLanguages
    key: list[str]
    privacy: Literal["public", "internal", "household"]
    late_after_s: int
    row: dict[str, Any]
    example: dict[str, Any]
    foundation: bool
    paper: PaperInfo


class Health(BaseModel):
    """Whether the server and its database are there."""

    status: Literal["ok", "database_away"]
    database: Literal["here", "away"]
    version: str
