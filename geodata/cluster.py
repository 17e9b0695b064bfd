"""A private PostgreSQL with PostGIS for whoever has no database; it starts and stops with the programs that use it."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from geodata.cluster_folder import PORT, Home, settle
from geodata.cluster_settings import memory_mb, server_settings, settings_text
from geodata.debian import install_command
from geodata.postgres import DiskFull, PostgisMissing, Programs, StartFailed, WrongDataVersion, find_programs, installed
from geodata.postmaster import Postmaster, end_remains, halt, postmaster

OWNER = "wangge_owner"
DATABASE = "wangge"
FALLBACK = Path("/var/lib/wangge")
ROOM_FOR_NEW_MB = 300
ROOM_TO_START_MB = 32
# Crash recovery replays up to `max_wal_size` before the server answers.
START_SECONDS = 180
LOG_BYTES = 8 << 20


class Cluster:
    """One private server in one folder; as many programs as like share it, the last one to stop takes it down.

    A program that is killed outright leaves the server running; the next `start()` finds it and takes it over.
    SIGTERM does not run Python's clean-up by itself: the program must turn it into an ordinary exit.
    """

    def __init__(
        self,
        folder: Path,
        *,
        fallback: Path = FALLBACK,
        settings: Mapping[str, str] | None = None,
        room_mb: int = ROOM_FOR_NEW_MB,
    ) -> None:
        """Remember where; nothing is touched before `start()`.

        `fallback`: where root's server keeps its data if its user cannot reach `folder`.
        `settings`: PostgreSQL settings over ours (tests turn `fsync` off).
        `room_mb`: free disk that a new database asks for, in MB.
        """
        self.folder = folder
        self._fallback = fallback
        self._settings = dict(settings or {})
        self._room_mb = room_mb
        self._home: Home | None = None
        self._users: int | None = None
        self._process = 0

    def __enter__(self) -> str:
        """Start and return the URL."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, whatever happened."""
        self.stop()

    def start(self) -> str:
        """Return the libpq URL of the running server, started if need be; call again to mend one that died.

        Raises a `ClusterError` whose text says what to do.
        """
        if not installed():
            raise PostgisMissing(command=install_command())
        home = self._home = settle(self.folder, self._fallback)
        with _alone(home):
            if self._users is None:
                self._users, self._process = _open(home, "users"), os.getpid()
            fcntl.flock(self._users, fcntl.LOCK_SH)
            try:
                found = self._running(home)
                _ensure_database(home, found)
            except BaseException:
                self._leave(home)
                raise
        return _url(found, DATABASE)

    def stop(self) -> None:
        """Stop using the server, and stop it if nobody else uses it; does nothing if not started."""
        # A forked child inherits this object, but the parent's server is not its to stop.
        if self._users is None or self._home is None or self._process != os.getpid():
            return
        with _alone(self._home):
            self._leave(self._home)

    def pid(self) -> int | None:
        """Return the server's process number, or none while it is down."""
        found = postmaster(self._home) if self._home else None
        return found.pid if found else None

    def log(self, lines: int = 20) -> str:
        """Return the last lines of the server's log."""
        return _tail(self._home, lines) if self._home else ""

    @property
    def home(self) -> Path | None:
        """Where the data really are: `folder`, or a place under `fallback`; none before `start()`."""
        return self._home.folder if self._home else None

    def _running(self, home: Home) -> Postmaster:
        found = postmaster(home)
        if found and found.ready and not found.socket.exists():
            # Somebody swept /tmp or moved the project: no program can reach this server any more.
            halt(home, found)
            found = None
        if found is None:
            self._bring_up(home)
        return _wait_until_ready(home)

    def _bring_up(self, home: Home) -> None:
        end_remains(home)
        new = not home.data.exists()
        home.demand_room(self._room_mb if new else ROOM_TO_START_MB)
        programs = _programs_for(home)
        if new:
            _create_data(home, programs)
        settings = server_settings(memory_mb()) | self._settings
        sockets = home.socket_folder()
        # Left by a killed server: with the number of a process that is somebody else's by now, ours would not start.
        for rest in sockets.glob(".s.PGSQL.*"):
            rest.unlink()
        settings |= {"unix_socket_directories": str(sockets), "port": str(PORT)}
        _write(home, home.data / "wangge.conf", settings_text(settings))
        _launch(home, programs)

    def _leave(self, home: Home) -> None:
        """Give up our share of the server, the lock being held; the last one stops it."""
        if self._users is None:
            return
        try:
            fcntl.flock(self._users, fcntl.LOCK_UN)
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if found := postmaster(home):
                halt(home, found)
        except BlockingIOError:
            pass
        finally:
            os.close(self._users)
            self._users = None


