"""What `python -m app snapshot` makes: one file, one a county, or a release's again; with progress on standard error."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import text

from app.press_making import Drawing, Here, Maker, make
from app.whole_file import WholeFile
from geodata.database import Database
from geodata.errors import UnknownArea, WanggeError
from geodata.installation import Installation
from geodata.press import templates, work
from geodata.press.numbers import tidy
from geodata.press.order import Order
from geodata.press.refusals import NotThisFile
from geodata.press.releases import FILMS, Form
from geodata.press.sheet import Sheet
from geodata.scope import Scope
from geodata.words import say
from layers.render.picture.pool import Pool

_RELEASE = text("SELECT id, state, forms FROM press_release WHERE number = :number")


class NoSuchNumber(WanggeError):
    """A number that no release bears."""

    key = "press_release.unknown_number_here"


@dataclass(frozen=True, slots=True)
class Asked:
    """Where pictures are made, in whose scope, in which forms."""

    database: Database
    installation: Installation
    scope: Scope
    forms: tuple[Form, ...]

    @property
    def films(self) -> bool:
        """Say whether any of the forms shows several days."""
        return any(form in FILMS for form in self.forms)

    def maker(self, drawing: Drawing) -> Maker:
        """Return what makes them."""
        return Maker(self.database, lambda: self.installation, lambda: datetime.now(UTC), drawing)


def one(asked: Asked, order: Order, out: Path) -> bool:
    """Write the picture of an order, whole or not at all."""

    async def run(bar: "Bar") -> bytes:
        maker = asked.maker(Here())
        try:
            return (await make(maker, asked.scope, order, asked.forms[0], progress=bar.tell)).content
        finally:
            await asked.database.close()

    with WholeFile(out) as file, _bar(order.area) as bar:
        content = asyncio.run(run(bar))
        file.write(content)
    _say("press_release.made", out, content)
    return True


def again(asked: Asked, typed: str, out: Path) -> bool:
    """Write a file of a release as it was released; of a withdrawn one as it is handed out since."""
    number = tidy(typed)
    with asked.database.owner() as connection:
        row = connection.execute(_RELEASE, {"number": number}).one_or_none()
        if row is None or number is None:
            raise NoSuchNumber(number=typed)
        if asked.forms[0] not in row.forms:
            raise NotThisFile(id=number, form=asked.forms[0])
        sheets = work.frozen(connection, row.id)

    async def run(bar: "Bar") -> bytes:
        maker = asked.maker(Here())
        withdrawn = row.state == "withdrawn"
        return await maker.drawn(sheets, asked.forms[0], number, withdrawn=withdrawn, progress=bar.tell)

    with WholeFile(out) as file, _bar(number) as bar:
        content = asyncio.run(run(bar))
        file.write(content)
    _say("press_release.remade", out, content, number=number)
    return True


def batch(asked: Asked, order: Order, folder: Path) -> bool:
    """Write the files of each county; say whether all were made. One that fails is told, and stops no other."""
    return asyncio.run(_batch(asked, order, folder))


async def _batch(asked: Asked, order: Order, folder: Path) -> bool:
    maker = asked.maker(Pool())
    try:
        async with asked.database.scoped(asked.scope) as connection:
            counties = await templates.counties(connection, order.area)
        if not counties:
            raise UnknownArea(code=order.area)
        parts = None if order.parts == "county" else order.parts
        orders = [order.model_copy(update={"area": code, "parts": parts}) for code in counties]
        few = asyncio.Semaphore(maker.pool.workers)
        with _bar(order.area, len(orders) * len(asked.forms)) as bar:

            async def county(one: Order) -> bool:
                async with few:
                    return await _county(asked, maker, one, folder, bar)

            return all(await asyncio.gather(*map(county, orders)))
    finally:
        await maker.close()
        await asked.database.close()


async def _county(asked: Asked, maker: Maker, order: Order, folder: Path, bar: "Bar") -> bool:
    """Write the files of one county out of one reading; say whether all were made."""
    sheets: tuple[Sheet, ...] = ()
    whole = True
    for form in asked.forms:
        out = folder / f"{order.area}-{order.measure}.{form}"
        try:
            with WholeFile(out) as file:
                sheets = sheets or await maker.sheets(asked.scope, order, days=asked.films)
                content = await maker.drawn(sheets, form)
                file.write(content)
        except WanggeError as refusal:
            whole = False
            for language in ("zh", "en"):
                why = say(refusal.key, language, **refusal.facts)
                typer.echo(say("press_release.failed_one", language, area=order.area, why=why), err=True)
        else:
            _say("press_release.made", out, content)
        bar.step()
    return whole


class Bar:
    """A line of progress on standard error."""

    def __init__(self, progress: Progress, name: str, total: int) -> None:
        """Take where it is drawn, what it is called, and how many steps there are."""
        self._progress = progress
        self._task = progress.add_task(name, total=total)

    def tell(self, done: int, of: int) -> None:
        """Say how far one file is."""
        self._progress.update(self._task, completed=done, total=of)

    def step(self) -> None:
        """Say that one more file is done."""
        self._progress.advance(self._task)


@contextmanager
def _bar(name: str, total: int = 1) -> Iterator[Bar]:
    columns: tuple[Any, ...] = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress, name, total)


def _say(key: str, out: Path, content: bytes, **facts: object) -> None:
    size = f"{len(content) / 1000:,.0f} kB"
    for language in ("zh", "en"):
        typer.echo(say(key, language, file=out, size=size, **facts))
