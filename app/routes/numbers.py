"""`/api/areas/{code}/numbers`: what feeds bring about an area, now or at a past moment."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.routes import asked
from app.routes.api import REFUSALS, At, Code
from callbacks.services import Services
from geodata.areas import current_code
from geodata.moment import Moment
from geodata.numbers import for_reader, reading


class Said(BaseModel):
    """One text in both languages."""

    zh: str
    en: str


class Line(BaseModel):
    """One figure with the time of its data."""

    words: Said
    value: float | None = Field(description="Null where nobody has reported, which is not zero.")
    unit: Said
    of: float | None = Field(description="What it is a part of.")
    before: float | None = Field(description="The same figure a day earlier.")
    target: float | None
    data_time: datetime | None
    late: bool = Field(description="Whether the newest report is older than its feed allows.")
    severe: bool = Field(description="Whether somebody must do something about it.")


class Number(BaseModel):
    """One block of figures; `error` is the key of the sentence that says why it could not be read."""

    id: str
    title: Said
    lines: list[Line]
    error: str | None = None


class Numbers(BaseModel):
    """The numbers of an area, in the order they are shown."""

    area: str
    at: datetime
    numbers: list[Number]


def numbers(services: Services) -> APIRouter:
    """Return the numbers' route over these services."""
    router = APIRouter(prefix="/api", responses=REFUSALS)

    @router.get("/areas/{code}/numbers", response_model=Numbers)
    async def numbers_of(code: Code, at: At = None) -> dict[str, Any]:
        """Read every number that the role may see; one that failed says why, and the others stand."""
        now = services.now()
        when = asked.moment(at, services.installation.zone)
        wanted = for_reader(services.principal().scope)
        async with services.reading() as connection:
            code = await current_code(connection, code)
            found = await reading.read(connection, code, Moment(now, when), wanted)
        return {"area": code, "at": when or now, "numbers": found}

    return router
