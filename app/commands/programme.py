"""`python -m app programme …`: duty programmes of walls: list, check, add, remove."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.place import opened
from app.settings import Settings
from geodata import programmes
from geodata.errors import BadValue

programme = typer.Typer(no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="A programme as TOML, like those in geodata/programmes.")]


def read(file: Path) -> programmes.Programme:
    """Read a programme's file. Raises BadValue."""
    try:
        return programmes.parsed(file.read_text(encoding="utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as error:
        raise BadValue(name="file", value=file, wanted=f"TOML ({error})") from error


@programme.command(name="list")
def show() -> None:
    """List the programmes that ship with the product, and the city's own with their areas."""
    with opened(Settings().database) as database, database.owner() as connection:
        own = programmes.kept(connection)
    table = Table("id", "zh", "en", "stops", "area", box=None)
    for found in programmes.shipped().values():
        table.add_row(found.id, found.zh, found.en, str(len(found.stops)), "")
    for row in own:
        found = programmes.Programme.model_validate(row["content"])
        table.add_row(found.id, found.zh, found.en, str(len(found.stops)), row["area"])
    Console(highlight=False).print(table)


@programme.command()
def check(file: File) -> None:
    """Say whether a file is a programme."""
    typer.echo(f"{read(file).id} ✓")


@programme.command()
def add(file: File, area: Annotated[str, typer.Option(help="Code of the area whose displays may run it.")]) -> None:
    """Add a programme for the displays of an area, or replace the one of its name."""
    wanted = read(file)
    with opened(Settings().database) as database, database.owner() as connection:
        programmes.keep(connection, wanted, area)
    typer.echo(f"{wanted.id} ✓")


@programme.command()
def remove(name: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """Take one of the city's own programmes away."""
    with opened(Settings().database) as database, database.owner() as connection:
        programmes.drop(connection, name)
    typer.echo(f"{name} ✓")
