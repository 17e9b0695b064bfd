"""Drawing in the background what releases wait for; any number of servers share the work, and none does it twice."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from app import VERSION
from app.press_making import Maker
from geodata.database import Database
from geodata.errors import DatabaseAway, TooSlow, WanggeError
from geodata.press import work
from geodata.press.refusals import NotDrawn
from geodata.press.releases import FILMS, Form
from geodata.press.sheet import Sheet
from geodata.press.work import Job

LOG = logging.getLogger(__name__)
LOOKS_EVERY_S = 10.0
"""Seconds between two looks for what another server left, or whose lease ran out."""
RENEWED_EVERY_S = work.LEASE.total_seconds() / 3


class Workshop:
    """What works in the background of one process."""

    def __init__(self, maker: Maker, database: Database, demand_ready: Callable[[], None]) -> None:
        """Take what draws, where releases are kept, and what says that the database can be used."""
        self.maker = maker
        self.database = database
        self.demand_ready = demand_ready
        self._bell = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin: as many at once as there are processes that draw."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._for_ever()) for _ in range(self.maker.pool.workers)]

    def ring(self) -> None:
        """Say that there is something to do."""
        self._bell.set()

    async def stop(self) -> None:
        """End; what is under way is given back, so that the next start takes it up at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.maker.close()

    async def _for_ever(self) -> None:
        while True:
            try:
                busy = await self.once()
            except WanggeError as error:
                LOG.info("releases wait: %s", error)
                busy = False
            except Exception:
                LOG.exception("work on a release ended")
                busy = False
            if not busy:
                self._bell.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._bell.wait(), LOOKS_EVERY_S)

    async def once(self) -> bool:
        """Do what waits longest; say whether there was anything. Raises DatabaseAway."""
        self.demand_ready()
        job = await asyncio.to_thread(self._claim)
        if job is None:
            return False
        try:
            await self._work(job)
        except asyncio.CancelledError:
            await asyncio.shield(asyncio.to_thread(self._let_go, job, None, counted=False))
            raise
        except DatabaseAway:
            raise
        except (TooSlow, NotDrawn) as trouble:
            await asyncio.to_thread(self._let_go, job, work.both(trouble.key, **trouble.facts), counted=True)
        except WanggeError as refusal:
            await asyncio.to_thread(self._fail, job, work.both(refusal.key, **refusal.facts))
        return True

    async def _work(self, job: Job) -> None:
        """Draw all files of one stage, and keep them together."""
        keeping = asyncio.create_task(self._hold(job, files := {}))
        try:
            sheets = job.sheets or await self._frozen(job)
            for form in job.forms:
                files[form] = await self._file(sheets, form, job)
                await asyncio.to_thread(self._renew, job, len(files))
        finally:
            keeping.cancel()
        if not await asyncio.to_thread(self._keep, job, sheets, files):
            LOG.warning("release %s was taken over by another server", job.id)

    async def _frozen(self, job: Job) -> tuple[Sheet, ...]:
        return await self.maker.sheets(job.scope, job.order, days=any(form in FILMS for form in job.forms))

    async def _file(self, sheets: tuple[Sheet, ...], form: str, job: Job) -> bytes:
        known: Form = form  # type: ignore[assignment]
        return await self.maker.drawn(sheets, known, job.number, withdrawn=job.stage == "withdrawn")

    async def _hold(self, job: Job, files: dict[str, bytes]) -> None:
        """Renew the lease for as long as one file takes."""
        while True:
            await asyncio.sleep(RENEWED_EVERY_S)
            with suppress(WanggeError):
                await asyncio.to_thread(self._renew, job, len(files))

    def _claim(self) -> Job | None:
        with self.database.owner() as connection:
            return work.claim(connection, self._now())

    def _renew(self, job: Job, done: int) -> None:
        with self.database.owner() as connection:
            work.renew(connection, job, self._now(), done)

    def _keep(self, job: Job, sheets: tuple[Sheet, ...], files: dict[str, bytes]) -> bool:
        with self.database.owner() as connection:
            return work.keep(connection, job, sheets, files, VERSION)

    def _fail(self, job: Job, reason: str) -> None:
        with self.database.owner() as connection:
            work.fail(connection, job, self._now(), reason)

    def _let_go(self, job: Job, problem: str | None, *, counted: bool) -> None:
        with self.database.owner() as connection:
            work.let_go(connection, job, problem, counted=counted)

    def _now(self) -> datetime:
        return self.maker.clock()
