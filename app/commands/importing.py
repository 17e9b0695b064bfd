"""`python -m app import KIND FILE`: what a department brings, taken whole or not at all."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import text

from app.commands.place import opened
from app.settings import Settings
from app.whole_file import NotWritten, WholeFile
from geodata.database import Database
from geodata.errors import BadValue, UnknownKind
from geodata.feeds.floor.refusal import WHOLE
from geodata.feeds.floor.registry import all_feeds
from geodata.files import UnreadableFile
from geodata.imports import Options, Report, import_file
from geodata.model import Role
from geodata.scope import NOWHERE, Scope
from geodata.words import LANGUAGES, say

REFUSED, WRONG_CALL = 1, 2
MOST_SHOWN = 50
BY = "command line"
_ROOTS = text("SELECT path::text FROM area WHERE parent_id IS NULL")


def importing(
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(all_feeds())}.", show_default=False)],
    file: Annotated[
        Path, typer.Argument(help="CSV, Excel, NDJSON, GeoJSON, GeoPackage, zipped Shapefile, KML.", show_default=False)
    ],
    crs: Annotated[
        str, typer.Option(help="wgs84, gcj02, bd09, EPSG:4547 …; auto finds it by the areas that the rows name.")
    ] = "auto",
    encoding: Annotated[str, typer.Option(help="utf-8, gb18030 …; auto finds it.")] = "auto",
    sheet: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Which sheet, layer, folder of a KML or file of a zip, where there are several."
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="Which field a column holds; remembered for --sender."),
    ] = None,
    states: Annotated[
        list[str] | None,
        typer.Option(
            "--state",
            metavar="WORD=CODE",
            help="What the file calls a state or another choice; remembered for --sender.",
        ),
    ] = None,
    sender: Annotated[str, typer.Option(help="Whose file it is.")] = BY,
    partial: Annotated[
        bool, typer.Option("--partial", help="Take what is right; what is wrong waits in quarantine.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything, and then nothing.")] = False,
    report: Annotated[Path | None, typer.Option(metavar="FILE.json", help="Write down what became of it.")] = None,
    language: Annotated[Literal["zh", "en"], typer.Option(help="Of the sentences in the report.")] = "en",
) -> None:
    """Take a file, whole or not at all. Exit code 0: all of it is in; 1: something was refused; 2: a wrong call."""
    console = Console(highlight=False, stderr=True)
    try:
        said = None if encoding == "auto" else encoding
        options = Options(crs, said, pairs("map", columns), pairs("state", states), partial, dry_run, sheet=sheet)
        with _report(report) as write:
            try:
                with opened(Settings().database) as database, _progress(console) as progress:
                    told = asyncio.run(_import(database, kind, file, replace(options, progress=progress), sender))
            except UnreadableFile as wrong:
                _say(console, wrong.key, **wrong.facts)
                write(_unread(kind, file, wrong, language))
                raise typer.Exit(REFUSED) from None
            write(told.said(language))
    except (BadValue, UnknownKind, NotWritten) as wrong:
        _say(console, wrong.key, **wrong.facts)
        raise typer.Exit(WRONG_CALL) from None
    show(console, told, dry_run=dry_run)
    raise typer.Exit(REFUSED if told.refused else 0)


async def _import(database: Database, kind: str, file: Path, options: Options, sender: str) -> Report:
    with database.owner() as connection:
        paths = tuple(connection.scalars(_ROOTS)) or (NOWHERE,)
    try:
        scope = Scope(Role.ADMIN, paths)
        return await import_file(database, scope, kind, file, options, sender=sender, by=BY)
    finally:
        await database.close()


def pairs(option: str, given: list[str] | None) -> dict[str, str]:
    """Return what was given as `LEFT=RIGHT`. Raises BadValue."""
    found = {}
    for one in given or []:
        left, sign, right = one.rpartition("=")
        if not sign or not left:
            raise BadValue(name=option, value=one, wanted="COLUMN=FIELD" if option == "map" else "WORD=CODE")
        found[left] = right
    return found


class _progress:  # noqa: N801 -- reads as a function where it is used
    """Draws how far an import is, on a terminal alone."""

    def __init__(self, console: Console) -> None:
        parts = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        self.drawn = Progress(*parts, console=console, transient=True, disable=not console.is_terminal)
        self.tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self.drawn.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.drawn.stop()

    def __call__(self, step: str, done: int, all_of_them: int | None) -> None:
        if step not in self.tasks:
            self.tasks[step] = self.drawn.add_task(say(f"import.{step}", "en"), total=all_of_them)
        self.drawn.update(self.tasks[step], completed=done, total=all_of_them)


def show(console: Console, report: Report, *, dry_run: bool) -> None:
    """Say what became of a file, in words and with the first rows that were refused."""
    told, *others = (report.said(language) for language in reversed(LANGUAGES))
    if report.refused:
        table = Table("row", "column", "what", "do", box=None)
        for rows in zip(*(one["refused"][:MOST_SHOWN] for one in (*others, told)), strict=True):
            number = "" if rows[0]["row"] == WHOLE else str(rows[0]["row"])
            table.add_row(
                number, rows[0]["column"], *("\n".join(row[what] for row in rows) for what in ("reason", "suggestion"))
            )
        console.print(table)
        if report.faults > MOST_SHOWN:
            _say(console, "import.more", count=f"{report.faults - MOST_SHOWN:,}")
    for name, count in told["mended"].items():
        for language in LANGUAGES:
            what = say(f"mended.{name}", language)
            console.print(say("import.mended", language, what=what, count=f"{count:,}"), markup=False)
    if report.crs is not None:
        confidence = f"{report.crs_confidence:.0%}"
        _say(console, "import.placed", crs=report.crs, confidence=confidence, metres=f"{report.moved_m_median:,}")
    counts = {name: f"{told[name]:,}" for name in ("rows", "accepted", "repeated", "refused_rows")}
    _say(console, "import.dry" if dry_run else "import.done", kind=report.kind, **counts)


def _unread(kind: str, file: Path, wrong: UnreadableFile, language: str) -> dict[str, Any]:
    report = Report(kind, file.name)
    reason = {"row": WHOLE, "column": "", "reason": say(wrong.key, language, **wrong.facts), "suggestion": ""}
    return report.said(language) | {"refused": [reason]}


@contextmanager
def _report(path: Path | None) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Yield who writes the report down. Raises NotWritten before anything is done where that cannot be."""
    if path is None:
        yield lambda _told: None
        return
    with WholeFile(path) as file:
        yield lambda told: file.write((json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())


def _say(console: Console, key: str, **facts: object) -> None:
    console.print(say(key, "zh", **facts), markup=False)
    console.print(say(key, "en", **facts), markup=False)
