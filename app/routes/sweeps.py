"""`/api/sweeps` and what hangs on areas and grids: rounds, their progress, who was not asked yet."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from app.routes import models, sweep_models
from app.routes.api import REFUSALS, Code
from callbacks.services import Services
from geodata import gates, sweeps
from geodata.errors import BadValue

MOST_ANSWERS = 1_000
AHEAD = timedelta(minutes=10)
"""How far a tablet's clock may run ahead of ours."""
Round = Annotated[
    int | None, Query(alias="round", description="A round's id; without it: the one under way, or the last.")
]


def sweep(services: Services) -> APIRouter:
    """Return the routes of sweeps over these services."""
    router = APIRouter(prefix="/api", responses={**REFUSALS, 422: {"model": models.Problem}})
    _read(router, services)
    _write(router, services)
    return router


def _read(router: APIRouter, services: Services) -> None:
    @router.get("/sweeps", response_model=list[sweep_models.Sweep])
    async def rounds() -> list[dict[str, Any]]:
        """List the rounds of the reader's areas, those under way first."""
        async with services.reading() as connection:
            return await sweeps.rounds(connection, now=services.now())

    @router.get("/areas/{code}/sweep", response_model=sweep_models.SweepProgress)
    async def progress(code: Code, number: Round = None) -> dict[str, Any]:
        """Tell how far a round is in an area and in each area directly below it."""
        async with services.reading() as connection:
            return await sweeps.progress(connection, code, now=services.now(), number=number)

    @router.get("/grids/{code}/sweep/open", response_model=list[models.Household])
    async def not_asked(
        code: Code, number: Round = None, limit: Annotated[int, Query(ge=1, le=sweeps.MOST)] = sweeps.MOST
    ) -> list[dict[str, Any]]:
        """List the households of a grid that were not asked in the round yet."""
        now = services.now()
        async with services.reading() as connection:
            return await sweeps.not_asked(connection, code, now=now, today=now.date(), number=number, limit=limit)


def _write(router: APIRouter, services: Services) -> None:
    @router.post("/sweeps", response_model=sweep_models.Sweep)
    async def open_round(wanted: sweep_models.NewSweep) -> dict[str, Any]:
        """Open a round for an area of one's own: officers and the command centre."""
        principal = services.principal()
        sweeps.demand_opener(principal.scope)
        async with services.database.writing(principal.scope) as connection:
            return await sweeps.open_round(
                connection,
                wanted.area_code,
                name=wanted.name,
                starts_on=wanted.starts_on,
                ends_on=wanted.ends_on,
                target=wanted.target,
                by=principal.username,
                client_id=wanted.client_id,
                now=services.now(),
            )

    @router.post("/sweeps/{sweep_id}/answers", response_model=list[sweep_models.Outcome])
    async def answer(
        sweep_id: int, answers: Annotated[list[sweep_models.SweepAnswer], Body(min_length=1, max_length=MOST_ANSWERS)]
    ) -> list[dict[str, Any]]:
        """Note households that were asked and where nothing changed; the same sent twice counts once."""
        principal, now = services.principal(), services.now()
        gates.demand_writer(principal.scope)
        late = next((one for one in answers if one.at is not None and one.at > now + AHEAD), None)
        if late is not None:
            raise BadValue(name="at", value=late.at, wanted=f"≤ {now.isoformat(timespec='minutes')}")
        told = [(one.household, one.client_id, one.at or now) for one in answers]
        async with services.database.writing(principal.scope) as connection:
            return await sweeps.answer(connection, sweep_id, told, by=principal.username, now=now)
