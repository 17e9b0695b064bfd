"""The only place that opens a connection: as owner for the command line, as a scoped reader for the server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import asyncpg
import psycopg
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

import geodata.arrays  # noqa: F401 - what it tells the driver must be known before the first connection
from geodata.errors import DatabaseAway, TooSlow, WanggeError
from geodata.scope import Scope

_ENTER = text(
    "SELECT set_config('role', :role, true), set_config('app.paths', :paths, true), "
    "set_config('app.home_paths', :home_paths, true)"
)
_AS_OWNER = text("RESET ROLE")
_PATIENTLY = text("SET LOCAL statement_timeout = 0")
_TELL = text("SELECT tell_untold()")
AWAY = (OperationalError, InterfaceError, OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError)


class Database:
    """One PostGIS database. Reads are scoped by row-level security; only `owner` escapes it."""

    def __init__(self, url: str, *, read_url: str | None = None, timeout_s: float = 8.0, pool_size: int = 8) -> None:
        """Take libpq URLs (`postgresql://…`); nothing is opened before it is needed. `timeout_s` bounds a statement."""
        self.url = url
        self.read_url = read_url or url
        self.timeout_s = timeout_s
        self.pool_size = pool_size
        self._owner: Engine | None = None
        self._readers: AsyncEngine | None = None
        self._writers: AsyncEngine | None = None
        self._telling: asyncio.Task[None] | None = None
        self._more = False

    @property
    def engine(self) -> Engine:
        """Return the synchronous engine of the owner: migrations, imports, the demo city."""
        if self._owner is None:
            self._owner = create_engine(_driver(self.url), pool_size=2, pool_pre_ping=True)
        return self._owner

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """Open one transaction as the owner, outside any scope. Raises DatabaseAway."""
        with translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def owner_scoped(self, scope: Scope) -> Iterator[Connection]:
        """Open one synchronous transaction inside a scope, for the command line's exports."""
        with self.owner() as connection:
            connection.execute(_ENTER, _settings(scope))
            yield connection

    @asynccontextmanager
    async def scoped(self, scope: Scope) -> AsyncIterator[AsyncConnection]:
        """Open one reading transaction that sees the rows of `scope` and no others. Raises DatabaseAway, TooSlow."""
        if self._readers is None:
            self._readers = self._engine(self.read_url)
        with translated():
            async with self._readers.begin() as connection:
                await connection.execute(_ENTER, _settings(scope))
                yield connection

    @asynccontextmanager
    async def writing(self, scope: Scope, *, tell: bool = True) -> AsyncIterator[AsyncConnection]:
        """Open one transaction that may change rows of `scope` and no others. Raises DatabaseAway, TooSlow.

        What it left to be told is told right after its commit, in a transaction of its own (`tell_untold`); only changes of
        households leave anything, so whoever writes none may say so.
        """
        with translated():
            async with self._primary().begin() as connection:
                await connection.execute(_ENTER, _settings(scope))
                yield connection
        if not tell:
            return
        if self._telling is None or self._telling.done():
            self._telling = asyncio.get_running_loop().create_task(self._tell())
        else:
            self._more = True

    @asynccontextmanager
    async def importing(self, scope: Scope, *, as_owner: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open one long transaction for a file, inside a scope or with the owner's rights. Raises DatabaseAway."""
        with translated():
            async with self._primary().begin() as connection:
                await connection.execute(_PATIENTLY)
                await connection.execute(_ENTER, _settings(scope))
                if as_owner:
                    await connection.execute(_AS_OWNER)
                yield connection
        await self._tell()

    @asynccontextmanager
    async def gate(self) -> AsyncIterator[AsyncConnection]:
        """Open one transaction as the gate, which sees accounts and sessions and no city data. Raises DatabaseAway."""
        with translated():
            async with self._primary().begin() as connection:
                await connection.execute(_ENTER, {"role": "wangge_gate", "paths": "", "home_paths": ""})
                yield connection

    async def _tell(self) -> None:
        """Tell listeners of changes, and again where more were committed meanwhile; what fails is left to their pulse."""
        self._more = True
        while self._more:
            self._more = False
            with suppress(WanggeError, DBAPIError):
                async with self.gate() as connection:
                    await connection.execute(_TELL)

    async def raw_reader(self) -> asyncpg.Connection:
        """Open a bare reader for the tile path: role set for good, scope set by each statement. Raises DatabaseAway."""
        with translated():
            return await asyncpg.connect(
                self.read_url,
                timeout=5,
                statement_cache_size=400,
                server_settings={
                    "role": "wangge_app",
                    "statement_timeout": str(int(self.timeout_s * 1000)),
                    "jit": "off",
                },
            )

    async def listener(self) -> asyncpg.Connection:
        """Open a bare connection to the primary for LISTEN. Raises DatabaseAway."""
        with translated():
            return await asyncpg.connect(self.url, timeout=5)

    async def close(self) -> None:
        """Close every pool of the server, once everything is told."""
        if self._telling is not None:
            await asyncio.gather(self._telling, return_exceptions=True)
        for engine in (self._readers, self._writers):
            if engine is not None:
                await engine.dispose()
        self._readers = self._writers = None
        self.dispose()

    def dispose(self) -> None:
        """Close the owner's pool."""
        if self._owner is not None:
            self._owner.dispose()
            self._owner = None

    def _primary(self) -> AsyncEngine:
        if self._writers is None:
            self._writers = self._engine(self.url)
        return self._writers

    def _engine(self, url: str) -> AsyncEngine:
        options = f"-c statement_timeout={int(self.timeout_s * 1000)} -c jit=off"
        return create_async_engine(
            _driver(url),
            pool_size=self.pool_size,
            max_overflow=0,
            # What was delivered must not stand in a log because a statement failed.
            hide_parameters=True,
            pool_timeout=self.timeout_s,
            connect_args={"connect_timeout": 5, "options": options, "prepare_threshold": 2},
        )


def _settings(scope: Scope) -> dict[str, str]:
    paths, home_paths = scope.settings()
    return {"role": "wangge_app", "paths": paths, "home_paths": home_paths}


def _driver(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the drivers' ways of saying 'away' and 'too slow' into ours; everything else passes."""
    try:
        yield
    except Exception as error:
        found = understood(error)
        if found is None:
            raise
        raise found from error


def understood(error: Exception) -> WanggeError | None:
    """Return what a driver's error means, none where it means neither 'away' nor 'too slow'."""
    said = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(said, psycopg.errors.QueryCanceled | asyncpg.QueryCanceledError):
        return TooSlow()
    if isinstance(error, (*AWAY, TimeoutError)) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return DatabaseAway()
    return None


async def close_quietly(connection: asyncpg.Connection) -> None:
    """Close a connection whose query was cancelled or whose server went away, without waiting for either."""
    with suppress(*AWAY, asyncio.TimeoutError, asyncpg.PostgresError):
        await connection.close(timeout=2)
