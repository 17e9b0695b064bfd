"""Every test speaks to a real PostGIS: one private cluster a session, thrown away afterwards."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from geodata import schema
from geodata.cluster import Cluster
from geodata.database import Database
from geodata.demo import load
from tests import places

HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""A test database need not survive a power cut."""
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """Return the URL of this session's own cluster."""
    folder = Path(tempfile.mkdtemp(prefix="wangge-tests-"))
    folder.chmod(0o755)
    with Cluster(folder / "postgis", fallback=folder / "data", settings=HASTY) as url:
        yield url
    shutil.rmtree(folder, ignore_errors=True)


def new_database(cluster_url: str, template: str = "template1") -> Database:
    """Create a database of the test cluster, empty or as a copy."""
    name = f"wangge_test_{next(_numbers)}"
    # Copying files costs a third of writing each page to the log.
    _administer(cluster_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    return Database(make_url(cluster_url).set(database=name).render_as_string(hide_password=False))


@contextmanager
def lent_database(cluster_url: str, template: str = "template1") -> Iterator[Database]:
    """Lend a database and drop it afterwards: hundreds of them would keep the disk busy for a minute at the end."""
    database = new_database(cluster_url, template)
    yield database
    database.dispose()
    _administer(cluster_url, f'DROP DATABASE "{make_url(database.url).database}" WITH (FORCE)')


def _administer(cluster_url: str, statement: str) -> None:
    maker = Database(cluster_url)
    with maker.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)
    maker.dispose()


@pytest.fixture
def empty_database(cluster_url: str) -> Iterator[Database]:
    """Return a database with nothing in it at all."""
    with lent_database(cluster_url) as database:
        yield database


@pytest.fixture(scope="session")
def tiny_template(cluster_url: str) -> str:
    """Return the name of a database that holds the city of `tests/places.py`."""
    database = new_database(cluster_url)
    with database.owner() as connection:
        schema.upgrade(connection)
    with database.owner() as connection:
        places.build(connection)
        assert connection.scalar(text("SELECT count(*) FROM household")) == 24
    database.dispose()
    name = make_url(database.url).database
    assert name
    return name


@pytest.fixture
def tiny_city(cluster_url: str, tiny_template: str) -> Iterator[Database]:
    """Return a fresh copy of the city that can be counted by hand; a test may change it."""
    with lent_database(cluster_url, tiny_template) as database:
        yield database


@pytest.fixture(scope="session")
def demo_template(cluster_url: str) -> str:
    """Return the name of a database that holds the small demo city as it is now, marked as a test's."""
    database = new_database(cluster_url)
    with database.owner() as connection:
        schema.upgrade(connection)
    loaded = load.ensure(database, "small", datetime.now(UTC))
    assert loaded.created
    assert loaded.households == 59_941
    with database.owner() as connection:
        connection.execute(text("INSERT INTO setting VALUES ('test', 'true')"))
    database.dispose()
    name = make_url(database.url).database
    assert name
    return name


@pytest.fixture(scope="session")
def database(cluster_url: str, demo_template: str) -> Iterator[Database]:
    """Return the small demo city for tests that only read; who changes anything takes `demo_city`."""
    with lent_database(cluster_url, demo_template) as found:
        yield found


@pytest.fixture
def demo_city(cluster_url: str, demo_template: str) -> Iterator[Database]:
    """Return a fresh copy of the small demo city; a test may change it."""
    with lent_database(cluster_url, demo_template) as found:
        yield found
