import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from geodata.cluster import Cluster
from geodata.postgres import (
    find_programs,
)
from tests.geodata.cluster.programs import (
    HOLDER,
    PROJECT,
    ROOT,
    Program,
    alive,
    ask,
    make,
    python_for,
    server_account,
)


def test_the_server_of_a_killed_program_is_taken_over(cluster: Cluster) -> None:
    program = Program(cluster.folder)
    url, pid = program.started()
    program.kill()
    assert alive(pid)
    assert cluster.start() == url
    assert cluster.pid() == pid
    cluster.stop()
    assert not alive(pid)


def test_two_programs_at_once_share_one_server(place: Path) -> None:
    first, second = Program(place / "pg"), Program(place / "pg")
    assert (shared := first.started()) == second.started()
    first.stop()
    assert ask(shared[0], "SELECT 1") == 1
    second.stop()
    assert not alive(shared[1])


def test_programs_killed_while_they_start(place: Path) -> None:
    for seconds in (0.15, 0.5, 0.8, 1.0):
        program = Program(place / "pg")
        time.sleep(seconds)
        program.kill()
    with make(place / "pg") as url:
        assert ask(url, "SELECT 1") == 1
    assert not list((place / "pg").glob("new-*"))


def test_a_forked_child_does_not_stop_the_parents_server(cluster: Cluster) -> None:
    url = cluster.start()
    child = os.fork()
    if child == 0:
        cluster.stop()
        os._exit(0)
    os.waitpid(child, 0)
    assert ask(url, "SELECT 1") == 1


def test_a_copied_folder_is_a_cluster_of_its_own(cluster: Cluster, place: Path) -> None:
    cluster.start()
    first = cluster.pid()
    subprocess.run(["cp", "-a", place / "pg", place / "copy"], check=True)
    copy = make(place / "copy")
    with copy as url:
        assert ask(url, "SELECT 1") == 1
        assert copy.pid() != first
    assert cluster.pid() == first


def test_an_ordinary_user_can_run_it(place: Path) -> None:
    user = "nobody" if ROOT else None
    (place / "geodata").mkdir()
    for file in [*(PROJECT / "geodata").glob("*.py"), HOLDER]:
        shutil.copy(file, place / ("geodata" if file != HOLDER else ""))
    (place / "theirs").mkdir()
    if user:
        os.chown(place / "theirs", pwd.getpwnam(user).pw_uid, -1)
    program = Program(place / "theirs" / "pg", project=place, python=python_for(user), user=user)
    url, pid = program.started()
    assert ask(url, "SELECT 1") == 1
    assert Path(f"/proc/{pid}").stat().st_uid == (pwd.getpwnam(user).pw_uid if user else os.geteuid())
    # Root, on the same folder, runs the server as the owner of the data.
    with make(place / "theirs" / "pg") as same:
        assert same == url
    program.stop()
    assert not alive(pid)
    # And the other way round: what root began as `postgres`, another user is told about.
    if user:
        with make(place / "pg"):
            pass
        said = Program(place / "pg", project=place, python=python_for(user), user=user).refused()
        assert said.startswith("FolderOfAnotherUser: The database in ")
        assert f"Type:  sudo chown -R {user} " in said


def test_another_cluster_is_neither_used_nor_touched(cluster: Cluster, place: Path) -> None:
    programs = find_programs()
    assert programs
    decoy, account = place / "decoy", server_account()
    decoy.mkdir()
    os.chown(decoy, account.uid, account.gid)
    control = [programs.path("pg_ctl"), "-s", "-w", "-D", "data"]
    options = f"-k {decoy} -p 5432 -c listen_addresses= -c fsync=off"
    for command in (
        [programs.path("initdb"), "-N", "-A", "trust", "-U", "somebody", "-D", "data"],
        [*control, "-o", options, "-l", "log", "start"],
    ):
        assert account.run(command, decoy, 60).returncode == 0
    try:
        theirs = f"postgresql://somebody@/postgres?host={decoy}&port=5432"
        ask(theirs, "CREATE TABLE theirs AS SELECT 1 AS n")
        state = "SELECT pg_postmaster_start_time()::text || pg_conf_load_time()"
        before = ask(theirs, state)
        ours = cluster.start()
        assert ask(ours, "SELECT to_regclass('theirs') IS NULL")
        assert ask(ours, "SHOW port") != "5432"
        cluster.stop()
        # Even its number in our own stale pid file does not lead us to it.
        assert cluster.home
        shutil.copy(decoy / "data" / "postmaster.pid", cluster.home / "data" / "postmaster.pid")
        assert cluster.pid() is None
        ask(cluster.start(), "SELECT 1")
        cluster.stop()
        assert ask(theirs, state) == before
    finally:
        account.run([*control, "-m", "immediate", "stop"], decoy, 60)


def test_the_environment_does_not_lead_to_another_cluster(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGHOST": "/nowhere", "PGPORT": "1", "PGDATA": "/nowhere", "PGOPTIONS": "-c bad=1"}.items():
        monkeypatch.setenv(name, value)
    assert cluster.start()
    assert cluster.pid()
