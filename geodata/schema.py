"""Bring a database's schema to a version: empty, head, or any between."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, version: str = "head") -> None:
    """Migrate up in the caller's transaction; two programs that start at once wait for each other."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('wangge migrate'))"))
    command.upgrade(_config(connection), version)


def downgrade(connection: Connection, version: str = "base") -> None:
    """Migrate down in the caller's transaction."""
    command.downgrade(_config(connection), version)


def head() -> str:
    """Return the newest version that this code knows."""
    newest = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert newest is not None
    return newest


def current(connection: Connection) -> str | None:
    """Return the version a database is at, or none if it is empty."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
