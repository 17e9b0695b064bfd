"""`/api/feeds`: what departments and programs deliver. The door itself is `geodata.arrival`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.admission import Admission
from app.routes import arrival_models, asked, models
from app.routes.api import REFUSALS
from callbacks.services import Services
from geodata.arrival.door import deliver
from geodata.errors import NotAllowed
from geodata.feeds.floor.registry import all_feeds

WRONG_ROWS: dict[int | str, dict[str, Any]] = {
    413: {"model": models.Problem},
    422: {"model": models.RefusedDelivery},
    429: {"model": models.Problem},
}
KINDS_OF_BODY = ("application/json", "application/x-ndjson", "application/gzip")


def feeds(services: Services, admission: Admission) -> APIRouter:
    """Return the delivering routes over these services, which take so many deliveries at once."""
    router = APIRouter(prefix="/api/feeds", responses=REFUSALS)

    @router.get("", response_model=list[models.FeedInfo])
    async def kinds() -> list[dict[str, Any]]:
        """List the kinds of delivery: what a row of each looks like, and how old is late."""
        if not services.principal().scope.homes:
            raise NotAllowed
        return [described(kind) for kind in all_feeds()]

    @router.post(
        "/{kind}", response_model=arrival_models.Delivered, responses=WRONG_ROWS, openapi_extra={"requestBody": _body()}
    )
    async def take(
        kind: str,
        request: Request,
        partial: Annotated[
            bool, Query(description="Take the rows that are right, and answer for each other one.")
        ] = False,
    ) -> dict[str, Any]:
        """Take a delivery: one JSON object, an array, or one object a line; plain or gzip. By default whole or not at all."""
        principal, language = services.principal(), asked.language(request.headers)
        async with admission.inside(), admission.body(request) as payload, admission.turn():
            delivered = await deliver(
                services.database,
                principal.scope,
                kind,
                payload,
                principal.username,
                language=language,
                partial=partial,
            )
        return delivered.said(language)

    return router


def described(kind: str) -> dict[str, Any]:
    """Return what a sender needs to know of a feed."""
    feed = all_feeds()[kind]
    return {
        "kind": kind,
        "title": {"zh": feed.title.zh, "en": feed.title.en},
        "key": list(feed.key),
        "privacy": feed.privacy.value,
        "late_after_s": int(feed.late_after.total_seconds()),
        "row": feed.row.model_json_schema(),
        "example": dict(feed.example),
        "foundation": feed.foundation,
        "paper": {
            "names": {name: list(feed.paper.names.get(name, ())) for name in feed.row.model_fields},
            "place": feed.paper.place,
            "area": feed.paper.area,
            "state": feed.paper.state,
        },
    }


def _body() -> dict[str, Any]:
    """Return what a delivery may be, for /openapi.json."""
    rows = ", ".join(feed.row.__name__ for feed in all_feeds().values())
    row = {"type": "object", "title": "Row", "description": f"One of: {rows}"}
    either = {"oneOf": [row, {"type": "array", "items": row}]}
    return {"required": True, "content": {name: {"schema": either} for name in KINDS_OF_BODY}}
