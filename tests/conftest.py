"""Every test speaks to a real PostGIS: one private cluster a session, thrown away afterwards."""

import gc
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from geodata import schema
from geodata.cluster import Cluster
from geodata.cluster_settings import memory_mb
from geodata.database import Database
from geodata.demo import load
from tests import places
from tests.lending import Lender, name_of

HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "256MB"}
"""A test database need not survive a power cut."""
MEMORY = Path("/dev/shm")
ROOM_IN_MEMORY = 4 << 30
"""What two workers and a browser's tests write at most, in bytes, with as much to spare."""


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over all that was imported and collected, which stays to the end."""
    gc.collect()
    gc.freeze()


def quickest_folder() -> Path:
    """Return where a database that lives for minutes is copied fastest: memory where there is room, else the disk.

    Hundreds of databases are copied, 24 MB and 900 files each: to a busy disk that took most of the time of all tests.
    """
    room = shutil.disk_usage(MEMORY).free if MEMORY.is_dir() else 0
    return MEMORY if min(room, memory_mb() << 19) >= ROOM_IN_MEMORY else Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """Return the URL of this session's own cluster."""
    folder = Path(tempfile.mkdtemp(prefix="wangge-tests-", dir=quickest_folder()))
    folder.chmod(0o755)
    with Cluster(folder / "postgis", fallback=folder / "data", settings=HASTY) as url:
        yield url
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def lender(cluster_url: str) -> Iterator[Lender]:
    """Return what makes databases in this session's cluster."""
    found = Lender(cluster_url)
    yield found
    found.dispose()


@pytest.fixture
def empty_database(lender: Lender) -> Iterator[Database]:
    """Return a database with nothing in it at all."""
    with lender.lent() as database:
        yield database


@pytest.fixture(scope="session")
def tiny_template(lender: Lender) -> str:
    """Return the name of a database that holds the city of `tests/places.py`."""
    database = lender.new()
    with database.owner() as connection:
        schema.upgrade(connection)
    with database.owner() as connection:
        places.build(connection)
        assert connection.scalar(text("SELECT count(*) FROM household")) == 24
    database.dispose()
    return name_of(database)


@pytest.fixture
def tiny_city(lender: Lender, tiny_template: str) -> Iterator[Database]:
    """Return a fresh copy of the city that can be counted by hand; a test may change it."""
    with lender.lent(tiny_template) as database:
        yield database


@pytest.fixture(scope="session")
def demo_template(lender: Lender) -> str:
    """Return the name of a database that holds the small demo city as it is now, marked as a test's."""
    database = lender.new()
    with database.owner() as connection:
        schema.upgrade(connection)
    loaded = load.ensure(database, "small", datetime.now(UTC))
    assert loaded.created
    assert loaded.households == 59_941
    with database.owner() as connection:
        connection.execute(text("INSERT INTO setting VALUES ('test', 'true')"))
    database.dispose()
    return name_of(database)


@pytest.fixture(scope="session")
def database(lender: Lender, demo_template: str) -> Iterator[Database]:
    """Return the small demo city for tests that only read; who changes anything takes `demo_city`."""
    with lender.lent(demo_template) as found:
        yield found


@pytest.fixture
def demo_city(lender: Lender, demo_template: str) -> Iterator[Database]:
    """Return a fresh copy of the small demo city; a test may change it."""
    with lender.lent(demo_template) as found:
        yield found
