"""What callbacks are given: the database, the installation, the clock, and who is asking."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.accounts import Principal
from geodata.database import Database
from geodata.errors import NotSignedIn
from geodata.installation import Installation
from geodata.news import News

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
    installation: Installation
    clock: Callable[[], datetime]
    """The present moment, with its offset."""
    news: News | None = None
    """Tells of committed changes; without it pages look again every half minute."""

    def principal(self) -> Principal:
        """Return who is asking. Raises NotSignedIn."""
        found = current.get()
        if found is None:
            raise NotSignedIn
        return found

    def now(self) -> datetime:
        """Return the present moment in the city's time zone."""
        return self.clock().astimezone(self.installation.zone)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open one reading transaction in the scope of who is asking. Raises NotSignedIn, DatabaseAway, TooSlow."""
        async with self.database.scoped(self.principal().scope) as connection:
            yield connection
