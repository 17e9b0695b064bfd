"""Which processes serve a cluster: told by where they stand, for a number in a pid file may be anybody's by now."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from geodata.cluster_folder import Home
from geodata.postgres import StartFailed

STOP_SECONDS = 60


@dataclass(frozen=True)
class Postmaster:
    """A live server as its pid file describes it."""

    pid: int
    port: int
    socket: Path
    ready: bool

    @property
    def in_tmp(self) -> bool:
        """Whether the socket has a folder of its own under `/tmp`."""
        return self.socket.parent.parent == Path("/tmp") and self.socket.parent.name.startswith("wangge-")  # noqa: S108


def postmaster(home: Home) -> Postmaster | None:
    """Return the live server of a cluster, or none if it is down."""
    try:
        lines = (home.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 5 or int(lines[0]) not in processes(home):
        return None
    port = int(lines[3])
    ready = len(lines) > 7 and lines[7].strip() == "ready"
    return Postmaster(int(lines[0]), port, Path(lines[4]) / f".s.PGSQL.{port}", ready)


def processes(home: Home) -> list[int]:
    """Return the numbers of all server processes whose working directory is this cluster's data directory."""
    # `find` runs as the server's user: in a container even root may not look at another user's processes.
    command = ["find", "/proc", "-mindepth", "2", "-maxdepth", "2", "-name", "cwd", "-printf", "%h %l\n"]
    lines = home.account.run(command, Path("/"), 30).stdout.splitlines()
    here = f" {home.data}"
    pids = [int(line.removesuffix(here).removeprefix("/proc/")) for line in lines if line.endswith(here)]
    return [pid for pid in pids if _command(pid) == "postgres"]


def halt(home: Home, found: Postmaster) -> None:
    """Stop the server in order: sessions are ended, what is committed is on disk."""
    os.kill(found.pid, signal.SIGINT)
    if not _gone(home, STOP_SECONDS):
        end_remains(home)
    if found.in_tmp:
        with contextlib.suppress(OSError):
            found.socket.parent.rmdir()


def end_remains(home: Home) -> None:
    """See that no process of an earlier server is left on the data, and that its pid file is gone.

    After a killed postmaster its sessions leave by themselves; one in the middle of a long query is told to.
    """
    pid_file = home.data / "postmaster.pid"
    stale = pid_file.read_text() if pid_file.is_file() else ""
    if not _gone(home, 3):
        for pid in processes(home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
    if not _gone(home, 20):
        rest = f"processes {processes(home)} of an earlier server do not end"
        raise StartFailed(step="after a crash", folder=home.folder, log=rest)
    # The number in a stale pid file may be somebody else's process by now, and the server would refuse to start.
    if stale and pid_file.is_file() and pid_file.read_text() == stale:
        pid_file.unlink()


def _gone(home: Home, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while processes(home):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
