"""`/api/same-trip`: whether a confirmed case was on a train, flight, coach, car or ship. Who, where and how many is not told."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.routes import asked, models
from app.routes.api import REFUSALS
from callbacks.services import Services
from geodata import trips
from geodata.errors import BadValue, NotAllowed
from geodata.words import say


def same_trip_routes(services: Services) -> APIRouter:
    """Return the route over these services."""
    router = APIRouter(prefix="/api", responses=REFUSALS)

    @router.get("/same-trip", response_model=models.SameTrip)
    async def same_trip(
        request: Request,
        response: Response,
        means: Annotated[str, Query(max_length=20, description=", ".join(trips.MEANS))],
        number: Annotated[str, Query(max_length=40, description="G1234, CZ3456; of a car its plate")],
        day: Annotated[str, Query(max_length=10, description="The day it set out: 2020-02-05")],
    ) -> dict[str, Any]:
        """Say whether a confirmed case was on it on that day, for readers who may see homes."""
        scope = services.principal().scope
        if not scope.homes:
            raise NotAllowed
        response.headers["cache-control"] = "no-store"
        on = _day(day, services.now().date())
        async with services.reading() as connection:
            found = await trips.same_trip(connection, means, number, on, services.now())
        return {
            "known": trips.ANSWERS[found.known],
            "day": on,
            "means": means,
            "nearby_days": found.nearby,
            "data_time": found.told_at,
            "late": found.late,
            "advice": say(trips.advice(found), asked.language(request.headers)),
        }

    return router


def _day(written: str, today: date) -> date:
    """Return a day that can have a trip. Raises BadValue."""
    try:
        found = date.fromisoformat(written)
    except ValueError:
        found = None
    if found is None or not date(2000, 1, 1) <= found <= today + timedelta(days=1):
        raise BadValue(name="day", value=written, wanted="2020-02-05")
    return found
