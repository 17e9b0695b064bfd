"""`/api/press`: previews, files, templates, and releases from the draft to the withdrawal, inside one's own areas."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated, Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Query, Response

from app.house import House
from app.press_making import counted, make, preview
from app.routes import models, plan_models, press_models
from app.routes.api import REFUSALS
from app.routes.press_verifying import verifying
from geodata.accounts import Principal
from geodata.errors import UnknownArea
from geodata.press import choices, reading, releases, templates
from geodata.press.figures import measures_here
from geodata.press.order import PAGES_MM, PIXELS, Order, size_of
from geodata.press.releases import FORMS, Form
from layers.render.picture.gather import offered

MANY: dict[int | str, dict[str, Any]] = {429: {"model": models.Problem}}
CHANGES: dict[int | str, dict[str, Any]] = {409: {"model": plan_models.Conflict}}
WRONG: dict[int | str, dict[str, Any]] = {422: {"model": models.Problem}}
PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}}}}
ANY_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.partition(";")[0]: {} for kind in reading.MEDIA.values()}}
}


def press(house: House) -> APIRouter:
    """Return the routes of the press desk."""
    router = APIRouter(prefix="/api/press", responses={**REFUSALS, **WRONG})
    for add in (_choosing, _making, _templates, _releases, _deciding, _files):
        add(router, house)
    verifying(router, house, _desk)
    return router


def _desk(house: House) -> Principal:
    """Return who is asking. Raises NotForDesk."""
    principal = house.services.principal()
    releases.demand_desk(principal.scope)
    return principal


def _choosing(router: APIRouter, house: House) -> None:
    @router.get("/options", response_model=press_models.Options)
    async def options(area: Annotated[str | None, Query(max_length=64)] = None) -> dict[str, Any]:
        """Tell what the reader may choose, in all own areas or at and below one."""
        _desk(house)
        services, zone = house.services, house.installation.zone
        async with services.reading() as connection:
            found = await choices.areas(connection, area)
            first = await choices.first_day(connection, services.installation.city_code)
            known = await measures_here(connection)
        async with services.database.gate() as connection:
            least = await choices.threshold(connection)
        return {
            "areas": found,
            "measures": [
                {"id": id_, "title": _said(one.words), "unit": _said(one.unit), "kind": one.kind}
                for id_, one in known.items()
            ],
            "layers": [{"id": layer.id, "title": _said(layer.title)} for layer in offered()],
            "sizes": [
                {"id": id_, "width": size_of(id_)[0], "height": size_of(id_)[1], "group": group}
                for group, ids in (("screen", PIXELS), ("paper", PAGES_MM))
                for id_ in ids
            ],
            "forms": FORMS,
            "newest": _hour(services.now()),
            "earliest": None if first is None else datetime.combine(first, time(), zone),
            "threshold": least,
        }


def _said(words: Any) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _making(router: APIRouter, house: House) -> None:
    @router.post("/preview", response_class=Response, responses={**PICTURE, **MANY})
    async def reduced(order: Order) -> Response:
        """Draw the true picture, reduced to a screen: nothing is kept."""
        made = await preview(house.maker, _desk(house).scope, order)
        sheet = made.sheet
        told = {
            "X-Vintage": "" if sheet.vintage is None else sheet.vintage.isoformat(),
            "X-Data-Time": "" if sheet.data_time is None else sheet.data_time.isoformat(),
            "X-Suppressed": str(counted(sheet, "suppressed")),
            "X-No-Data": str(counted(sheet, "no_data")),
        }
        return Response(made.content, media_type=made.media_type, headers=told)

    @router.post("/export", response_class=Response, responses={**ANY_FILE, **MANY})
    async def export(order: Order, form: Form) -> Response:
        """Make one file as a draft: it says so, and bears no number."""
        scope = _desk(house).scope
        async with house.maker.turn():
            made = await make(house.maker, scope, order, form)
        return _attached(made.content, made.media_type, f"draft-{made.sheet.area.code}-{order.measure}.{form}")


def _attached(content: bytes, media_type: str, name: str, **headers: str) -> Response:
    """Return a file to be kept, which nobody's browser runs on our own pages' rights."""
    said = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}", "content-security-policy": "sandbox"}
    return Response(content, media_type=media_type, headers=said | headers)


def _templates(router: APIRouter, house: House) -> None:
    services = house.services

    @router.get("/templates", response_model=list[press_models.Template])
    async def listed() -> list[dict[str, Any]]:
        """List the templates of the reader's areas."""
        _desk(house)
        async with services.reading() as connection:
            return await templates.listed(connection)

    @router.post("/templates", response_model=press_models.Template, responses=CHANGES)
    async def keep(wanted: press_models.NewTemplate) -> dict[str, Any]:
        """Add a template, or change one; 409 where its area has one of this name."""
        who = _desk(house)
        async with services.database.writing(who.scope) as connection:
            return await templates.keep(
                connection,
                wanted.name,
                wanted.order,
                wanted.forms,
                area=wanted.area or "",
                template_id=wanted.id,
                by=who.username,
                now=services.now(),
            )

    @router.delete("/templates/{template_id}", status_code=204)
    async def drop(template_id: int) -> Response:
        """Take a template away; what was made of it stays."""
        async with services.database.writing(_desk(house).scope) as connection:
            await templates.drop(connection, template_id)
        return Response(status_code=204)


