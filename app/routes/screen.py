"""What the wall's page asks for beside its figures: what colours mean, and its duty programme."""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel

from app.routes import asked
from app.routes.api import REFUSALS, At
from callbacks.services import Services
from geodata import programmes
from geodata.errors import BadScheme
from geodata.model import SchemeState
from geodata.programmes import Programme
from geodata.schemes import drawn_states
from layers.tokens import ink

Name = Annotated[str, Path(max_length=40)]


class DrawnState(BaseModel):
    """One state of a household: its words, its colour and its second sign."""

    code: str
    zh: str
    en: str
    colour: str
    ink: str
    letter: str
    hatch: str | None
    followed: bool
    surveyed: bool


def screen(services: Services) -> APIRouter:
    """Return the routes over these services."""
    router = APIRouter(prefix="/api", responses=REFUSALS)

    @router.get("/scheme")
    async def scheme(at: At = None) -> list[DrawnState]:
        """List what the colours of households mean, now or at a moment, in the order of their severity."""
        when = asked.moment(at, services.installation.zone)
        found: tuple[SchemeState, ...] = ()
        async with services.reading() as connection:
            with suppress(BadScheme):
                day = services.installation.today(when or services.now())
                found = await drawn_states(connection, services.installation.city_code, day)
        return [_drawn(state) for state in found]

    @router.get("/programmes")
    async def listed() -> list[Programme]:
        """List the duty programmes that a display of the reader's may run: those shipped, and those of its areas."""
        async with services.reading() as connection:
            return await programmes.listed(connection)

    @router.get("/programmes/{name}")
    async def one(name: Name) -> Programme:
        """Return one duty programme with its stops; stops in areas that the reader does not see are left out."""
        async with services.reading() as connection:
            return await programmes.one(connection, name)

    return router


def _drawn(state: SchemeState) -> DrawnState:
    known: dict[str, Any] = {name: getattr(state, name) for name in ("code", "zh", "en", "colour", "letter", "hatch")}
    return DrawnState(**known, ink=ink(state.colour), followed=state.follow_days is not None, surveyed=state.surveyed)
