"""`python -m app snapshot book`: the map book of a village or a grid, for internal use, made in somebody's name."""

import asyncio
import os
import tempfile
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.progress import Progress

from app.book_making import account, written
from app.commands.place import opened
from app.settings import Settings
from geodata.database import Database
from geodata.errors import BadValue
from geodata.installation import owner_installation
from geodata.words import say
from layers.render.book.binding import bind
from layers.render.book.content import Book


def book(
    area: Annotated[str, typer.Option(help="Code of a village, or of one grid.")],
    out: Annotated[Path, typer.Option(help="The PDF to write.")],
    user: Annotated[str, typer.Option(help="Account in whose name and within whose areas it is made.")],
    base_url: Annotated[
        str, typer.Option(help="Where tablets find this server; by default its own HOST and PORT.")
    ] = "",
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
) -> None:
    """Print a map book: a sheet a grid with plan, building faces, tick list and code. Internal: never to be published."""
    settings = Settings()
    address = _address(base_url or f"http://{settings.web.host}:{settings.web.port}")
    if lang not in ("zh", "en"):
        raise BadValue(name="lang", value=lang, wanted="zh, en")
    if out.suffix.lower() != ".pdf" or not out.parent.is_dir():
        raise BadValue(name="out", value=out, wanted="FILE.pdf")
    if _only_here(address):
        typer.echo(say("book.local_address", lang, url=address), err=True)
    with opened(settings.database) as database:
        found = asyncio.run(_read(database, user, area, address, lang))
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(found.name, total=len(found.leaves))
            content = bind(found, lambda done, _: progress.update(task, completed=done))
    _keep(out, content)
    typer.echo(say("book.done", lang, file=out, grids=len(found.leaves), size=f"{len(content) / 1000:,.0f}"))


async def _read(database: Database, user: str, area: str, address: str, language: str) -> Book:
    """Return the book as the account may see it, however many grids it has."""
    with database.owner() as connection:
        here = owner_installation(connection)
    try:
        maker = await account(database, user)
        now = datetime.now(UTC).astimezone(here.zone)
        return await written(database, maker, area, here=here, now=now, base_url=address, language=language, most=None)
    finally:
        await database.close()


def _address(url: str) -> str:
    """Return an address as a code can carry it. Raises BadValue."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadValue(name="base-url", value=url[:80], wanted="http://host:port")
    return url.rstrip("/")


def _only_here(url: str) -> bool:
    """Say whether an address names this machine alone, so that no tablet reaches it."""
    host = urlsplit(url).hostname or ""
    try:
        found = ip_address(host)
    except ValueError:
        return host == "localhost"
    return found.is_loopback or found.is_unspecified


def _keep(out: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner alone: it tells about homes."""
    handle, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
