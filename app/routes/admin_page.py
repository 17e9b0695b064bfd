"""`/admin`: the page of the data office; what it asks for are arrivals, imports, refused rows and senders."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.answers import taste_of
from app.house import House
from app.pages import admin
from app.routes.imports import keeper


def admin_page(house: House) -> APIRouter:
    """Return the page's route over this process's house."""
    router = APIRouter()

    @router.get(admin.PATH, include_in_schema=False)
    async def page(request: Request) -> HTMLResponse:
        """Return the page. Raises NotAllowed for a role that looks after no deliveries."""
        principal, most_mb = keeper(house), house.settings.web.import_mb
        taste = taste_of(request.headers, request.query_params)
        return HTMLResponse(admin.page(house.services, principal, taste, most_mb))

    return router
