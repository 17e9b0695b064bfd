"""What callbacks are given: the database, the installation, the clock, and who is asking."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.database import Database
from geodata.errors import NotSignedIn
from geodata.model.people import Role
from geodata.scope import Scope

if TYPE_CHECKING:
    from geodata.installation import Installation


class Principal(Protocol):
    """Who is asking: the account, its role, and the areas it answers for."""

    @property
    def username(self) -> str:
        """The name that was typed at sign-in."""

    @property
    def role(self) -> Role:
        """What the user is here for."""

    @property
    def scope(self) -> Scope:
        """Whose rows the user sees."""

    @property
    def areas(self) -> tuple[str, ...]:
        """Codes of the areas, topmost first."""


current: ContextVar[Principal | None] = ContextVar("wangge_principal", default=None)
"""The signed-in user of the request that is being answered; set by whoever checked the cookie."""


@dataclass(frozen=True, slots=True)
class Taste:
    """How somebody wants to see it: `theme` is dark or light, `language` zh or en."""

    theme: str = "dark"
    language: str = "zh"

    @classmethod
    def of(cls, cookies: Mapping[str, str], query: Mapping[str, str], accepted: str = "") -> "Taste":
        """Read the address before the cookie before what the browser accepts; anything else is the default."""
        theme = query.get("theme") or cookies.get("theme")
        language = query.get("lang") or cookies.get("lang") or accepted[:2].lower()
        return cls("light" if theme == "light" else "dark", "en" if language == "en" else "zh")


@dataclass(frozen=True)
class Services:
    """What callbacks are given; nothing of it is global."""

    database: Database
    installation: "Installation"
    clock: Callable[[], datetime]
    """The present moment, with its offset."""
    wait_for_news: Callable[[float], Awaitable[bool]] | None = None
    """Wait up to so many seconds for a committed change; says whether there was one."""

    def principal(self) -> Principal:
        """Return who is asking. Raises NotSignedIn."""
        found = current.get()
        if found is None:
            raise NotSignedIn
        return found

    def zone(self) -> ZoneInfo:
        """Return the city's time zone."""
        return ZoneInfo(self.installation.time_zone)

    def now(self) -> datetime:
        """Return the present moment in the city's time zone."""
        return self.clock().astimezone(self.zone())

    def today(self) -> date:
        """Return the city's local day."""
        return self.now().date()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open one reading transaction in the scope of who is asking. Raises NotSignedIn, DatabaseAway, TooSlow."""
        async with self.database.scoped(self.principal().scope) as connection:
            yield connection
