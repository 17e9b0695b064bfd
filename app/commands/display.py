"""`python -m app display …`: links by which a screen signs in without a keyboard, and only reads."""

import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.place import opened
from app.settings import Settings
from geodata import displays

display = typer.Typer(no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The screen's name.")]


@display.command()
def create(
    name: Name,
    area: Annotated[str, typer.Option(help="Code of the area it shows, with everything below.")],
    programme: Annotated[str | None, typer.Option(help="Id of the tour it runs.")] = None,
) -> None:
    """Print a new link, this once: only its SHA-256 is kept. It is the start page of the screen's browser."""
    settings = Settings()
    with opened(settings.database) as database, database.owner() as connection:
        token = displays.create(connection, name, area, programme, by=getpass.getuser())
    typer.echo(f"http://{settings.web.host}:{settings.web.port}/display/{token}")


@display.command(name="list")
def show() -> None:
    """List the links: where they are, when they were last seen, which were revoked."""
    with opened(Settings().database) as database, database.owner() as connection:
        rows = displays.links(connection)
    table = Table("name", "area", "programme", "created", "by", "seen", "revoked", box=None)
    for row in rows:
        moments = (row.created_at, row.last_seen_at, row.revoked_at)
        created, seen, revoked = ("" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M}" for at in moments)
        table.add_row(row.name, row.area, row.programme or "", created, row.created_by, seen, revoked)
    Console(highlight=False).print(table)


@display.command()
def revoke(name: Name) -> None:
    """End a link at once: the screen stops and says so."""
    with opened(Settings().database) as database, database.owner() as connection:
        displays.revoke(connection, name)
    typer.echo(f"{name} ✓")
