"""`/face/…`: a building's face as a piece of a page, in the reader's language; `assets/face.js` puts it where it belongs."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.answers import taste_of
from callbacks import face
from callbacks.markup import markup
from callbacks.services import Services

At = Annotated[str | None, Query(max_length=60)]


def faces(services: Services) -> APIRouter:
    """Return the route over these services."""
    router = APIRouter()

    @router.get("/face/{building_id}", include_in_schema=False)
    async def piece(request: Request, building_id: str, at: At = None) -> HTMLResponse:
        language = taste_of(request.headers, request.query_params).language
        shown = await face.show(services, building_id, at or "", language)
        return HTMLResponse(markup(shown.parts), 200 if shown.found else 404)

    return router
