"""`/api/arrivals` and `/api/refused-rows`: what came in, from whom, and what waits to be corrected."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request

from app.routes import arrival_models as models
from app.routes import asked
from app.routes.api import REFUSALS
from app.routes.models import Problem, RefusedDelivery
from callbacks.services import Services
from geodata.accounts import Principal
from geodata.arrival import deliveries, quarantine
from geodata.errors import BadValue, NotAllowed, UnknownRefusedRow
from geodata.feeds.floor.refusal import Refused
from geodata.model import Role

BIGGEST = 2**63 - 1
READERS = (Role.COMMAND, Role.OFFICER, Role.ADMIN)
CHANGES: dict[int | str, dict[str, Any]] = {409: {"model": Problem}, 422: {"model": RefusedDelivery}}
Id = Annotated[int, Path(ge=1, le=BIGGEST)]
Name = Annotated[str | None, Query(max_length=80)]


def arrival_routes(services: Services) -> APIRouter:
    """Return the routes over these services."""
    router = APIRouter(prefix="/api", responses=REFUSALS)
    _arrivals(router, services)
    _reading(router, services)
    _settling(router, services)
    return router


def _reader(services: Services) -> Principal:
    """Return who looks after deliveries. Raises NotAllowed."""
    principal = services.principal()
    if principal.role not in READERS:
        raise NotAllowed
    return principal


def _arrivals(router: APIRouter, services: Services) -> None:
    @router.get("/arrivals", response_model=list[models.ArrivalInfo])
    async def arrivals(
        day: Annotated[date | None, Query(description="Without it: today.")] = None,
    ) -> list[dict[str, Any]]:
        """Say what each sender delivered of each kind on a day, and who is late."""
        _reader(services)
        now = services.now()
        if day is not None and not 2000 <= day.year <= 2200:
            raise BadValue(name="day", value=day, wanted="2020-02-11")
        async with services.reading() as connection:
            return await deliveries.arrivals(connection, day or now.date(), now)


def _reading(router: APIRouter, services: Services) -> None:
    @router.get("/refused-rows", response_model=list[models.RefusedInfo])
    async def refused_rows(
        request: Request,
        kind: Name = None,
        sender: Name = None,
        state: Literal["open", "sent", "dropped"] | None = None,
        before: Annotated[int | None, Query(ge=1, le=BIGGEST, description="Older than the row of this id.")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[dict[str, Any]]:
        """List refused rows of one's areas, the newest first."""
        _reader(services)
        language = asked.language(request.headers)
        async with services.reading() as connection:
            return await quarantine.listed(
                connection, language, kind=kind, sender=sender, state=state, before=before, limit=limit
            )


def _settling(router: APIRouter, services: Services) -> None:
    async def shown(request: Request, row: int) -> dict[str, Any]:
        async with services.database.writing(services.principal().scope) as connection:
            found = await quarantine.listed(connection, asked.language(request.headers), one=row)
        if not found:
            raise UnknownRefusedRow(id=row)
        return found[0]

    @router.post("/refused-rows/{row}/correct", response_model=models.RefusedInfo, responses=CHANGES)
    async def correct(row: Id, wanted: models.Correction, request: Request) -> dict[str, Any]:
        """Deliver the row as it should have been, in one's own name; its other faults are settled with it."""
        principal = _reader(services)
        try:
            await quarantine.correct(services.database, principal.scope, row, wanted.fields, principal.username)
        except Refused as refused:
            raise refused.in_(asked.language(request.headers)) from None
        return await shown(request, row)

    @router.post("/refused-rows/{row}/drop", response_model=models.RefusedInfo, responses=CHANGES)
    async def drop(row: Id, wanted: models.Reason, request: Request) -> dict[str, Any]:
        """Give the row up, with the reason."""
        principal = _reader(services)
        await quarantine.drop(services.database, principal.scope, row, wanted.reason, principal.username)
        return await shown(request, row)
