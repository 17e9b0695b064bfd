"""`python -m app backup` and `restore`: the whole database in one file, by PostgreSQL's own tools."""

import subprocess
from pathlib import Path
from typing import Annotated

import typer
from rich import print as say
from sqlalchemy import text

from app.commands.place import opened
from app.settings import Settings
from geodata.database import Database
from geodata.errors import WanggeError
from geodata.postgres import find_programs


class NotRestored(WanggeError):
    """The database holds something, or the file is not a backup."""

    key = "error.not_restored"


class NotBackedUp(WanggeError):
    """The file cannot be written, or PostgreSQL refused."""

    key = "error.not_backed_up"


def backup(file: Annotated[Path, typer.Argument(help="A new file; nothing is overwritten.")]) -> None:
    """Write the whole database into one file, whole or not at all."""
    if file.exists():
        raise NotBackedUp(file=file, why="the file exists already")
    half = file.with_name(file.name + ".part")
    with opened(Settings().database, migrate=False) as database:
        try:
            _tool(database, "pg_dump", "--format=custom", "--no-owner", f"--file={half}", f"--dbname={database.url}")
            half.replace(file)
        except (OSError, subprocess.CalledProcessError) as error:
            raise NotBackedUp(file=file, why=_said(error)) from error
        finally:
            half.unlink(missing_ok=True)
    say(f"{file} ({file.stat().st_size / 1e6:,.1f} MB)")


def restore(
    file: Annotated[Path, typer.Argument(help="A file made by `backup`.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Throw away what the database holds.")] = False,
) -> None:
    """Bring a backup back in one transaction: all of it, or nothing has changed."""
    with opened(Settings().database, migrate=False) as database:
        with database.owner() as connection:
            full = connection.scalar(text("SELECT to_regclass('area') IS NOT NULL"))
        if full and not replace:
            raise NotRestored(file=file, why="the database is not empty; --replace throws away what it holds")
        options = ["--clean", "--if-exists"] if full else []
        try:
            _tool(
                database,
                "pg_restore",
                "--single-transaction",
                "--no-owner",
                *options,
                f"--dbname={database.url}",
                str(file),
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise NotRestored(file=file, why=_said(error)) from error
    say(f"{file} ✓")


def _tool(database: Database, name: str, *arguments: str) -> None:
    with database.owner() as connection:
        major = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10000
    programs = find_programs(major)
    command = str(programs.path(name)) if programs else name
    subprocess.run([command, *arguments], check=True, capture_output=True, text=True)


def _said(error: OSError | subprocess.CalledProcessError) -> str:
    """Return the last line of what a tool said."""
    if isinstance(error, OSError):
        return str(error)
    lines = str(error.stderr).strip().splitlines()
    return lines[-1] if lines else f"exit code {error.returncode}"
