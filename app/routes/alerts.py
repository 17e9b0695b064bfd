"""`/api/alerts`: what needs somebody, and what somebody does about it, inside one's own areas."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.routes import alert_models, asked, models, plan_models
from app.routes.api import REFUSALS, At
from app.routes.plan import demand_reader
from callbacks.services import Services
from geodata import gates
from geodata.alerts import acting, reading
from geodata.areas import current_code

CHANGES: dict[int | str, dict[str, Any]] = {409: {"model": plan_models.Conflict}, 422: {"model": models.Problem}}


def alerts(services: Services) -> APIRouter:
    """Return the routes of alerts over these services."""
    router = APIRouter(prefix="/api/alerts", responses={**REFUSALS, **CHANGES})
    _reading(router, services)
    _acting(router, services)
    return router


def _reading(router: APIRouter, services: Services) -> None:
    @router.get("", response_model=alert_models.Feed)
    async def feed(
        area: Annotated[
            str | None, Query(max_length=64, description="Without it: the reader's own first area.")
        ] = None,
        at: At = None,
        rule: Annotated[str | None, Query(max_length=40, description="This rule's alone, one by one.")] = None,
    ) -> dict[str, Any]:
        """List the open alerts below an area, now or at a past moment; many of one rule and area are one line."""
        demand_reader(services)
        now, when = services.now(), asked.moment(at, services.installation.zone)
        code = area or next(iter(services.principal().areas), "")
        async with services.reading() as connection:
            code = await current_code(connection, code)
            found = await reading.feed(connection, code, now=now, at=when, rule=rule)
            open_ones = await reading.counts(connection, code, now=now, at=when)
        return {"area": code, "at": when or now, "open": open_ones, **found}

    @router.get("/{alert_id}", response_model=alert_models.Alert)
    async def one(alert_id: int) -> dict[str, Any]:
        """Show one alert with all that happened to it."""
        demand_reader(services)
        async with services.reading() as connection:
            return await reading.one(connection, alert_id)


def _acting(router: APIRouter, services: Services) -> None:
    @router.post("/{alert_id}/acknowledge", response_model=alert_models.Alert)
    async def acknowledge(alert_id: int) -> dict[str, Any]:
        """Say that one has seen it."""
        principal = services.principal()
        gates.demand_writer(principal.scope)
        async with services.database.writing(principal.scope) as connection:
            return await acting.acknowledge(connection, alert_id, by=principal.username, now=services.now())

    @router.post("/{alert_id}/assign", response_model=alert_models.Alert)
    async def assign(alert_id: int, wanted: alert_models.Assignment) -> dict[str, Any]:
        """Give it to somebody, or take it oneself."""
        principal = services.principal()
        gates.demand_writer(principal.scope)
        to = wanted.to or principal.username
        async with services.database.writing(principal.scope) as connection:
            return await acting.assign(connection, alert_id, to, by=principal.username, now=services.now())

    @router.post("/{alert_id}/close", response_model=alert_models.Alert)
    async def close(alert_id: int, wanted: alert_models.Closing) -> dict[str, Any]:
        """Close it; while its cause lasts it does not fire again."""
        principal = services.principal()
        gates.demand_writer(principal.scope)
        async with services.database.writing(principal.scope) as connection:
            return await acting.close(connection, alert_id, wanted.why, by=principal.username, now=services.now())
