"""`python -m app import KIND FILE`: a city's own data, taken whole or not at all."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.place import opened
from app.settings import Settings
from geodata.errors import RefusedRows
from geodata.imports import KINDS, Problem, take

MOST_SHOWN = 50
COLUMNS = "\n\n".join(f"{name}: {kind.columns()}" for name, kind in KINDS.items())


def importing(
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(KINDS)}.")],
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8 or GBK), GeoJSON, GeoPackage, Shapefile …")],
    crs: Annotated[
        str | None, typer.Option(help="Its coordinate system, where the file does not say: EPSG:4490.")
    ] = None,
) -> None:
    """Take a file, whole or not at all. Columns of each kind ([…] may be left out) follow."""
    console = Console(highlight=False)
    with opened(Settings().database) as database:
        try:
            with database.owner() as connection:
                report = take(connection, kind, file, crs)
        except RefusedRows as refusal:
            show(console, [Problem(**row) for row in refusal.rows])  # type: ignore[arg-type]
            raise
    show(console, report.mended)
    console.print(f"{kind}: +{report.added:,}  ~{report.changed:,}")


importing.__doc__ = f"{importing.__doc__}\n\n{COLUMNS}"


def show(console: Console, problems: list[Problem]) -> None:
    """Print row by row what is wrong, or was mended."""
    if not problems:
        return
    table = Table("row", "column", "what", "do", box=None)
    for problem in problems[:MOST_SHOWN]:
        table.add_row(str(problem.row), problem.column, problem.reason, problem.suggestion)
    console.print(table)
    if len(problems) > MOST_SHOWN:
        console.print(f"… {len(problems) - MOST_SHOWN:,} more")
