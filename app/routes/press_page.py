"""`/press`: the page of the press desk; what it asks for is under `/api/press`."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.answers import taste_of
from app.pages import press
from callbacks.services import Services
from geodata.errors import NotAllowed
from geodata.press.roles import MAKERS


def press_page(services: Services) -> APIRouter:
    """Return the page's route over these services."""
    router = APIRouter()

    @router.get(press.PATH, include_in_schema=False)
    async def page(request: Request) -> HTMLResponse:
        """Return the page. Raises NotAllowed for a role that makes no pictures."""
        principal = services.principal()
        if principal.role not in MAKERS:
            raise NotAllowed
        return HTMLResponse(press.page(services, principal, taste_of(request.headers, request.query_params)))

    return router
