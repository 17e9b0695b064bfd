"""`/api/wall/{code}`: everything a command wall shows of an area, now or at another moment, block by block."""

from typing import Any

from fastapi import APIRouter

from app.routes import asked
from app.routes.api import REFUSALS, At, Code
from app.routes.wall_models import Wall
from callbacks.services import Services
from geodata import wall


def walls(services: Services) -> APIRouter:
    """Return the wall's route over these services."""
    router = APIRouter(prefix="/api", responses=REFUSALS)

    @router.get("/wall/{code}", response_model=Wall)
    async def blocks(code: Code, at: At = None) -> dict[str, Any]:
        """Read every block of a wall that the role may see; one that failed says why, and the others stand."""
        now = services.now()
        when = asked.moment(at, services.installation.zone)
        moment, scope = wall.Moment(now, when), services.principal().scope
        async with services.reading() as connection:
            figures = await wall.read(connection, code, moment, sorted(wall.for_reader(scope)))
        return {"area": code, "at": when or now, "live": when is None, "blocks": figures}

    return router
