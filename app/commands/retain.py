"""`python -m app retain`: let single records leave that have stayed long enough, as the server does."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.commands.place import opened
from app.settings import Settings
from geodata import retention
from geodata.words import say


def retain(*, dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False) -> None:
    """Drop what is older than PASSAGE_DAYS, TELEMETRY_DAYS, STAFFING_DAYS and ARRIVAL_DAYS; what was counted of it stays."""
    settings = Settings()
    keep = settings.keeping.by_table()
    with opened(settings.database) as database:
        for left in retention.leave(database, keep, now=datetime.now(UTC), dry=dry_run):
            facts = {"table": left.table, "days": len(left.days), "rows": left.rows, "first": left.first}
            said = "keeping.would_leave" if dry_run else "keeping.has_left"
            typer.echo(f"{say(said, 'zh', **facts)}\n{say(said, 'en', **facts)}")
