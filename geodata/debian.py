"""Install PostgreSQL and PostGIS on a bare Debian, without touching any cluster that the machine has."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from geodata.postgres import DEBIAN, ClusterError, InstallFailed, PostgisMissing, find_programs

# Used where the package lists are not there to be asked.
POSTGRESQL_OF_DEBIAN = {"12": 15, "13": 17}
# pg_createcluster reads every file of this folder; ours is there only while the packages are installed.
NO_DEFAULT_CLUSTER = "/etc/postgresql-common/createcluster.d/wangge.conf"
QUIET = ["env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1"]
APT = [*QUIET, "apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"]


def install_if_missing(say: Callable[[str], None] = print) -> None:
    """Make sure PostgreSQL with PostGIS is here; `say` gets one line before anything is installed.

    Raises `PostgisMissing` (with the command to type) where this program may not install, `InstallFailed` if it fails.
    """
    if find_programs():
        return
    rights = _rights()
    if rights is None or not shutil.which("apt-get"):
        raise PostgisMissing(command=install_command())
    say("Installing PostgreSQL and PostGIS, once (about a minute) ...")
    # A mirror of something else may be away: whether our packages can be had, the next command shows.
    _run([*rights, *APT, "update"])
    with _no_default_cluster(rights):
        # An upgrade of what is there would restart the clusters that run on it.
        result = _run([*rights, *APT, "install", "--no-upgrade", "--no-install-recommends", *packages()])
    if result.returncode != 0 or not find_programs():
        output = "\n".join((result.stdout + result.stderr).strip().splitlines()[-5:])
        raise InstallFailed(command=install_command(), output=output)


def install_command() -> str:
    """Return the one command that installs PostGIS on this machine."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install -y {' '.join(packages())}"


def packages() -> list[str]:
    """Return the Debian packages that are wanted: PostGIS for the newest server here, else for Debian's own."""
    major = _server_here() or _server_of_debian()
    if major is None:
        return ["postgresql", "postgis", "postgresql-postgis"]
    server = f"postgresql-{major}" if _server_here() else "postgresql"
    return [server, "postgis", f"postgresql-{major}-postgis-3"]


def _server_here() -> int | None:
    servers = [path.parent.parent.name for path in DEBIAN.glob("*/bin/postgres")]
    return max((int(name) for name in servers if name.isdigit()), default=None)


def _server_of_debian() -> int | None:
    """Return the PostgreSQL that this Debian carries, told by its package lists, or by its release."""
    if shutil.which("apt-cache"):
        found = re.search(r"Depends: postgresql-(\d+)", _run(["apt-cache", "depends", "postgresql"]).stdout)
        if found:
            return int(found[1])
    release = Path("/etc/os-release")
    found = re.search(r'^VERSION_ID="?(\d+)', release.read_text() if release.is_file() else "", re.MULTILINE)
    return POSTGRESQL_OF_DEBIAN.get(found[1]) if found else None


def _rights() -> list[str] | None:
    """Return what to put before a command to run it as root without a password, or none if that is not possible."""
    if os.geteuid() == 0:
        return []
    may = shutil.which("sudo") and _run(["sudo", "-n", "true"]).returncode == 0
    return ["sudo", "-n"] if may else None


@contextmanager
def _no_default_cluster(rights: list[str]) -> Iterator[None]:
    """Keep Debian from making and starting its own cluster meanwhile; clusters that exist are left as they are."""
    folder = str(Path(NO_DEFAULT_CLUSTER).parent)
    write = f"mkdir -p {folder} && echo 'create_main_cluster = false' > {NO_DEFAULT_CLUSTER}"
    remove = f"rm -f {NO_DEFAULT_CLUSTER}; rmdir --ignore-fail-on-non-empty {folder}"
    _run([*rights, "sh", "-c", write])
    try:
        yield
    finally:
        _run([*rights, "sh", "-c", remove])


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, stdin=subprocess.DEVNULL
    )


if __name__ == "__main__":
    try:
        install_if_missing()
    except ClusterError as error:
        sys.exit(str(error))
