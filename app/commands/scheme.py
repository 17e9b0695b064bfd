"""`python -m app scheme …`: the colour schemes that are shipped, those of this city, and a new version."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.place import opened
from app.settings import Settings
from geodata.schemes import Fault, Scheme, add, faults, read, shipped, shipped_names, versions
from geodata.schemes.check import Refused
from geodata.words import LANGUAGES, say

scheme = typer.Typer(no_args_is_help=True)
File = Annotated[Path, typer.Argument(help=f"A scheme's file (TOML), or a shipped one: {', '.join(shipped_names())}.")]


@scheme.command(name="list")
def show() -> None:
    """List the shipped schemes and this city's versions; of each, what its check finds."""
    console, table, found = Console(highlight=False), Table(box=None, show_header=False), list[Fault]()
    for name in shipped_names():
        one = shipped(name)
        table.add_row(name, str(one.version), one.zh, one.en, _both("scheme.shipped"), "", _sign(faults(one.states)))
    with opened(Settings().database) as database, database.owner() as connection:
        present = versions.in_force(connection)
        for version in versions.versions(connection):
            wrong = versions.faults_of(connection, version)
            found += wrong
            state = "planned" if version.planned else "present" if version == present else "former"
            names = (version.city_code, str(version.valid_from), version.name_zh, version.name_en)
            table.add_row(*names, _both(f"scheme.{state}"), f"{version.households:,}", _sign(wrong))
    console.print(table)
    tell(found)


@scheme.command()
def check(file: File) -> None:
    """Check a scheme, and say what to change; nothing is written."""
    one = _read(file)
    _demand(faults(one.states))
    _say("scheme.fine", name=one.zh)


@scheme.command(name="add")
def bring(
    file: File,
    begin: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="In force from this day; without it, today.")
    ] = None,
) -> None:
    """Bring in a new version of this city's scheme; what households carry must be in it."""
    one = _read(file)
    with opened(Settings().database) as database:
        try:
            with database.owner() as connection:
                day = add(connection, one, begin.date() if begin else None)
        except Refused as refusal:
            tell(refusal.faults)
            raise
    _say("scheme.added", name=one.zh, day=day)


def tell(found: Sequence[Fault]) -> None:
    """Say each fault, and what to change, in both languages."""
    for fault in found:
        for language in LANGUAGES:
            typer.echo(("✗ " if language == "zh" else "  ") + fault.sentence(language))


def _demand(found: Sequence[Fault]) -> None:
    tell(found)
    if found:
        raise Refused(found)


def _read(file: Path) -> Scheme:
    try:
        return shipped(str(file)) if str(file) in shipped_names() else read(file)
    except Refused as refusal:
        tell(refusal.faults)
        raise


def _sign(found: Sequence[Fault]) -> str:
    return f"✗ {len(found)}" if found else "✓"


def _say(key: str, **facts: object) -> None:
    for language in LANGUAGES:
        typer.echo(say(key, language, **facts))


def _both(key: str) -> str:
    return " ".join(say(key, language) for language in LANGUAGES)
