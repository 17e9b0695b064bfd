"""What pages need beside the API: the way in and out, the style of the map, the bundle, the health of the server."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import text

from app import VERSION, vendor
from app.answers import refusal, taste_of, wants_page
from app.errors import TooLarge, UnknownPage
from app.house import House
from app.routes import asked, models
from app.signin import BEARER, COOKIE, bearer_cookie, safe_next
from app.signin_page import login_page
from geodata import accounts
from geodata.errors import BadScheme, BadTile, BadValue, TooManyAttempts, WanggeError, WrongPassword
from geodata.model import Role, SchemeState
from geodata.schemes import drawn_states
from layers import registry
from layers.render.style import style

START = {Role.GRID: "/grid", Role.DISPLAY: "/wall", Role.PRESS: "/press"}
"""The page that a role begins with; every other one with the map."""
MAP = "/map"
LARGEST_FORM = 10_000
HEALTH_S = 1.0
"""An answer about health is this old at most; more askers do not mean more questions to the database."""
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#121A24"/>'
    '<path d="M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3z" fill="#8FA1B5"/><path d="M9 9h4v4H9z" fill="#4AA8FF"/></svg>'
)
At = Annotated[str | None, Query(max_length=60)]


def pages(house: House) -> APIRouter:
    """Return the routes over this process's house."""
    router = APIRouter()
    for add in (_health, _start, _login, _logout, _style, _base, _bundle):
        add(router, house)
    return router


def _health(router: APIRouter, house: House) -> None:
    seen: dict[str, Any] = {"until": 0.0, "there": False}
    alone = asyncio.Lock()

    async def there() -> bool:
        async with alone:
            if seen["until"] < time.monotonic():
                seen["there"] = await _answers(house)
                seen["until"] = time.monotonic() + HEALTH_S
            return bool(seen["there"])

    @router.get("/healthz", response_model=models.Health, responses={503: {"model": models.Health}})
    async def healthz() -> JSONResponse:
        """Say whether the server and its database are there; open to everybody, and says nothing else."""
        here = await there()
        said = {"status": "ok" if here else "database_away", "database": "here" if here else "away", "version": VERSION}
        return JSONResponse(said, 200 if here else 503)


async def _answers(house: House) -> bool:
    try:
        house.demand_ready()
        async with asyncio.timeout(2), house.database.gate() as connection:
            await connection.execute(text("SELECT 1"))
    except (WanggeError, TimeoutError):
        return False
    return True


def _start(router: APIRouter, house: House) -> None:
    @router.get("/favicon.ico", include_in_schema=False)
    async def icon() -> Response:
        """Return the product's sign, which browsers ask for by themselves."""
        return Response(ICON, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"})

    async def start() -> RedirectResponse:
        """Send a user to the page of their role."""
        return RedirectResponse(START.get(house.services.principal().role, MAP), 303)

    router.add_api_route("/", start, methods=["GET"], include_in_schema=False)


def _login(router: APIRouter, house: House) -> None:
    @router.get("/login", include_in_schema=False)
    async def form(request: Request) -> Response:
        """Show the sign-in form."""
        taste = taste_of(request.headers, request.query_params)
        return login_page(house.installation, taste, where=safe_next(request.query_params.get("next")))

    @router.post("/login", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        """Begin a session; a browser goes on to where it was, a program finds the cookie in the answer."""
        sent = await _form(request)
        where = safe_next(sent.get("next") or request.query_params.get("next"))
        address = request.client.host if request.client else "?"
        web = house.settings.web
        try:
            house.demand_ready()
            session = await accounts.sign_in(
                house.database,
                sent.get("username", ""),
                sent.get("password", ""),
                address,
                timedelta(hours=web.session_hours),
            )
        except (WrongPassword, TooManyAttempts) as error:
            if not wants_page(request.headers):
                return refusal(error, request.headers)
            taste = taste_of(request.headers, request.query_params)
            return login_page(house.installation, taste, where=where, error=error, username=sent.get("username", ""))
        answer, secure = RedirectResponse(where, 303), house.over_tls(request.url.scheme)
        answer.set_cookie(
            COOKIE,
            await house.readers.signed(session.secret),
            max_age=int(web.session_hours * 3600),
            httponly=True,
            samesite="lax",
            secure=secure,
        )
        bearer_cookie(answer, sent["username"], secure=secure)
        return answer


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a sent form. Raises TooLarge, BadValue."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            raise TooLarge(most=f"{LARGEST_FORM // 1000} kB")
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=10, errors="strict"))
    except (UnicodeDecodeError, ValueError) as error:
        raise BadValue(name="form", value="?", wanted="username=…&password=…") from error
    if any("\x00" in value for value in fields.values()):
        raise BadValue(name="form", value="\\0", wanted="text")
    return fields


def _logout(router: APIRouter, house: House) -> None:
    @router.post("/logout", include_in_schema=False)
    async def sign_out(request: Request) -> RedirectResponse:
        """End the session, everywhere at once; a tablet that asks for it keeps nothing of what it had."""
        principal: accounts.Principal = request.scope["wangge.principal"]
        if principal.session_id is not None:
            async with house.database.gate() as connection:
                await accounts.sign_out(connection, principal.session_id)
            house.readers.forget()
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=house.over_tls(request.url.scheme))
        answer.delete_cookie(BEARER, samesite="lax", secure=house.over_tls(request.url.scheme))
        # Tiles that a browser kept show homes. What a tablet has not sent yet is dropped only where it asks for that.
        whole = request.query_params.get("device") == "wipe"
        answer.headers["clear-site-data"] = '"cache", "storage"' if whole else '"cache"'
        return answer


