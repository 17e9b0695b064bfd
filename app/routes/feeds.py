"""`/api/feeds`: what departments and programs deliver. The door itself is `geodata.feeds.arrival`."""

from typing import Any

from fastapi import APIRouter, Request

from app.errors import TooLarge
from app.routes import asked, models
from app.routes.api import REFUSALS
from callbacks.services import Services
from geodata.errors import NotAllowed
from geodata.feeds.arrival import deliver
from geodata.feeds.payload import MOST_BYTES
from geodata.feeds.registry import all_feeds

WRONG_ROWS: dict[int | str, dict[str, Any]] = {
    413: {"model": models.Problem},
    422: {"model": models.RefusedDelivery},
}
KINDS_OF_BODY = ("application/json", "application/x-ndjson", "application/gzip")


def feeds(services: Services) -> APIRouter:
    """Return the delivering routes over these services."""
    router = APIRouter(prefix="/api/feeds", responses=REFUSALS)

    @router.get("", response_model=list[models.FeedInfo])
    async def kinds() -> list[dict[str, Any]]:
        """List the kinds of delivery: what a row of each looks like, and how old is late."""
        if not services.principal().scope.homes:
            raise NotAllowed
        return [described(kind) for kind in all_feeds()]

    @router.post(
        "/{kind}", response_model=models.Delivered, responses=WRONG_ROWS, openapi_extra={"requestBody": _body()}
    )
    async def take(kind: str, request: Request) -> dict[str, int]:
        """Take a delivery, whole or not at all: one JSON object, an array, or one object a line; plain or gzip."""
        principal = services.principal()
        payload = await _payload(request)
        language = asked.language(request.headers)
        return await deliver(services.database, principal.scope, kind, payload, principal.username, language=language)

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
    }


def _body() -> dict[str, Any]:
    """Return what a delivery may be, for /openapi.json."""
    rows = [feed.row.model_json_schema() for feed in all_feeds().values()]
    row = {"type": "object", "title": "Row", "description": "One of: " + ", ".join(str(one["title"]) for one in rows)}
    either = {"oneOf": [row, {"type": "array", "items": row}]}
    return {"required": True, "content": {name: {"schema": either} for name in KINDS_OF_BODY}}


async def _payload(request: Request) -> bytes:
    """Return the body as it was sent. Raises TooLarge before more than that is held."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise TooLarge(most=f"{MOST_BYTES // 1_000_000} MB")
        parts.append(part)
    return b"".join(parts)
