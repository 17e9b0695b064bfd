"""Making a map book: who may, within which areas, and where its codes point. The route and the command share it."""

from datetime import datetime

from geodata.accounts import Principal, by_name
from geodata.database import Database
from geodata.errors import NotAllowed, WanggeError
from geodata.installation import Installation
from geodata.model.people import Role
from layers.render.book import content
from layers.render.book.content import MOST_GRIDS, Book

MAY = frozenset({Role.COMMAND, Role.OFFICER, Role.GRID, Role.ADMIN})
"""Roles that see homes and are people: a display only shows, and the press never sees a home."""


class NoBookForThem(NotAllowed):
    """An account whose role may not make a book."""

    key = "book.not_allowed"


class UnknownAccount(WanggeError):
    """No such account, or one that is disabled."""

    key = "book.unknown_user"


async def account(database: Database, username: str) -> Principal:
    """Return whom the command line makes a book for. Raises UnknownAccount, DatabaseAway."""
    async with database.gate() as connection:
        found = await by_name(connection, username)
    if found is None:
        raise UnknownAccount(user=username)
    return found


async def written(
    database: Database,
    maker: Principal,
    area: str,
    *,
    here: Installation,
    now: datetime,
    base_url: str,
    language: str = "zh",
    most: int | None = MOST_GRIDS,
) -> Book:
    """Return the book of a village or a grid as its maker may see it; row-level security reads with the maker's scope.

    Raises NoBookForThem, UnknownArea, NotABookArea, NoGrids, TooManyGrids, DatabaseAway, TooSlow.
    """
    if maker.role not in MAY or not maker.scope.homes:
        raise NoBookForThem(user=maker.username)
    async with database.scoped(maker.scope) as connection:
        return await content.read(
            connection,
            area,
            here=here,
            now=now,
            made_by=maker.username,
            base_url=base_url,
            language=language,
            most=most,
        )
