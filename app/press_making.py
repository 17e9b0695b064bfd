"""One way from an order to a file, for the page, the command line and the API alike: figures, sheet, drawing, stamp.

Pictures are read with the press's own rights in the areas of whoever asks, so that nobody's picture shows more.
"""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

from PIL import Image

from app.aside import aside
from geodata.database import Database
from geodata.errors import WanggeError
from geodata.installation import Installation
from geodata.press.figures import Vintage, ensure_vintage
from geodata.press.order import Order
from geodata.press.reading import MEDIA
from geodata.press.refusals import DeskBusy, NotDrawn
from geodata.press.releases import FILMS, Form, public_scope
from geodata.press.sheet import Sheet
from geodata.press.stamp import stamp
from geodata.scope import Scope
from layers.render.picture.draw import draw
from layers.render.picture.film import film
from layers.render.picture.gather import gather
from layers.render.picture.pool import Pool

LOG = logging.getLogger(__name__)
PREVIEW = 1600
"""Longest side of a preview, in pixels."""
MOST_WAITING = 8
"""Pictures that wait for their turn, for each that is drawn at once."""
COME_BACK_S = 5
Progress = Callable[[int, int], None]
Picture = Literal["png", "pdf", "svg"]


@dataclass(frozen=True, slots=True)
class Made:
    """A file, and the sheet that it was drawn from."""

    content: bytes
    media_type: str
    sheet: Sheet


class Drawing(Protocol):
    """What draws a sheet, and how many at once."""

    workers: int

    async def draw(self, sheet: Sheet, form: Picture) -> bytes:
        """Return the picture as a file."""

    async def close(self) -> None:
        """End what draws."""


class Here:
    """Draws in a thread of this process: one picture is done before a process of its own has started."""

    workers = 1

    async def draw(self, sheet: Sheet, form: Picture) -> bytes:
        """Return the picture as a file."""
        return await aside(draw, sheet, form)

    async def close(self) -> None:
        """Have nothing to end."""


@dataclass
class Maker:
    """What pictures are made with; one for a process. `installation` may become known later."""

    database: Database
    installation: Callable[[], Installation]
    clock: Callable[[], datetime]
    pool: Drawing = field(default_factory=Pool)
    _films: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: int = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Let somebody who waits at a screen have a picture drawn, unless too many wait already. Raises DeskBusy."""
        if self._waiting >= self.pool.workers * (1 + MOST_WAITING):
            raise DeskBusy(seconds=COME_BACK_S)
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    async def vintage(self, at: datetime | None) -> Vintage:
        """Return the hour of a moment in the city's time, with its protected figures kept. Raises BadValue."""
        found = await aside(ensure_vintage, self.database, at, self.now())
        zone = self.installation().zone
        data_time = None if found.data_time is None else found.data_time.astimezone(zone)
        return replace(found, at=found.at.astimezone(zone), data_time=data_time)

    def now(self) -> datetime:
        """Return the present moment in the city's time."""
        return self.clock().astimezone(self.installation().zone)

    async def sheets(self, scope: Scope, order: Order, *, days: bool = False) -> tuple[Sheet, ...]:
        """Return the sheet of an order, and with `days` those of the days before it, the newest first.

        Raises UnknownArea, UnknownLayer, BadValue and whatever else `gather` refuses.
        """
        newest = await self.vintage(order.at)
        moments = [newest.at - timedelta(days=back) for back in range(order.days if days else 1)]
        return tuple([await self._sheet(scope, order.at_moment(moment)) for moment in moments])

    async def _sheet(self, scope: Scope, order: Order) -> Sheet:
        vintage = await self.vintage(order.at)
        # On the primary: a replica may not have heard of figures that were kept a moment ago.
        async with self.database.writing(public_scope(scope)) as connection:
            return await gather(connection, order, vintage, installation=self.installation(), now=self.now())

    async def drawn(
        self,
        sheets: Sequence[Sheet],
        form: Form,
        number: str = "",
        *,
        withdrawn: bool = False,
        progress: Progress | None = None,
    ) -> bytes:
        """Return a file of sheets (the picture's first), with the number in it and on it. Raises NotDrawn."""
        marked = [replace(sheet, number=number, withdrawn=withdrawn) for sheet in sheets]
        try:
            content = await self._form(marked, form, progress or _silent)
            return await asyncio.to_thread(stamp, content, form, number) if number else content
        except WanggeError:
            raise
        except Exception as error:
            LOG.exception("a picture was not drawn", extra={"form": form})
            raise NotDrawn(form=form) from error

    async def _form(self, sheets: Sequence[Sheet], form: Form, progress: Progress) -> bytes:
        if form in ("png", "pdf", "svg"):
            return await self.pool.draw(sheets[0], form)
        # Threads: one at a time, for what draws in them shares its fonts.
        async with self._films:
            if form == "gif" or form == "mp4":  # noqa: PLR1714 - which tells the type checker more
                return await aside(film, list(reversed(sheets)), form, progress)
            # What draws pages takes half a second to read, which every program that makes a picture would wait for.
            from layers.render.picture.page import page  # noqa: PLC0415

            return (await aside(page, sheets[0])).encode()

    async def close(self) -> None:
        """End the processes that draw."""
        await self.pool.close()


async def make(
    maker: Maker, scope: Scope, order: Order, form: Form, number: str = "", *, progress: Progress | None = None
) -> Made:
    """Make one file of an order in a reader's areas; without a number it says that it is a draft.

    Raises UnknownArea, UnknownLayer, BadValue, NotDrawn.
    """
    sheets = await maker.sheets(scope, order, days=form in FILMS)
    content = await maker.drawn(sheets, form, number, progress=progress)
    return Made(content, MEDIA[form], sheets[0])


async def preview(maker: Maker, scope: Scope, order: Order) -> Made:
    """Make the true picture of an order, reduced to what a screen shows beside the form. Raises as `make`, and DeskBusy."""
    async with maker.turn():
        made = await make(maker, scope, order, "png")
        return replace(made, content=await asyncio.to_thread(reduced, made.content, PREVIEW))


def reduced(content: bytes, longest: int) -> bytes:
    """Return a PNG whose longer side has at most so many pixels."""
    with Image.open(io.BytesIO(content)) as picture:
        if max(picture.size) <= longest:
            return content
        small = picture.convert("RGB")
        small.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    small.save(out, "PNG", compress_level=3)
    return out.getvalue()


def counted(sheet: Sheet, shown: str) -> int:
    """Return how many areas of a sheet are `value`, `suppressed` or `no_data`."""
    return sum(cell.shown == shown for cell in sheet.cells)


def _silent(_done: int, _of: int) -> None:
    """Tell nobody."""
