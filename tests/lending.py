"""Databases for tests: copies of a template, lent to one test after the other for as long as nobody writes to them.

Most tests only read. Copying a template costs a third of a second, and there are hundreds of tests.
"""

import itertools
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url, text

from geodata.database import Database

EMPTY = "template1"
_WRITES = text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
"""Whatever changes anything in a cluster takes a number; who only reads takes none."""
_SESSIONS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")


class Lender:
    """Every database of one test cluster; tests of one worker run one after the other."""

    def __init__(self, cluster_url: str) -> None:
        self._url = make_url(cluster_url)
        self._postgres = Database(cluster_url)
        self._numbers = itertools.count(1)
        self._spare: defaultdict[str, list[str]] = defaultdict(list)

    def new(self, template: str = EMPTY) -> Database:
        """Create a database to keep, empty or as a copy."""
        name = f"wangge_test_{next(self._numbers)}"
        # Copying files costs a third of writing each page to the log.
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self._named(name)

    @contextmanager
    def lent(self, template: str = EMPTY) -> Iterator[Database]:
        """Lend a database that is as its template was; it is dropped afterwards if anything was written meanwhile."""
        spare = self._spare[template]
        database = self._named(spare.pop()) if spare else self.new(template)
        before = self._writes()
        yield database
        database.dispose()
        name = name_of(database)
        if self._is_left(name) and self._writes() == before:
            spare.append(name)
        else:
            self._administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    def dispose(self) -> None:
        """Close the connection that makes and drops them."""
        self._postgres.dispose()

    def _named(self, name: str) -> Database:
        return Database(self._url.set(database=name).render_as_string(hide_password=False))

    def _writes(self) -> str:
        with self._postgres.engine.connect() as connection:
            return str(connection.scalar(_WRITES))

    def _is_left(self, name: str) -> bool:
        """Say whether the last session of a database has ended, or does within a moment."""
        with self._postgres.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for _ in range(5):
                if not connection.scalar(_SESSIONS, {"name": name}):
                    return True
                time.sleep(0.02)
        return False

    def _administer(self, statement: str) -> None:
        with self._postgres.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(statement)


def name_of(database: Database) -> str:
    """Return the name of a database inside its cluster."""
    name = make_url(database.url).database
    assert name
    return name
