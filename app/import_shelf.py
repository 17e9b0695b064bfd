"""Where brought files wait while somebody looks at them: a folder of this user's alone, shared by the server's processes."""

import fcntl
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO

from app.errors import ImportBusy, UnknownImport
from geodata.words import LANGUAGES

KEPT = timedelta(hours=1)
"""Counted from when somebody last did something with the file."""
FILE, STATE, LOCK = "file", "state.json", "lock"
ENDED = "ended"
"""The state of what its process did not bring to its end."""
BUSY = ("arriving", "reading", "waiting", "running")


@dataclass
class Job:
    """One brought file: whose it is, what it is for, and how far it has come."""

    id: str
    user: str
    kind: str
    sender: str
    name: str
    suffix: str
    size: int
    at: str
    """When something was last done with it, ISO 8601."""
    pid: int
    state: str = "arriving"
    """arriving, reading, ready, waiting, running, done, failed, or ended where its server went away."""
    step: str = ""
    done: int = 0
    all: int | None = None
    dry_run: bool = False
    taken: bool = False
    """Rows of it are in the database."""
    said: dict[str, Any] = field(default_factory=dict)
    """What somebody last said about the file: columns, states, crs, encoding, sheet, partial."""
    problem: list[Any] | None = None
    """The key and the facts of a sentence: why nothing came of it."""


class Shelf:
    """All files that wait. Raises UnknownImport for what is not there, or is somebody else's: both look the same."""

    def __init__(self, city: str) -> None:
        """Take what tells one city's server from another's on the same machine; nothing is made yet."""
        self.folder = (
            Path(tempfile.gettempdir()) / f"wangge-imports-{os.getuid()}-{sha256(city.encode()).hexdigest()[:16]}"
        )

    def add(self, user: str, kind: str, sender: str, name: str) -> Job:
        """Make room for a file; it goes to `path(job)`."""
        self._demand_own()
        suffix = Path(name).suffix.lower()
        safe = suffix if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) <= 9 else ""
        job = Job(token_hex(16), user, kind, sender, name[:200], safe, 0, "", os.getpid())
        (self.folder / job.id).mkdir(mode=0o700)
        self.keep(job)
        return job

    def path(self, job: Job) -> Path:
        """Return where its file is."""
        return self.folder / job.id / f"{FILE}{job.suffix}"

    def fill(self, job: Job, content: BinaryIO) -> int:
        """Copy a file to where it waits; return its bytes."""
        place = self.path(job)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(content, file, 1 << 20)
        return place.stat().st_size

    def keep(self, job: Job) -> None:
        """Write its state down, whole or not at all."""
        job.at = datetime.now(UTC).isoformat()
        self._write(job.id, STATE, asdict(job))

    def keep_text(self, job: Job, what: str, language: str, said: dict[str, Any]) -> None:
        """Keep a preview or a report in one language."""
        self._write(job.id, f"{what}.{language}.json", said)

    def text(self, job: Job, what: str, language: str) -> dict[str, Any] | None:
        """Return a kept preview or report."""
        found: dict[str, Any] | None = self._read(job.id, f"{what}.{language}.json")
        return found

    def forget_text(self, job: Job, what: str) -> None:
        """Take a preview or report away."""
        for language in LANGUAGES:
            (self.folder / job.id / f"{what}.{language}.json").unlink(missing_ok=True)

    def job(self, job_id: str, user: str) -> Job:
        """Return somebody's own job. Raises UnknownImport."""
        found = self._job(job_id)
        if found is None or found.user != user:
            raise UnknownImport
        if found.state in BUSY and self._is_free(found):
            # Between the two looks it may have come to its end by itself.
            found = self._job(job_id) or found
            if found.state in BUSY:
                found.state = ENDED
        return found

    def jobs(self) -> list[Job]:
        """Return everything that waits."""
        folders = list(self.folder.iterdir()) if self.folder.is_dir() else []
        return [job for folder in folders if (job := self._job(folder.name)) is not None]

    @contextmanager
    def hold(self, job: Job) -> Iterator[None]:
        """Work on a job alone, whichever process asks. Raises ImportBusy, UnknownImport."""
        lock = self._lock(job)
        try:
            yield
        finally:
            os.close(lock)

    def _lock(self, job: Job) -> int:
        try:
            lock = os.open(self.folder / job.id / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        except FileNotFoundError:
            raise UnknownImport from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise ImportBusy from None
        return lock

    def remove(self, job: Job) -> None:
        """Take a job away with its file."""
        shutil.rmtree(self.folder / job.id, ignore_errors=True)

    def sweep(self) -> None:
        """Take away what nobody touched for an hour and nothing works on."""
        for job in self.jobs():
            old = datetime.now(UTC) - datetime.fromisoformat(job.at) > KEPT
            if old and (job.state not in BUSY or self._is_free(job)):
                self.remove(job)

    def leave(self) -> None:
        """Take away what this process brought."""
        for job in self.jobs():
            if job.pid == os.getpid():
                self.remove(job)
        with suppress(OSError):
            self.folder.rmdir()

    def _is_free(self, job: Job) -> bool:
        try:
            with self.hold(job):
                return True
        except (ImportBusy, UnknownImport):
            return False

    def _job(self, job_id: str) -> Job | None:
        known = {one.name for one in fields(Job)}
        found = self._read(job_id, STATE) if job_id.isalnum() else None
        return Job(**found) if found is not None and set(found) <= known else None

    def _read(self, job_id: str, name: str) -> Any:
        try:
            return json.loads((self.folder / job_id / name).read_bytes())
        except (OSError, ValueError):
            return None

    def _write(self, job_id: str, name: str, content: Any) -> None:
        place = self.folder / job_id / name
        whole = place.with_name(f"{name}.{token_hex(4)}")
        with suppress(FileNotFoundError):  # it was taken away meanwhile
            whole.write_text(json.dumps(content, ensure_ascii=False, default=str), encoding="utf-8")
            whole.replace(place)

    def _demand_own(self) -> None:
        """Make the folder; one that somebody else made, or may read, is not used."""
        with suppress(FileExistsError):
            self.folder.mkdir(mode=0o700)
        found = self.folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise PermissionError(f"{self.folder.name} belongs to somebody else")
