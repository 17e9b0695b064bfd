"""Where the private cluster lives, and as which user: a folder that the server's user can reach, owns and may write."""

import contextlib
import hashlib
import itertools
import logging
import os
import pwd
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from geodata.postgres import (
    Account,
    ClusterError,
    DiskFull,
    FolderNotWritable,
    FolderOfAnotherUser,
    account_of,
)

LOG = logging.getLogger(__name__)
POINTER = "location"
# A server's socket is `.s.PGSQL.<port>`; Linux takes paths of at most 107 bytes.
LONGEST_SOCKET_PATH = 107
PORT = 54329
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+@-]+")


@dataclass(frozen=True)
class Home:
    """The folder of one cluster and the user who runs its server."""

    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    def give(self, path: Path, mode: int) -> None:
        """Hand something this program made to the server's user."""
        if os.geteuid() != self.account.uid:
            os.chown(path, self.account.uid, self.account.gid)
        path.chmod(mode)

    def socket_folder(self) -> Path:
        """Return the private folder of the server's socket, made if need be: `run/`, or a short one under `/tmp`."""
        folder = self.folder / "run"
        longest = len(os.fsencode(folder / f".s.PGSQL.{PORT}.lock"))
        # Commas and quotes mean something in PostgreSQL's setting, others in URLs: such paths are not used.
        if longest > LONGEST_SOCKET_PATH or not PLAIN_PATH.fullmatch(str(folder)):
            # _private() checks owner and mode. Not TMPDIR: it may be as long.
            folder = Path("/tmp") / f"wangge-{self.account.uid}-{_short(self.folder)}"  # noqa: S108
        return self._private(folder)

    def demand_room(self, needed_mb: int) -> None:
        """Refuse to write on a full disk: PostgreSQL would stop in the middle."""
        free_mb = shutil.disk_usage(self.folder).free >> 20
        if free_mb < needed_mb:
            raise DiskFull(folder=self.folder, needed_mb=needed_mb, free_mb=free_mb)

    def _private(self, folder: Path) -> Path:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            self.give(folder, 0o700)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.account.uid or found.st_mode & 0o077:
            raise FolderOfAnotherUser(
                folder=folder, owner=account_of(found.st_uid).name, user=self.account.name, command=f"rm -r '{folder}'"
            )
        return folder


def settle(folder: Path, fallback: Path) -> Home:
    """Make the cluster's folder and return the home in it, or one under `fallback` where the server cannot reach it.

    Only root's clusters move: PostgreSQL refuses to run as root, and another user cannot see into, say, `/root`.
    """
    try:
        folder = folder.resolve()
        home = _own(folder) if os.geteuid() != 0 else _for_root(folder, fallback)
    except OSError as error:
        user = account_of(os.geteuid()).name
        raise FolderNotWritable(folder=folder, reason=error.strerror, user=user) from error
    return home


def _for_root(folder: Path, fallback: Path) -> Home:
    _make(folder)
    place = _pointed(folder) or folder
    home = Home(place, _server_account(place))
    return home if _reachable(home) else _elsewhere(folder, home.account, fallback)


def _make(folder: Path) -> None:
    """Make a folder that everybody may pass through; what lies in it is closed."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".probe-{os.getpid()}"
    probe.touch()
    probe.unlink()
    if os.geteuid() == folder.stat().st_uid:
        folder.chmod(folder.stat().st_mode | 0o011)


def _own(folder: Path) -> Home:
    """Return an ordinary user's home, or refuse where another user's data lie in it."""
    account = account_of(os.geteuid())
    folder = _pointed(folder) or folder
    data = folder / "data"
    owner = data.stat().st_uid if data.exists() else account.uid
    if owner != account.uid:
        command = f"sudo chown -R {account.name} '{folder}'"
        raise FolderOfAnotherUser(folder=folder, owner=account_of(owner).name, user=account.name, command=command)
    _make(folder)
    return Home(folder, account)


def _server_account(place: Path) -> Account:
    """Return whom root runs the server as: the owner of the data that are there, else `postgres`."""
    data = place / "data"
    owner = data.stat().st_uid if data.exists() else 0
    if owner != 0:
        return account_of(owner)
    try:
        postgres = pwd.getpwnam("postgres")
    except KeyError as error:
        reason = "PostgreSQL refuses to run as root and there is no user 'postgres' here; type:  useradd -r postgres"
        raise ClusterError(reason=reason) from error
    account = Account(postgres.pw_name, postgres.pw_uid, postgres.pw_gid)
    if data.exists():
        command = f"chown -R {account.name} '{data}'"
        raise FolderOfAnotherUser(folder=data, owner="root", user=account.name, command=command)
    return account


def _reachable(home: Home) -> bool:
    """Whether the server's user can pass through to the home, and root can give it something there."""
    probe = home.folder / f".probe-{os.getpid()}"
    try:
        probe.mkdir()
        home.give(probe, 0o700)
        return home.account.run(["test", "-w", str(probe)], Path("/"), 10).returncode == 0
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            probe.rmdir()


def _elsewhere(folder: Path, account: Account, fallback: Path) -> Home:
    place = next(place for n in itertools.count() if _is_free(place := fallback / _short(folder, n), folder))
    _make(place)
    (place / "origin").write_text(f"{folder}\n")
    (folder / POINTER).write_text(f"{place}\n")
    home = Home(place.resolve(), account)
    if not _reachable(home):
        raise FolderNotWritable(folder=place, reason="not reachable", user=account.name)
    LOG.warning("The user %s cannot reach %s: the database lives in %s.", account.name, folder, place)
    return home


def _is_free(place: Path, folder: Path) -> bool:
    """Whether a place is nobody's, or this folder's already."""
    origin = place / "origin"
    return not origin.is_file() or Path(origin.read_text().strip()) == folder


def _pointed(folder: Path) -> Path | None:
    """Return the place that a pointer names, unless it is still the place of the folder this one was copied from."""
    pointer = folder / POINTER
    place = Path(pointer.read_text().strip()) if pointer.is_file() else None
    if place is None or not (place / "origin").is_file():
        return None
    first = Path((place / "origin").read_text().strip())
    if first != folder:
        if (first / POINTER).exists():
            return None
        # The project was moved: its database goes with it.
        with contextlib.suppress(OSError):
            (place / "origin").write_text(f"{folder}\n")
    return place


def _short(folder: Path, n: int = 0) -> str:
    return hashlib.sha256(os.fsencode(folder) + b"\0" * n).hexdigest()[:12]
