"""Imports in the background of one process, one after the other; whoever closes the browser finds them again."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

from app.errors import ImportBusy
from app.import_shelf import BUSY, ENDED, Job, Shelf
from geodata.accounts import Principal
from geodata.database import Database
from geodata.errors import TooBusy, WanggeError
from geodata.imports import Options, import_file, preview
from geodata.words import LANGUAGES

LOG = logging.getLogger(__name__)
MOST_OWN = 5
"""Files of one person that wait."""
MOST = 20
"""Files of everybody."""
COME_BACK_S = 60
TOLD_EVERY_S = 0.3
SAID = ("columns", "states", "crs", "encoding", "sheet", "partial")
"""What somebody may say about a file, and need not say again."""
SWEPT_EVERY_S = 60.0


class ImportWorkshop:
    """What looks at brought files and takes them."""

    def __init__(self, database: Database, most_bytes: int) -> None:
        """Take where rows go, and how large a file may be."""
        self.database = database
        self.most_bytes = most_bytes
        self.shelf = Shelf(database.url)
        self._turn = asyncio.Semaphore(1)
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to sweep."""
        self._begin(self._sweep_for_ever())

    async def stop(self) -> None:
        """End; what is under way is undone by the database, and files that this process brought go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self.shelf.leave)

    def add(self, principal: Principal, kind: str, sender: str, name: str) -> Job:
        """Make room for somebody's file. Raises TooBusy."""
        waiting = self.shelf.jobs()
        own = [job for job in waiting if job.user == principal.username]
        if len(own) >= MOST_OWN:
            # Whoever tries file after file need not wait: the oldest gives way.
            idle = [job for job in own if job.state not in BUSY]
            if not idle:
                raise TooBusy(seconds=COME_BACK_S)
            self.shelf.remove(min(idle, key=lambda job: job.at))
        elif len(waiting) >= MOST:
            raise TooBusy(seconds=COME_BACK_S)
        return self.shelf.add(principal.username, kind, sender, name)

    def look(self, principal: Principal, job: Job, options: Options) -> None:
        """Begin to look at a file. Raises ImportBusy."""
        self._work(job, "reading", options, lambda: self._look(principal, job, options))

    def run(self, principal: Principal, job: Job, options: Options) -> None:
        """Begin to take a file, or to try. Raises ImportBusy."""
        told = replace(options, progress=Told(self.shelf, job))
        self._work(job, "waiting", options, lambda: self._run(principal, job, told))

    def remove(self, job: Job) -> None:
        """Take somebody's file away. Raises ImportBusy."""
        with self.shelf.hold(job):
            self.shelf.remove(job)

    def _work(self, job: Job, state: str, options: Options, work: Callable[[], Awaitable[None]]) -> None:
        """Begin, with the job held from now to the end, so that nobody takes it for one that was left."""
        if job.state in BUSY[1:] or job.taken or not self.shelf.path(job).is_file():
            raise ImportBusy
        held = ExitStack()
        held.enter_context(self.shelf.hold(job))
        job.state, job.dry_run, job.problem = state, options.dry_run, None
        job.step, job.done, job.all = "", 0, None
        job.said = {name: _plain(getattr(options, name)) for name in SAID}
        self.shelf.forget_text(job, "report")
        self.shelf.keep(job)
        self._begin(self._held(job, held, work))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _held(self, job: Job, held: ExitStack, work: Callable[[], Awaitable[None]]) -> None:
        """Do work on a job, say what came of it, and let the job go."""
        with held:
            try:
                await work()
            except asyncio.CancelledError:
                job.state = ENDED
                raise
            except WanggeError as error:
                job.state, job.problem = "failed", [error.key, error.facts]
            except Exception:
                LOG.exception("an import ended")
                job.state, job.problem = "failed", [WanggeError.key, {}]
            finally:
                self.shelf.keep(job)

    async def _look(self, principal: Principal, job: Job, options: Options) -> None:
        path = self.shelf.path(job)
        found = await preview(self.database, principal.scope, job.kind, path, options, sender=job.sender)
        for language in LANGUAGES:
            await asyncio.to_thread(self.shelf.keep_text, job, "preview", language, found.said(language))
        job.state = "ready"

    async def _run(self, principal: Principal, job: Job, options: Options) -> None:
        async with self._turn:
            job.state = "running"
            report = await import_file(
                self.database,
                principal.scope,
                job.kind,
                self.shelf.path(job),
                options,
                sender=job.sender,
                by=principal.username,
                name=job.name,
            )
        job.taken = not options.dry_run and (not report.refused or (options.partial and not report.whole))
        for language in LANGUAGES:
            await asyncio.to_thread(self.shelf.keep_text, job, "report", language, report.said(language))
        if job.taken:
            self.shelf.path(job).unlink(missing_ok=True)
        job.state = "done"

    async def _sweep_for_ever(self) -> None:
        while True:
            with suppress(OSError):
                await asyncio.to_thread(self.shelf.sweep)
            await asyncio.sleep(SWEPT_EVERY_S)


class Told:
    """Writes down how far an import is, a few times a second at most."""

    def __init__(self, shelf: Shelf, job: Job) -> None:
        """Take whose progress it is."""
        self.shelf, self.job, self.last = shelf, job, 0.0

    def __call__(self, step: str, done: int, all_of_them: int | None) -> None:
        """Note a step; comes from a thread or from the loop."""
        self.job.step, self.job.done, self.job.all = step, done, all_of_them
        if time.monotonic() - self.last > TOLD_EVERY_S:
            self.last = time.monotonic()
            self.shelf.keep(self.job)


def _plain(said: Any) -> Any:
    return dict(said) if isinstance(said, Mapping) else said
