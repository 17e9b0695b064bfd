"""`/api/senders`: offices that deliver, and the tokens they deliver with."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from app.routes import arrival_models as models
from app.routes.api import BIGGEST, REFUSALS
from callbacks.services import Services
from geodata.accounts import Principal
from geodata.arrival import senders
from geodata.errors import NotAllowed
from geodata.model import Role

Id = Annotated[int, Path(ge=1, le=BIGGEST)]


def sender_routes(services: Services) -> APIRouter:
    """Return the routes over these services."""
    router = APIRouter(prefix="/api/senders", responses=REFUSALS)
    _offices(router, services)
    _tokens(router, services)
    return router


def _keeper(services: Services) -> Principal:
    """Return who keeps senders: the command centre and administrators, inside their areas. Raises NotAllowed."""
    principal = services.principal()
    if principal.role not in (Role.COMMAND, Role.ADMIN):
        raise NotAllowed
    return principal


def _offices(router: APIRouter, services: Services) -> None:
    @router.get("", response_model=list[models.SenderInfo])
    async def every() -> list[dict[str, Any]]:
        """List the senders of one's areas, and their tokens without what signs in."""
        _keeper(services)
        async with services.reading() as connection:
            return await senders.senders(connection)

    @router.post("", response_model=models.SenderInfo)
    async def add(wanted: models.NewSender) -> dict[str, Any]:
        """Add an office."""
        principal = _keeper(services)
        async with services.database.writing(principal.scope) as connection:
            await senders.add(connection, wanted.code, wanted.name, wanted.areas, by=principal.username)
            return (await senders.senders(connection, wanted.code))[0]

    @router.post("/{sender}/disable", response_model=models.SenderInfo)
    async def disable(sender: str, wanted: models.Shut | None = None) -> dict[str, Any]:
        """Shut an office out at once with all its tokens, or let it in again."""
        principal = _keeper(services)
        async with services.database.writing(principal.scope) as connection:
            await senders.disable(connection, sender, disabled=wanted is None or wanted.disabled)
            return (await senders.senders(connection, sender))[0]


def _tokens(router: APIRouter, services: Services) -> None:
    @router.post("/{sender}/tokens", response_model=models.NewToken)
    async def new_token(sender: str, wanted: models.WantedToken) -> dict[str, Any]:
        """Make a token for one kind of delivery; it is told this once."""
        principal = _keeper(services)
        async with services.database.writing(principal.scope) as connection:
            made = await senders.add_token(connection, sender, wanted.kind, wanted.days, by=principal.username)
        return made._asdict()

    @router.delete("/{sender}/tokens/{token_id}", response_model=models.SenderInfo)
    async def revoke(sender: str, token_id: Id) -> dict[str, Any]:
        """Take a token back, at once."""
        principal = _keeper(services)
        async with services.database.writing(principal.scope) as connection:
            await senders.revoke(connection, sender, token_id)
            return (await senders.senders(connection, sender))[0]