def _style(router: APIRouter, house: House) -> None:
    @router.get("/style.json", responses={status: {"model": models.Problem} for status in (400, 401, 503)})
    async def style_json(
        request: Request,
        at: At = None,
        measure: Annotated[str | None, Query(max_length=40)] = None,
        outline: Annotated[str | None, Query(max_length=40)] = None,
    ) -> dict[str, Any]:
        """Return the MapLibre style of the layers that the reader's role may see."""
        services, taste = house.services, taste_of(request.headers, request.query_params)
        shown = registry.visible(services.principal().scope)
        when = asked.moment(at, services.installation.zone)
        known = {one.id for layer in shown for one in layer.measures}
        if measure and measure not in known:
            raise BadValue(name="measure", value=measure, wanted=", ".join(sorted(known)))
        scheme: tuple[SchemeState, ...] = ()
        async with services.reading() as connection:
            # A city that has not brought its colours yet still has its areas.
            with suppress(BadScheme):
                day = services.installation.today(when or services.now())
                scheme = await drawn_states(connection, services.installation.city_code, day)
        root = str(request.base_url).rstrip("/")
        return style(
            shown,
            scheme,
            theme=taste.theme,
            language=taste.language,
            tiles_root=f"{root}/tiles",
            base=house.base_map.style(root) if house.base_map else None,
            demo=services.installation.demo,
            measure=measure or "",
            at=when.isoformat() if when else "",
            outline=outline or "",
        )


def _base(router: APIRouter, house: House) -> None:
    @router.get("/base/{z}/{x}/{y}", include_in_schema=False)
    async def base_tile(z: int, x: int, y: int) -> Response:
        """Hand on a tile of the city's own base map; 204 where it has none."""
        if house.base_map is None:
            raise BadTile(layer="base", z=z, x=x, y=y, min_zoom=0, max_zoom=0)
        found = await house.base_map.tile(z, x, y)
        headers = {"cache-control": "private, max-age=86400"}
        if found is None:
            return Response(status_code=204, headers=headers)
        if found.gzipped:
            headers["content-encoding"] = "gzip"
        return Response(found.body, media_type=found.media_type, headers=headers)


def _bundle(router: APIRouter, _house: House) -> None:
    @router.get("/vendor/{name}", include_in_schema=False)
    async def bundle(name: str, request: Request) -> Response:
        """Return pydeck's bundle: for ever under its own address, or asked anew each time under its plain one."""
        lasting = vendor.address().endswith(f"/{name}")
        if not lasting and name != "deck.js":
            raise UnknownPage(path=request.url.path[:80])
        tag = vendor.address().rpartition("/")[2].split(".")[1]
        keeping = "public, max-age=31536000, immutable" if lasting else "private, no-cache"
        headers = {"cache-control": keeping, "etag": f'"{tag}"'}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(vendor.bundle(), media_type="text/javascript", headers=headers)
