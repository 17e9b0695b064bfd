"""`python -m app demo`: the demo city, and the server over it."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from app.commands.place import opened
from app.commands.serve import listening, run
from app.settings import Settings
from geodata.database import Database
from geodata.demo import live as happenings
from geodata.demo import load
from geodata.words import say


def demo(
    size: Annotated[
        Literal["small", "city"], typer.Option(envvar="SIZE", help="60,000 or 1,000,000 households.")
    ] = "small",
    port: Annotated[int | None, typer.Option(help="Instead of PORT.")] = None,
    *,
    live: Annotated[bool, typer.Option("--live", help="Let plausible things happen.")] = False,
    accounts: Annotated[bool, typer.Option("--accounts", help="Print the demo accounts as JSON and stop.")] = False,
) -> None:
    """Load the demo city where it is not loaded yet, print addresses and accounts, and serve it."""
    if accounts:
        typer.echo(json.dumps(load.accounts(), ensure_ascii=False))
        return
    settings = Settings()
    web = settings.web.model_copy(update={"port": port} if port is not None else {})
    console = Console(highlight=False)
    with listening(web.host, web.port) as sock, opened(settings.database) as database:
        with progress_bars(console) as progress:
            load.ensure(database, size, datetime.now(UTC), progress)
        console.print(welcome(sock.getsockname()[1]))
        with events(database) if live else nullcontext():
            run(web, database.url, sock)


def welcome(port: int) -> str:
    """Return what somebody needs who has just started the demo: where to go, and as whom."""
    address = f"http://127.0.0.1:{port}"
    rows = "\n".join(
        f"  {row['username']:<8} {row['password']:<16} {row['role']:<8} {row['area']}" for row in load.accounts()
    )
    return "\n".join([say("cli.open", "zh", address=address), say("cli.open", "en", address=address), rows])


@contextmanager
def progress_bars(console: Console) -> Iterator[load.Progress]:
    """Yield a `progress(label, done, total)` that draws a bar a label."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = bars.add_task(label, total=total)
            bars.update(tasks[label], completed=done)

        yield progress


@contextmanager
def events(database: Database) -> Iterator[None]:
    """Let things happen in a thread of their own, beside the server, until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(happenings.run(Database(database.url), stop)), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
