"""The application: the house, the front door, the tiles, the API and the pages, put together."""

import asyncio
import gc
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from dash import Dash
from dash.backends._fastapi import reset_current_request, set_current_request
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from app import VERSION
from app.admission import Admission
from app.answers import refusal
from app.commands.place import connect
from app.errors import UnknownPage, WrongMethod, wanted
from app.front import Front, security_headers
from app.house import House
from app.leaving import Caught, WhileConnected
from app.pages import shell
from app.routes.admin_page import admin_page
from app.routes.alerts import alerts
from app.routes.api import api
from app.routes.arrivals import arrival_routes
from app.routes.book import books
from app.routes.display import display_routes
from app.routes.faces import faces
from app.routes.feeds import feeds
from app.routes.grid import grid_routes
from app.routes.imports import import_routes
from app.routes.ledger import ledger_routes
from app.routes.numbers import numbers
from app.routes.pages import pages
from app.routes.plan import plan
from app.routes.press import press
from app.routes.press_page import press_page
from app.routes.same_trip import same_trip_routes
from app.routes.screen import screen
from app.routes.senders import sender_routes
from app.routes.sweeps import sweep
from app.routes.tiles import TileRoute
from app.routes.wall import walls
from app.settings import PROJECT, Settings
from app.wire import Kept, Wire
from geodata.database import Database
from geodata.errors import BadValue, NotSignedIn, WanggeError
from geodata.scope import Scope
from layers.registry import all_layers

LOG = logging.getLogger(__name__)
PAGES = ("/map", "/wall")
ELSEWHERE = re.compile(r'"dash_version_url":"[^"]*"')
"""Where Dash's developer tools would ask for news of Dash: another host."""
PRESSED = PROJECT / ".cache" / "wire"
NEW_THINGS = 10_000
"""Objects after which new ones are looked through for what nobody holds: a delivery makes thousands, and all of them go."""
App = Callable[[Any, Any, Any], Awaitable[None]]


def application() -> App:
    """Return the application as the environment describes it: what each worker process of uvicorn builds."""
    settings = Settings()
    url = settings.database.database_url
    assert url is not None, "`python -m app serve` hands the database over"
    return create_app(settings, connect(settings.database, url.get_secret_value()))


def create_app(settings: Settings, database: Database) -> App:
    """Return the application over a database; nothing is opened before its start. Raises BadLayer."""
    all_layers()
    house = House(settings, database)
    server = _server(house)
    _dash(server, house)
    tiles = TileRoute(house.tiles, lambda: house.installation, _scope_of)
    headers = security_headers(tls=settings.web.behind_tls)
    rest = Wire(WhileConnected(server), Kept(PRESSED))
    front = Front(rest, tiles, house.readers, house.demand_ready, headers)
    server.state.front = front
    server.state.house = house
    house.listeners.append(front.heard)
    return front


def _scope_of(asgi_scope: Any) -> Scope:
    """Return the scope of whom the front door let in. Raises NotSignedIn."""
    principal = asgi_scope.get("wangge.principal")
    if principal is None:
        raise NotSignedIn
    scope: Scope = principal.scope
    return scope


def _server(house: House) -> FastAPI:
    """Return the FastAPI application with every route of ours but those of Dash."""

    @asynccontextmanager
    async def lifetime(server: FastAPI) -> AsyncIterator[None]:
        await house.start()
        # What a process is made of stays: looking at all of it again took most of a delivery's check (5.7 of 8 ms a batch).
        gc.collect()
        gc.freeze()
        gc.set_threshold(NEW_THINGS)
        watch = asyncio.create_task(server.state.front.recheck_for_ever())
        yield
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        await house.stop()

    server = FastAPI(
        title="Wangge 网格", version=VERSION, lifespan=lifetime, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    server.include_router(api(house.services))
    web = house.settings.web
    server.include_router(feeds(house.services, Admission(web.feeds_at_once, web.feeds_waiting)))
    server.include_router(sender_routes(house.services))
    server.include_router(arrival_routes(house.services))
    server.include_router(same_trip_routes(house.services))
    server.include_router(ledger_routes(house.services))
    server.include_router(plan(house.services))
    server.include_router(alerts(house.services))
    server.include_router(sweep(house.services))
    server.include_router(screen(house.services))
    server.include_router(walls(house.services))
    server.include_router(numbers(house.services))
    server.include_router(faces(house.services))
    server.include_router(books(house.services))
    server.include_router(pages(house))
    server.include_router(display_routes(house))
    server.include_router(grid_routes(house))
    server.include_router(press(house))
    server.include_router(press_page(house.services))
    server.include_router(import_routes(house))
    server.include_router(admin_page(house))
    for kind in (WanggeError, RequestValidationError, HTTPException):
        server.add_exception_handler(kind, _refused)
    server.add_middleware(Caught)
    return server


async def _refused(request: Request, error: Exception) -> Response:
    """Answer what went wrong inside a route, in the words of the one table."""
    return refusal(_ours(request, error), request.headers)


def _ours(request: Request, error: Exception) -> Exception:
    """Return FastAPI's refusals as our own."""
    if isinstance(error, RequestValidationError):
        first: dict[str, Any] = dict(error.errors()[0])
        name = str(first["loc"][-1]) if first["loc"] else "?"
        return BadValue(name=name, value=str(first.get("input"))[:40], wanted=wanted(first))
    if isinstance(error, HTTPException):
        if error.status_code == 405:
            return WrongMethod(method=request.method)
        return UnknownPage(path=request.url.path[:80])
    return error


def _dash(server: FastAPI, house: House) -> Dash:
    """Put the pages on the server: their addresses are known, and every other one is not found."""
    dash = Dash(
        __name__,
        server=server,  # type: ignore[arg-type]
        assets_folder=str(PROJECT / "assets"),
        **shell.options(),
    )
    shell.dress(dash, house.services)

    async def page(request: Request) -> Response:
        token = set_current_request(request)  # type: ignore[no-untyped-call]
        try:
            # Dash prepares itself at the first request to an address of its own, which this one is not.
            dash._setup_server()  # type: ignore[no-untyped-call]  # noqa: SLF001
            html = dash.index()  # type: ignore[no-untyped-call]
        finally:
            reset_current_request(token)  # type: ignore[no-untyped-call]
        return HTMLResponse(ELSEWHERE.sub('"dash_version_url":""', html))

    for path in PAGES:
        server.add_api_route(path, page, methods=["GET"], include_in_schema=False)

    async def nowhere(request: Request) -> Response:
        # Dash would answer any address with its page.
        raise UnknownPage(path=request.url.path[:80])

    server.add_api_route("/{path:path}", nowhere, methods=["GET", "HEAD"], include_in_schema=False)
    return dash
