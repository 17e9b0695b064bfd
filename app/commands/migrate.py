"""`python -m app migrate`: the schema's version."""

from typing import Annotated

import typer
from rich import print as say

from app.commands.place import opened
from app.settings import Settings
from geodata import schema
from geodata.alerts import rules


def migrate(
    to: Annotated[str, typer.Argument(help="`head`, `base` (an empty database) or a version.")] = "head",
    *,
    down: Annotated[bool, typer.Option("--down", help="Go back to that version instead of up to it.")] = False,
) -> None:
    """Bring the database's schema to a version, and say which one it is at."""
    with opened(Settings().database, migrate=False) as database:
        with database.owner() as connection:
            (schema.downgrade if down or to == "base" else schema.upgrade)(connection, to)
            if schema.current(connection) == schema.head():
                rules.ensure(connection)
        with database.owner() as connection:
            say(f"{schema.current(connection) or 'empty'} (head: {schema.head()})")
