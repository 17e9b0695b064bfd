"""The PostgreSQL programs of this machine: which to run, as which user, and the sentence for each failure."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from geodata.errors import WanggeError

DEBIAN = Path("/usr/lib/postgresql")
# Programs get this and nothing else: a PGHOST or PGDATA of the caller must not lead them to another cluster.
CLEAN_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
PROGRAMS = ("initdb", "pg_ctl", "postgres", "psql", "pg_isready")


class ClusterError(WanggeError):
    """The private cluster cannot run; `str()` is a sentence that says what to do."""

    key = "error.cluster"
    sentence: ClassVar[str] = "The private PostgreSQL cannot run: {reason}"

    def __str__(self) -> str:
        """Return the English sentence; other languages come from the catalogue by `key` and `facts`."""
        return self.sentence.format(**self.facts)


class PostgisMissing(ClusterError):
    """No PostgreSQL with PostGIS here, and this program may not install it; `facts["command"]` does."""

    key = "error.postgis_missing"
    sentence = "PostgreSQL with PostGIS is not installed. Type:  {command}"


class InstallFailed(ClusterError):
    """The package manager could not install PostgreSQL and PostGIS."""

    key = "error.install_failed"
    sentence = "Installing PostGIS failed. Type this to see why:  {command}\n{output}"


class FolderNotWritable(ClusterError):
    """The cluster's folder cannot be made or written."""

    key = "error.folder_not_writable"
    sentence = (
        "Cannot write to {folder} ({reason}): give the user {user} the right to write there, or set DATABASE_URL."
    )


class FolderOfAnotherUser(ClusterError):
    """The data belong to a user that this program may not become."""

    key = "error.folder_of_another_user"
    sentence = "The database in {folder} belongs to {owner}, this program runs as {user}. Type:  {command}"


class WrongDataVersion(ClusterError):
    """The data were written by a major version of PostgreSQL that this machine has not."""

    key = "error.wrong_data_version"
    sentence = (
        "The database in {folder} was written by PostgreSQL {written}, this machine has {installed}: "
        "install postgresql-{written}-postgis-3, or move the folder away to start with an empty database."
    )


class DiskFull(ClusterError):
    """Too little room on the disk for a database."""

    key = "error.disk_full"
    sentence = "The disk of {folder} is full: a database needs at least {needed_mb} MB there, {free_mb} MB are free."


class StartFailed(ClusterError):
    """A PostgreSQL program failed; `facts["log"]` holds its last lines."""

    key = "error.start_failed"
    sentence = "PostgreSQL did not start ({step}) in {folder}. Its last words were:\n{log}"


@dataclass(frozen=True)
class Programs:
    """One installation of PostgreSQL that has PostGIS."""

    bin: Path
    major: int

    def path(self, name: str) -> str:
        """Return the full path of one program, such as `initdb`."""
        return str(self.bin / name)


@dataclass(frozen=True)
class Account:
    """The operating-system user that the server runs as: this program's own, or another if this is root."""

    name: str
    uid: int
    gid: int

    def run(self, command: list[str], folder: Path, seconds: float) -> subprocess.CompletedProcess[str]:
        """Run a program as this user in a folder, with a clean environment and no terminal; never raises on failure."""
        change = os.geteuid() != self.uid
        # A session of its own: Ctrl-C in the terminal reaches the program, which then stops the server in order.
        return subprocess.run(
            command,
            cwd=folder,
            env=CLEAN_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
            start_new_session=True,
            umask=0o077,
            user=self.uid if change else None,
            group=self.gid if change else None,
            extra_groups=[] if change else None,
        )


def account_of(uid: int) -> Account:
    """Return a user by number; a user without a name (containers have such) is called by the number."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(str(uid), uid, os.getegid())
    return Account(entry.pw_name, uid, entry.pw_gid)


def find_programs(major: int | None = None) -> Programs | None:
    """Return the newest PostgreSQL that has PostGIS (of one major version, if given), or none."""
    found = [programs for programs in installed() if major in (None, programs.major)]
    return max(found, key=lambda programs: programs.major, default=None)


def installed() -> list[Programs]:
    """Return every PostgreSQL with PostGIS: Debian's own places first, then what PATH leads to."""
    folders = [*sorted(DEBIAN.glob("*/bin"), reverse=True), *_folders_on_path()]
    return [programs for folder in dict.fromkeys(folders) if (programs := _look_into(folder))]


def _folders_on_path() -> list[Path]:
    folders = []
    if initdb := shutil.which("initdb"):
        folders.append(Path(initdb).resolve().parent)
    if config := shutil.which("pg_config"):
        folders.append(Path(_ask(config, "--bindir")))
    return folders


def _look_into(folder: Path) -> Programs | None:
    if not all((folder / name).is_file() for name in PROGRAMS):
        return None
    config = str(folder / "pg_config")
    control = Path(_ask(config, "--sharedir")) / "extension" / "postgis.control"
    # Debian's extension scripts outlive the library they need when that package is removed.
    library = Path(_ask(config, "--pkglibdir")) / "postgis-3.so"
    version = "".join(c if c.isdigit() else " " for c in _ask(config, "--version")).split()
    if not version or not control.is_file() or not library.is_file():
        return None
    return Programs(folder, int(version[0]))


def _ask(config: str, option: str) -> str:
    """Return what `pg_config` says, or nothing where it cannot be run."""
    try:
        answer = subprocess.run([config, option], capture_output=True, text=True, check=False, timeout=20)
    except OSError:
        return ""
    return answer.stdout.strip()
