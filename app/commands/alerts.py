"""`python -m app alerts …`: the city's alert rules: list, set, check, load."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.commands.place import opened
from app.settings import Settings
from geodata.alerts import rules
from geodata.words import LANGUAGES, say

alerts = typer.Typer(no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="A file of rules (TOML), in the form of geodata/alerts/rules.toml.")]


@alerts.command(name="list")
def show() -> None:
    """List the rules, what must be seen first first."""
    table = Table(box=None, show_header=False)
    with opened(Settings().database) as database, database.owner() as connection:
        for row in rules.known(connection):
            state = _both("alert.on" if row["active"] else "alert.off")
            limit = "" if row["threshold"] is None else f"{row['threshold']:g}"
            names = (row["code"], row["title_zh"], row["title_en"], _both(f"alert.{row['severity']}"))
            table.add_row(*names, limit, row["level"] or "", f"{row['minutes']} min", state)
    Console(highlight=False).print(table)


@alerts.command(name="set")
def change(
    code: Annotated[str, typer.Argument(help="Which rule.")],
    *,
    threshold: Annotated[float | None, typer.Option(help="In the unit of its kind.")] = None,
    minutes: Annotated[int | None, typer.Option(help="How long it must be so.")] = None,
    level: Annotated[str | None, typer.Option(help="Which areas are judged.")] = None,
    severity: Annotated[str | None, typer.Option(help="severe, warning or information.")] = None,
    active: Annotated[bool | None, typer.Option("--on/--off")] = None,
) -> None:
    """Change one rule; it takes effect within seconds."""
    asked = {"threshold": threshold, "minutes": minutes, "level": level, "severity": severity, "active": active}
    changes: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    with opened(Settings().database) as database, database.owner() as connection:
        rules.change(connection, code, **changes)
    _say("alert.changed", code=code)


@alerts.command()
def check(file: File) -> None:
    """Check a file of rules; nothing is written."""
    _say("alert.fine", n=len(rules.read(file)))


@alerts.command()
def load(file: File) -> None:
    """Bring in the rules of a file, over those of the same code."""
    found = rules.read(file)
    with opened(Settings().database) as database, database.owner() as connection:
        rules.bring(connection, found, over=True)
    _say("alert.loaded", n=len(found))


def _say(key: str, **facts: object) -> None:
    for language in LANGUAGES:
        typer.echo(say(key, language, **facts))


def _both(key: str) -> str:
    return " ".join(say(key, language) for language in LANGUAGES)
