"""What the cluster's tests share: clusters without fsync, questions to them, and other programs that use them."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import psycopg

from geodata.cluster import Cluster
from geodata.postgres import Account, account_of

PROJECT = Path(__file__).parents[3]
HOLDER = Path(__file__).with_name("hold_cluster.py")
ROOT = os.geteuid() == 0
FAST = {"fsync": "off"}


def make(folder: Path) -> Cluster:
    return Cluster(folder, fallback=folder.parent / "fallback", settings=FAST)


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def alive(pid: int | None) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def server_account() -> Account:
    return account_of(pwd.getpwnam("postgres").pw_uid if ROOT else os.geteuid())


def python_for(user: str | None) -> str:
    """Return a Python that a user may run: root's own may lie in a closed folder."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            subprocess.run([python, "-c", "import typing; typing.Self"], check=True, user=user, cwd="/")
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    raise AssertionError("no Python that another user can run")


class Program:
    """Another program that uses a cluster."""

    def __init__(
        self, folder: Path, *, project: Path = PROJECT, python: str = sys.executable, user: str | None = None
    ) -> None:
        command = [python, str(project / "hold_cluster.py" if user else HOLDER), str(project), str(folder)]
        entry = pwd.getpwnam(user) if user else None
        self.process = subprocess.Popen(
            [*command, str(folder.parent / "fallback")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=entry.pw_uid if entry else None,
            group=entry.pw_gid if entry else None,
            extra_groups=[] if entry else None,
            cwd="/",
        )

    def started(self) -> tuple[str, int]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1])
        url, pid = line.split()
        return url, int(pid)

    def refused(self) -> str:
        _, said = self.process.communicate()
        assert self.process.returncode == 1
        return said

    def stop(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()
