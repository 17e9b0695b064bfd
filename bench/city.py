"""The two cities that benchmarks run on: loaded once into the project's own cluster, kept for the next run."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url, text

from bench.figures import Stage
from geodata import schema
from geodata.cluster import Cluster
from geodata.database import Database
from geodata.demo import load


@contextmanager
def stage(project: Path) -> Iterator[Stage]:
    """Start the project's cluster and offer a database of either size, loading it at its first use."""
    with Cluster(project / ".postgis") as url:
        ready: dict[str, str] = {}

        def database_url(size: str) -> str:
            if size not in ready:
                ready[size] = _loaded(url, size)
            return ready[size]

        yield Stage(database_url)


def _loaded(url: str, size: str) -> str:
    name = f"wangge_bench_{size}"
    first = Database(url)
    with first.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT EXISTS (SELECT FROM pg_database WHERE datname = :name)"), {"name": name}):
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    first.dispose()
    own = make_url(url).set(database=name).render_as_string(hide_password=False)
    database = Database(own)
    with database.owner() as connection:
        schema.upgrade(connection)
    load.ensure(database, size, datetime.now(UTC))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    database.dispose()
    return own
