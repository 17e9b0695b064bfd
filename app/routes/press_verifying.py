"""`/api/press/verify`: is this what was released; asked about a number, or with the file itself."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.errors import TooLarge
from app.house import House
from app.routes import asked, models, press_models
from geodata.accounts import Principal
from geodata.press import verify
from geodata.words import say

LARGEST = 200_000_000
"""Bytes of a file that is brought to be verified."""
BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def verifying(router: APIRouter, house: House, desk: Callable[[House], Principal]) -> None:
    """Add the routes to a router; `desk` lets in whoever may use the press desk."""

    def told(found: verify.Finding, request: Request) -> dict[str, Any]:
        language, zone = asked.language(request.headers), house.installation.zone
        at = found.withdrawn_at or found.released_at
        facts = {
            "number": found.number,
            "area": found.area_name,
            "at": "" if at is None else at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        }
        said = {name: getattr(found, name) for name in press_models.Verdict.model_fields if name != "message"}
        return {**said, "message": say(found.key, language, **facts)}

    @router.get("/verify", response_model=press_models.Verdict)
    async def number(number: Annotated[str, Query(max_length=80)], request: Request) -> dict[str, Any]:
        """Tell what a number stands for, in whichever area: what was released is public."""
        desk(house)
        async with house.services.reading() as connection:
            return told(await verify.of_number(connection, number), request)

    @router.post(
        "/verify", response_model=press_models.Verdict, responses={413: {"model": models.Problem}}, openapi_extra=BYTES
    )
    async def brought(request: Request) -> dict[str, Any]:
        """Tell whether a file is what was released."""
        desk(house)
        content = await _body(request)
        async with house.services.reading() as connection:
            return told(await verify.of_file(connection, content), request)


async def _body(request: Request) -> bytes:
    """Return the body as it was sent. Raises TooLarge before more than that is held."""
    parts = bytearray()
    async for part in request.stream():
        if len(parts) + len(part) > LARGEST:
            raise TooLarge(most=f"{LARGEST // 1_000_000} MB")
        parts += part
    return bytes(parts)
