"""`/api/changes`, `/api/refused-changes`, `/api/grids/…`, `/api/areas/…/forecast`: the ledger and a grid leader's day."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.routes import asked
from app.routes.api import REFUSALS, Code
from callbacks.services import Services
from geodata import changes, ledger, today
from geodata.changes import Asked
from geodata.ledger import Kind
from geodata.words import say

MOST_CHANGES = 1000
KEPT_IN_SIGHT = timedelta(days=30)
"""How far back refused changes are listed; older ones stay in the database."""
_Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
DeviceTime = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(2100, 1, 1, tzinfo=UTC))]
"""What a device believes: an empty battery sends a clock back to 1970."""


class ChangeIn(BaseModel):
    """One change of one household; `effective` by the device's own clock."""

    model_config = ConfigDict(extra="forbid")

    client_id: UUID
    household: _Id
    kind: Kind = Kind.CHANGE
    to: Annotated[str, Field(max_length=64)] | None = None
    effective: DeviceTime
    reason: Annotated[str, Field(max_length=2000)] = ""
    seen: _Id | None = None
    after: UUID | None = None
    undoes: UUID | None = None


class ChangesIn(BaseModel):
    """What a device has queued, in its order, and what time it believes it is."""

    model_config = ConfigDict(extra="forbid")

    sent_at: DeviceTime
    changes: Annotated[list[ChangeIn], Field(min_length=1, max_length=MOST_CHANGES)]


class Version(BaseModel):
    """What is true of a household now, and who said so."""

    state: str
    since: datetime
    due_on: date | None
    days_left: int | None
    entry: int | None
    by: str | None
    reason: str | None
    at: datetime | None


class Result(BaseModel):
    """What became of one change: `recorded`, `known`, `conflict` (see `now`) or `refused` (see `message`)."""

    client_id: UUID
    outcome: str
    entry: int | None
    message: str
    now: Version | None


class Taken(BaseModel):
    """The answers, in the order of the changes; `clock_off_s` is the device's clock less the server's."""

    server_time: datetime
    clock_off_s: int
    results: list[Result]


class Refused(BaseModel):
    """A change that was not entered, and why."""

    at: datetime
    by: str
    client_id: UUID
    household: int | None
    door: str | None
    area_code: str
    area_name: str
    kind: str
    to: str | None
    reason: str
    effective: datetime
    message: str


class Door(BaseModel):
    """A household on a day's list; `entry` is what a later change of it has `seen`."""

    id: int
    door: str
    address: str
    building_id: int
    unit: int
    floor: int
    room: str
    state: str
    since: datetime
    due_on: date | None
    days_left: int | None
    entry: int | None
    lon: float
    lat: float


class Day(BaseModel):
    """A grid's day; a household stands in each list that it belongs to."""

    grid: str
    name: str
    at: datetime
    data_time: datetime | None
    today: date
    due: list[Door]
    overdue: list[Door]
    unsurveyed: list[Door]
    new: list[Door]


class Clinic(BaseModel):
    """A fever clinic near a grid."""

    name: str
    address: str
    telephone: str
    status: str
    hours: str
    reported_at: datetime
    distance_m: int
    lon: float
    lat: float


class Hotel(BaseModel):
    """A designated hotel near a grid."""

    name: str
    address: str
    telephone: str
    rooms: int
    distance_m: int
    lon: float
    lat: float


class Care(BaseModel):
    """What is nearest to a grid, nearest first; distances in metres as the crow flies."""

    clinics: list[Clinic]
    hotels: list[Hotel]


class GridDue(BaseModel):
    """Households of one grid that become due on each of the days."""

    code: str
    name: str
    due: list[int]


class Forecast(BaseModel):
    """What becomes due below an area; `due` adds its grids up, day by day."""

    area: str
    at: datetime
    days: list[date]
    overdue: int
    due: list[int]
    grids: list[GridDue]


def ledger_routes(services: Services) -> APIRouter:
    """Return the routes over these services."""
    router = APIRouter(prefix="/api", responses=REFUSALS)
    for add in (_changes, _refused, _grids, _forecast):
        add(router, services)
    return router


def _changes(router: APIRouter, services: Services) -> None:
    @router.post("/changes", response_model=Taken)
    async def take(body: ChangesIn, request: Request) -> dict[str, Any]:
        """Enter changes of households' states, each once however often it is sent; each gets its own answer."""
        principal = services.principal()
        return await changes.take(
            services.database,
            principal.scope,
            [Asked(**one.model_dump()) for one in body.changes],
            sent_at=body.sent_at,
            now=services.now(),
            sender=principal.username,
            language=asked.language(request.headers),
        )


def _refused(router: APIRouter, services: Services) -> None:
    @router.get("/refused-changes", response_model=list[Refused])
    async def refused(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 200) -> list[dict[str, Any]]:
        """List changes that were refused in the reader's areas, newest first."""
        language = asked.language(request.headers)
        async with services.reading() as connection:
            rows = await ledger.refused_changes(connection, since=services.now() - KEPT_IN_SIGHT, limit=limit)
        return [{**row, "message": say(f"ledger.{row['refusal']}", language)} for row in rows]


def _grids(router: APIRouter, services: Services) -> None:
    @router.get("/grids/{code}/today", response_model=Day)
    async def day(code: Code) -> dict[str, Any]:
        """List what is to be done in a grid today: due, overdue, not asked yet, new."""
        async with services.reading() as connection:
            return await today.today(connection, code, now=services.now())

    @router.get("/grids/{code}/care", response_model=Care)
    async def care(code: Code) -> dict[str, Any]:
        """Name the nearest fever clinics and designated hotels, with distance and telephone."""
        async with services.reading() as connection:
            return await today.care(connection, code)


def _forecast(router: APIRouter, services: Services) -> None:
    @router.get("/areas/{code}/forecast", response_model=Forecast)
    async def forecast(code: Code, days: Annotated[int, Query(ge=1, le=today.FARTHEST_DAYS)] = 14) -> dict[str, Any]:
        """Count, per grid and day, the households that become due."""
        async with services.reading() as connection:
            return await today.forecast(connection, code, now=services.now(), days=days)
