"""`python -m app sender …`: offices that deliver, and their tokens: each for one kind, and good for nothing else."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.place import opened
from app.settings import Settings
from geodata.arrival import senders
from geodata.model.people import Role
from geodata.scope import Scope

sender = typer.Typer(no_args_is_help=True)
T = TypeVar("T")
Code = Annotated[str, typer.Argument(help="The sender's code.")]
Days = Annotated[int | None, typer.Option(min=1, max=3650, help="Ends after so many days; without it, never.")]


def _do(work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Do work in the scope of the whole city."""
    with opened(Settings().database) as database:
        with database.owner() as connection:
            paths = connection.scalars(text("SELECT path::text FROM area WHERE parent_id IS NULL")).all()

        async def done() -> T:
            try:
                async with database.writing(Scope(Role.ADMIN, tuple(paths))) as writing:
                    return await work(writing)
            finally:
                await database.close()

        return asyncio.run(done())


@sender.command()
def add(
    code: Code,
    name: Annotated[str, typer.Option(help="Of the office, not of a person.")],
    area: Annotated[list[str], typer.Option(help="Code of an area it delivers for; may be repeated.")],
    kind: Annotated[list[str] | None, typer.Option(help="What it delivers; may be repeated.")] = None,
    days: Days = None,
) -> None:
    """Add an office and print a token for each kind, this once: only its SHA-256 is kept."""
    by = getpass.getuser()

    async def work(connection: AsyncConnection) -> list[tuple[str, str]]:
        await senders.add(connection, code, name, area, by=by)
        wanted = kind or []
        return [(one, (await senders.add_token(connection, code, one, days, by=by)).token) for one in wanted]

    for one, secret in _do(work):
        typer.echo(f"{one} {secret}")
    typer.echo(f"{code} ✓")


@sender.command()
def token(
    code: Code,
    kind: Annotated[str | None, typer.Option(help="What the new token delivers.")] = None,
    days: Days = None,
    revoke: Annotated[int | None, typer.Option(help="Take back the token of this number instead.")] = None,
) -> None:
    """Print a new token for one kind, this once, or take one back at once."""
    by = getpass.getuser()
    if revoke is not None:
        _do(lambda connection: senders.revoke(connection, code, revoke))
        typer.echo(f"{code} {revoke} ✓")
    elif kind is not None:
        typer.echo(_do(lambda connection: senders.add_token(connection, code, kind, days, by=by)).token)
    else:
        raise typer.BadParameter("--kind or --revoke")


@sender.command(name="list")
def show() -> None:
    """List the senders, their areas and tokens, and when these were last used."""
    table = Table("code", "name", "areas", "token", "kind", "ends", "used", "", box=None)
    for row in _do(senders.senders):
        state = "disabled" if row["disabled"] else ""
        for held in row["tokens"] or [{}]:
            ends, used = (str(held.get(at) or "")[:16] for at in ("expires_at", "last_used_at"))
            number, kind = str(held.get("id", "")), held.get("kind", "")
            table.add_row(row["code"], row["name"], " ".join(row["areas"]), number, kind, ends, used, state)
    Console(highlight=False).print(table)


@sender.command()
def disable(code: Code, *, undo: Annotated[bool, typer.Option("--undo", help="Let it in again.")] = False) -> None:
    """Shut an office out at once, with every token."""
    _do(lambda connection: senders.disable(connection, code, disabled=not undo))
    typer.echo(f"{code} ✓")
