"""Where a command works: the database that the settings name, or a private cluster for as long as it runs."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from app.settings import DatabaseSettings
from geodata import schema
from geodata.alerts import rules
from geodata.cluster import Cluster
from geodata.database import Database
from geodata.debian import install_if_missing


@contextmanager
def database_url(settings: DatabaseSettings) -> Iterator[str]:
    """Yield the database's URL; a private cluster stops with the program. Raises ClusterError."""
    if settings.database_url:
        yield settings.database_url.get_secret_value()
        return
    install_if_missing()
    with _ending_on_signals(), Cluster(settings.postgis_folder) as url:
        yield url


@contextmanager
def opened(settings: DatabaseSettings, *, migrate: bool = True) -> Iterator[Database]:
    """Yield the database, by default with its schema brought to head. Raises ClusterError, DatabaseAway."""
    with database_url(settings) as url:
        database = connect(settings, url)
        try:
            if migrate:
                with database.owner() as connection:
                    schema.upgrade(connection)
                    rules.ensure(connection)
            yield database
        finally:
            database.dispose()


def connect(settings: DatabaseSettings, url: str) -> Database:
    """Return the database at a URL; nothing is opened yet."""
    read = settings.database_read_url.get_secret_value() if settings.database_read_url else None
    return Database(url, read_url=read, timeout_s=settings.statement_timeout_s, pool_size=settings.database_pool)


@contextmanager
def _ending_on_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into an ordinary exit, so that the cluster is stopped as on any other."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