def _releases(router: APIRouter, house: House) -> None:
    services = house.services

    @router.post("/releases", response_model=press_models.Ids)
    async def begin(wanted: press_models.NewRelease) -> dict[str, list[int]]:
        """Begin a draft, or one for each county; they are made in the background, each for itself."""
        who, now = _desk(house), services.now()
        async with services.database.writing(who.scope) as connection:
            order, forms = wanted.order, wanted.forms
            if wanted.template is not None:
                kept = await templates.one(connection, wanted.template)
                order, forms = Order.model_validate(kept["order"]), forms or kept["forms"]
            assert order is not None and forms is not None  # noqa: PT018 - the model has seen to it
            # All of a batch speak of the same hour, whenever they are drawn.
            orders = [order.at_moment(order.at or _hour(now))]
            if wanted.areas is not None:
                orders = for_each(orders[0], await templates.counties(connection, order.area))
            batch = uuid4() if wanted.areas else None
            ids = [await releases.draft(connection, one, forms, by=who, now=now, batch=batch) for one in orders]
        house.workshop.ring()
        return {"ids": ids}

    @router.get("/releases", response_model=list[press_models.Release])
    async def listed(
        state: press_models.State | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        before: Annotated[int | None, Query(ge=1, le=reading.BIGGEST, description="Those before this id.")] = None,
    ) -> list[dict[str, Any]]:
        """List releases of the reader's areas, the newest first, also what was withdrawn."""
        _desk(house)
        async with services.reading() as connection:
            return await reading.listed(connection, state=state, limit=limit, before=before)

    @router.get("/releases/{release_id}", response_model=press_models.WholeRelease)
    async def one(release_id: int) -> dict[str, Any]:
        """Show one release with its manifest and all that happened to it."""
        _desk(house)
        async with services.reading() as connection:
            return await reading.one(connection, release_id)


def for_each(order: Order, counties: Sequence[str]) -> list[Order]:
    """Return the order for each county. Raises UnknownArea where there is none."""
    if not counties:
        raise UnknownArea(code=order.area)
    parts = None if order.parts == "county" else order.parts
    return [order.model_copy(update={"area": code, "parts": parts}) for code in counties]


def _deciding(router: APIRouter, house: House) -> None:
    services = house.services
    answer: dict[str, Any] = {"response_model": press_models.WholeRelease, "responses": CHANGES}

    @router.post("/releases/{release_id}/approve", **answer)
    async def approve(release_id: int) -> dict[str, Any]:
        """Approve a draft of somebody else's, which gives it its number."""
        who = _desk(house)
        async with services.database.writing(who.scope) as connection:
            found = await releases.approve(connection, release_id, by=who, now=services.now())
        house.workshop.ring()
        return found

    @router.post("/releases/{release_id}/release", **answer)
    async def release(release_id: int) -> dict[str, Any]:
        """Let an approved picture out, once its files are drawn."""
        who = _desk(house)
        async with services.database.writing(who.scope) as connection:
            return await releases.release(connection, release_id, by=who, now=services.now())

    @router.post("/releases/{release_id}/reject", **answer)
    async def reject(release_id: int, why: press_models.Why) -> dict[str, Any]:
        """Send a draft back for good."""
        who = _desk(house)
        async with services.database.writing(who.scope) as connection:
            return await releases.reject(connection, release_id, why.reason, by=who, now=services.now())

    @router.post("/releases/{release_id}/withdraw", **answer)
    async def withdraw(release_id: int, why: press_models.Why) -> dict[str, Any]:
        """Take a release back; from now on its files say so."""
        who = _desk(house)
        async with services.database.writing(who.scope) as connection:
            found = await releases.withdraw(connection, release_id, why.reason, by=who, now=services.now())
        house.workshop.ring()
        return found


def _files(router: APIRouter, house: House) -> None:
    @router.get("/releases/{release_id}/files/{form}", response_class=Response, responses={**ANY_FILE, **CHANGES})
    async def file(release_id: int, form: Form) -> Response:
        """Fetch a file: of a draft the draft, of what was withdrawn the one that says so, else what was released."""
        _desk(house)
        async with house.services.reading() as connection:
            found = await reading.file(connection, release_id, form)
        return _attached(found.content, found.media_type, found.name, **{"X-Release-State": found.state})
