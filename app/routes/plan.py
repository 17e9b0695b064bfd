"""`/api/gates`, `/api/closures`: the plan of the compound, written by whoever answers for the area."""

from typing import Any

from fastapi import APIRouter

from app.routes import models, plan_models
from app.routes.api import REFUSALS
from callbacks.services import Services
from geodata import closures, gates
from geodata.errors import NotAllowed

CHANGES: dict[int | str, dict[str, Any]] = {
    409: {"model": plan_models.Conflict},
    422: {"model": models.Problem},
}


def plan(services: Services) -> APIRouter:
    """Return the routes of the plan over these services."""
    router = APIRouter(prefix="/api", responses={**REFUSALS, **CHANGES})
    _gates(router, services)
    _closures(router, services)
    return router


def _gates(router: APIRouter, services: Services) -> None:
    @router.get("/gates/{gate_id}", response_model=plan_models.GateHistory)
    async def gate(gate_id: int) -> dict[str, Any]:
        """Show one gate and everything that it was."""
        demand_reader(services)
        async with services.reading() as connection:
            return await gates.gate(connection, gate_id)

    @router.put("/gates/{gate_id}/state", response_model=plan_models.Gate)
    async def set_state(gate_id: int, wanted: plan_models.NewGateState) -> dict[str, Any]:
        """Open or close a gate; 409 tells both versions where somebody else was faster."""
        principal = services.principal()
        gates.demand_writer(principal.scope)
        async with services.database.writing(principal.scope) as connection:
            return await gates.set_state(
                connection,
                gate_id,
                wanted.state,
                reason=wanted.reason,
                by=principal.username,
                client_id=wanted.client_id,
                now=services.now(),
                seen=wanted.seen,
            )


def _closures(router: APIRouter, services: Services) -> None:
    @router.get("/closures/{closure_id}", response_model=plan_models.Closure)
    async def closure(closure_id: int) -> dict[str, Any]:
        """Show one closure, standing or ended."""
        demand_reader(services)
        async with services.reading() as connection:
            return await closures.closure(connection, closure_id)

    @router.post("/closures", response_model=plan_models.Closure)
    async def draw(wanted: plan_models.NewClosure) -> dict[str, Any]:
        """Block a street or control an exit inside one's own areas, from now on."""
        principal = services.principal()
        gates.demand_writer(principal.scope)
        async with services.database.writing(principal.scope) as connection:
            return await closures.draw(
                connection,
                wanted.kind,
                wanted.geometry,
                area_code=wanted.area_code,
                reason=wanted.reason,
                by=principal.username,
                client_id=wanted.client_id,
                now=services.now(),
            )

    @router.post("/closures/{closure_id}/end", response_model=plan_models.Closure)
    async def end(closure_id: int, wanted: plan_models.EndOfClosure) -> dict[str, Any]:
        """End a closure now; it stays in the history."""
        principal = services.principal()
        gates.demand_writer(principal.scope)
        async with services.database.writing(principal.scope) as connection:
            return await closures.end(
                connection,
                closure_id,
                reason=wanted.reason,
                by=principal.username,
                client_id=wanted.client_id,
                now=services.now(),
            )


def demand_reader(services: Services) -> None:
    """Refuse a role that sees only what may be published. Raises NotAllowed."""
    if not services.principal().scope.homes:
        raise NotAllowed
