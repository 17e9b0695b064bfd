"""`/api/book/{area}.pdf`: the map book of a village or a grid, for officers and grid leaders within their areas."""

import asyncio
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.answers import taste_of
from app.book_making import written
from app.routes.api import REFUSALS, Code
from callbacks.services import Services
from layers.render.book.binding import bind

PDF = "application/pdf"
ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": {PDF: {}}, "description": "The book, ready to print."}}


def books(services: Services) -> APIRouter:
    """Return the route over these services."""
    router = APIRouter()
    one_at_a_time = asyncio.Semaphore(1)

    @router.get("/api/book/{code}.pdf", response_class=Response, responses={**REFUSALS, **ANSWERS})
    async def book(code: Code, request: Request) -> Response:
        """Print a village's map book, or one grid's: plan, faces, tick list, and a code that opens the tablet."""
        found = await written(
            services.database,
            services.principal(),
            code,
            here=services.installation,
            now=services.now(),
            base_url=str(request.base_url),
            language=taste_of(request.headers, request.query_params).language,
        )
        async with one_at_a_time:
            content = await asyncio.to_thread(bind, found)
        name = quote(f"{found.name}.pdf")
        headers = {"content-disposition": f"inline; filename*=UTF-8''{name}", "cache-control": "no-store"}
        return Response(content, media_type=PDF, headers=headers)

    return router