@contextlib.contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Let one program at a time start or stop the server; a killed program's lock is gone with it."""
    handle = _open(home, "lock")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _open(home: Home, name: str) -> int:
    return os.open(home.folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _programs_for(home: Home) -> Programs:
    """Return the programs of the data's own version, or the newest for a new cluster."""
    version = home.data / "PG_VERSION"
    written = int(version.read_text()) if version.is_file() else None
    if programs := find_programs(written):
        return programs
    have = ", ".join(str(programs.major) for programs in installed())
    raise WrongDataVersion(folder=home.data, written=written, installed=have)


def _create_data(home: Home, programs: Programs) -> None:
    """Make the data directory beside its place and move it there whole: a killed `initdb` leaves nothing half done."""
    for rest in home.folder.glob("new-*"):
        _remove(rest)
    new = Path(tempfile.mkdtemp(prefix="new-", dir=home.folder))
    home.give(new, 0o700)
    options = ["--encoding=UTF8", "--locale=C.UTF-8", f"--username={OWNER}", "--auth-local=trust", "--auth-host=reject"]
    # A relative name: `initdb` and `pg_ctl` paste paths into shell commands.
    _must(home, [programs.path("initdb"), *options, "-D", new.name], START_SECONDS)
    with (new / "postgresql.conf").open("a") as file:
        file.write("\ninclude_if_exists 'wangge.conf'\n")
    new.rename(home.data)


def _remove(folder: Path) -> None:
    """Remove what a killed program left; its `initdb` may live a moment longer and write into it meanwhile."""
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)


def _launch(home: Home, programs: Programs) -> None:
    if home.log.exists() and home.log.stat().st_size > LOG_BYTES:
        home.log.rename(home.log.with_suffix(".log.1"))
    home.log.touch()
    home.give(home.log, 0o600)
    command = [
        programs.path("pg_ctl"),
        "start",
        "-s",
        "-w",
        "-t",
        str(START_SECONDS),
        "-D",
        "data",
        "-l",
        home.log.name,
    ]
    try:
        _must(home, command, START_SECONDS + 10)
    except StartFailed:
        # A program killed while it started the server may have left one that was faster than ours.
        if postmaster(home) is None:
            raise


def _wait_until_ready(home: Home) -> Postmaster:
    """Return the server as soon as it answers; one that another program started may still be recovering."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        found = postmaster(home)
        if found is None:
            break
        if found.ready:
            return found
        time.sleep(0.1)
    raise StartFailed(step="waiting for it", folder=home.folder, log=_tail(home, 8))


def _ensure_database(home: Home, found: Postmaster) -> None:
    psql = [_programs_for(home).path("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", _url(found, "postgres"), "-c"]
    if DATABASE not in _must(home, [*psql, "SELECT datname FROM pg_database"], 60).splitlines():
        _must(home, [*psql, f"CREATE DATABASE {DATABASE}"], 120)


def _must(home: Home, command: list[str], seconds: float) -> str:
    """Run one of PostgreSQL's programs as the server's user and return what it prints, or raise what it meant."""
    step = Path(command[0]).name
    try:
        result = home.account.run(command, home.folder, seconds)
    except subprocess.TimeoutExpired as error:
        raise StartFailed(step=f"{step}, {seconds:.0f} s", folder=home.folder, log=_tail(home, 8)) from error
    if result.returncode == 0:
        return result.stdout.strip()
    words = "\n".join(result.stderr.strip().splitlines()[-8:])
    if step == "pg_ctl":
        words = _tail(home, 8)
    if "No space left on device" in words:
        raise DiskFull(folder=home.folder, needed_mb=ROOM_FOR_NEW_MB, free_mb=shutil.disk_usage(home.folder).free >> 20)
    raise StartFailed(step=step, folder=home.folder, log=words)


def _tail(home: Home, lines: int) -> str:
    if not home.log.exists():
        return ""
    with home.log.open("rb") as file:
        file.seek(max(0, home.log.stat().st_size - 65536))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


def _write(home: Home, path: Path, text: str) -> None:
    path.write_text(text)
    home.give(path, 0o600)


def _url(found: Postmaster, database: str) -> str:
    return f"postgresql://{OWNER}@/{database}?host={quote(str(found.socket.parent))}&port={found.port}"
