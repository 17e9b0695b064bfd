"""`/display/{token}`: the way in for a screen without a keyboard."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.errors import UnknownDisplay
from app.house import House
from app.signin import COOKIE, display_secret
from geodata import displays

WALL = "/wall"
LASTS_S = 400 * 86_400
"""What browsers keep a cookie for at most; each opening of the link begins anew. The link itself ends by being revoked."""


def display_routes(house: House) -> APIRouter:
    """Return the route over this process's house."""
    router = APIRouter()

    @router.get("/display/{token}", include_in_schema=False)
    async def enter(token: str, request: Request) -> Response:
        """Sign a screen in and lead it to the wall, or say that its link is not in force."""
        house.demand_ready()
        async with house.database.gate() as connection:
            if await displays.by_display(connection, token[:100]) is None:
                raise UnknownDisplay
        answer = RedirectResponse(WALL, 303)
        answer.set_cookie(
            COOKIE,
            await house.readers.signed(display_secret(token)),
            max_age=LASTS_S,
            httponly=True,
            samesite="lax",
            secure=house.over_tls(request.url.scheme),
        )
        return answer

    return router
