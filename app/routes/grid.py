"""`/grid` and what it lives on: the page, its service worker and manifest, and `/api/grids/…`, what a tablet takes along."""

import hashlib
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from app.house import House
from app.pages import grid
from app.routes import grid_models as models
from app.routes.api import REFUSALS, Code
from app.signin import bearer_cookie
from callbacks.services import Services
from geodata import packs
from geodata.errors import BadScheme, NotAllowed
from geodata.installation import current_scheme
from geodata.model import SchemeState
from layers.tokens import ink

UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The tablet has it already: see `If-None-Match`."}}


def grid_routes(house: House) -> APIRouter:
    """Return the routes over this process's house."""
    router = APIRouter()
    _page(router, house)
    _files(router)
    _packs(router, house.services)
    return router


def _page(router: APIRouter, house: House) -> None:
    @router.get("/grid", include_in_schema=False)
    async def page(request: Request) -> Response:
        """Return the tablet's page, and say to the device whose it is now. Raises NotAllowed."""
        principal = house.services.principal()
        if not principal.scope.homes:
            raise NotAllowed
        answer = HTMLResponse(grid.shell())
        bearer_cookie(answer, principal.username, secure=house.over_tls(request.url.scheme))
        return answer


def _files(router: APIRouter) -> None:
    @router.get("/grid/shell", include_in_schema=False)
    async def shell() -> Response:
        """Return the same page for the device to keep: it says nothing of anybody, so it is open to everybody."""
        return HTMLResponse(grid.shell())

    @router.get("/sw.js", include_in_schema=False)
    async def worker() -> Response:
        """Return the service worker; another one as soon as any file that it keeps is another."""
        return Response(grid.worker(), media_type="text/javascript", headers={"cache-control": "no-cache"})

    @router.get("/manifest.webmanifest", include_in_schema=False)
    async def manifest() -> Response:
        """Return what a device must know to install the page."""
        return JSONResponse(grid.manifest(), media_type="application/manifest+json")


def _packs(router: APIRouter, services: Services) -> None:
    @router.get("/api/grids", response_model=models.Bearer, responses=REFUSALS)
    async def own() -> dict[str, Any]:
        """Say who asks, and list the grids they answer for."""
        principal = services.principal()
        if not principal.scope.homes:
            raise NotAllowed
        async with services.reading() as connection:
            grids, more = await packs.own_grids(connection)
        here = services.installation
        who = {"username": principal.username, "role": principal.role.value}
        return {**who, "zone": here.time_zone, "demo": here.demo, "grids": grids, "more": more}

    @router.get("/api/grids/{code}/pack", response_model=models.Pack, responses={**REFUSALS, **UNCHANGED})
    async def pack(code: Code, request: Request) -> Response:
        """Return one grid whole: doors with their states, buildings, what the colours mean; 304 where nothing changed."""
        if not services.principal().scope.homes:
            raise NotAllowed
        now, scheme = services.now(), tuple[SchemeState, ...]()
        # From the primary: a replica that lags would show a tablet its own change undone, and its next one as a conflict.
        async with services.database.writing(services.principal().scope) as connection:
            with suppress(BadScheme):
                scheme = await current_scheme(connection, services.installation.city_code, now.date())
            found = await packs.pack(connection, code, now=now, scheme=scheme)
        for state in found["states"]:
            state["ink"] = ink(state["colour"])
        return _tagged(models.Pack(**found).model_dump_json().encode(), request.headers.get("if-none-match", ""))


def _tagged(body: bytes, held: str) -> Response:
    """Return a body under the name of its content, or nothing where the asker holds that already."""
    tag = hashlib.blake2b(body, digest_size=12).hexdigest()
    headers = {"etag": f'"{tag}"', "vary": "cookie, authorization"}
    if tag in held:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
