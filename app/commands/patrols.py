"""`python -m app patrols …`: how finely it is watched what patrols have not seen."""

from typing import Annotated

import typer

from app.commands.place import opened
from app.settings import Settings
from geodata.patrols import lay_cells
from geodata.words import LANGUAGES, say

patrols = typer.Typer(no_args_is_help=True)


@patrols.callback()
def _group() -> None:
    """Keep `cells` a command of its own, also while it is the only one."""


@patrols.command()
def cells(
    side: Annotated[int, typer.Option(help="Side of a cell on the ground, in metres (50 to 2000).")] = 250,
) -> None:
    """Lay the cells of populated land anew; what patrols saw in the last 31 days is looked at again."""
    with opened(Settings().database) as database, database.owner() as connection:
        laid = lay_cells(connection, side)
    for language in LANGUAGES:
        typer.echo(say("patrols.laid", language, cells=f"{laid:,}", side=side))
