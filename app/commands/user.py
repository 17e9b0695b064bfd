"""`python -m app user …`: accounts, their areas, passwords and tokens."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.place import opened
from app.settings import Settings
from geodata import account_keeping as keeping
from geodata.model.people import Role

user = typer.Typer(no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The account's name.")]
Areas = Annotated[list[str], typer.Option("--area", help="Code of an area it answers for; may be repeated.")]
Password = Annotated[
    str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for where it is not given.")
]


@user.command()
def add(name: Name, role: Annotated[Role, typer.Option()], area: Areas, password: Password) -> None:
    """Add an account, or give an existing one this password, role and areas."""
    with opened(Settings().database) as database, database.owner() as connection:
        keeping.add_account(connection, name, password, role, area)
    typer.echo(f"{name} ✓")


@user.command(name="list")
def show() -> None:
    """List the accounts."""
    with opened(Settings().database) as database, database.owner() as connection:
        rows = keeping.list_accounts(connection)
    table = Table("name", "role", "areas", "sessions", "tokens", "", box=None)
    for row in rows:
        state = " ".join(word for word, on in (("disabled", row.disabled), ("demo", row.demo)) if on)
        table.add_row(row.username, row.role, " ".join(row.areas), str(row.sessions), str(row.tokens), state)
    Console(highlight=False).print(table)


@user.command()
def disable(name: Name, *, undo: Annotated[bool, typer.Option("--undo", help="Let it in again.")] = False) -> None:
    """Shut an account out at once, in every browser and with every token."""
    with opened(Settings().database) as database, database.owner() as connection:
        keeping.set_disabled(connection, name, disabled=not undo)
    typer.echo(f"{name} ✓")


@user.command(name="password")
def new_password(name: Name, password: Password) -> None:
    """Replace a password; the account is signed out everywhere."""
    with opened(Settings().database) as database, database.owner() as connection:
        keeping.set_password(connection, name, password)
    typer.echo(f"{name} ✓")


@user.command(name="areas")
def new_areas(name: Name, area: Areas) -> None:
    """Replace the areas that an account answers for."""
    with opened(Settings().database) as database, database.owner() as connection:
        keeping.set_areas(connection, name, area)
    typer.echo(f"{name} ✓")


@user.command()
def token(
    name: Name,
    label: Annotated[str, typer.Option(help="What the token is for.")] = "program",
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Ends after so many days; without it, never.")
    ] = None,
    *,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take back the tokens of this label instead.")] = False,
) -> None:
    """Print a new bearer token, this once: only its SHA-256 is kept."""
    with opened(Settings().database) as database, database.owner() as connection:
        if revoke:
            typer.echo(f"{keeping.revoke_tokens(connection, name, label)}")
        else:
            typer.echo(keeping.add_token(connection, name, label, days))
