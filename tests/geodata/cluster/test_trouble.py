import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from geodata.cluster import Cluster
from geodata.cluster_folder import PORT, settle
from geodata.postgres import (
    ClusterError,
    DiskFull,
    FolderNotWritable,
    FolderOfAnotherUser,
    StartFailed,
    WrongDataVersion,
)
from tests.geodata.cluster.programs import (
    FAST,
    ROOT,
    alive,
    ask,
    make,
    server_account,
)


def test_a_killed_server_comes_back_with_what_was_committed(cluster: Cluster) -> None:
    ask(cluster.start(), "CREATE TABLE kept AS SELECT 7 AS n")
    first = cluster.pid()
    assert first
    os.kill(first, signal.SIGKILL)
    while alive(first):
        time.sleep(0.01)
    assert ask(cluster.start(), "SELECT n FROM kept") == 7
    assert cluster.pid() != first


def test_sessions_of_a_killed_server_are_ended_before_the_next_one(cluster: Cluster) -> None:
    busy = psycopg.connect(cluster.start())
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 4000000000) n")
    time.sleep(0.3)
    os.kill(cluster.pid() or 0, signal.SIGKILL)
    time.sleep(0.2)
    assert alive(busy.info.backend_pid)
    assert ask(cluster.start(), "SELECT 1") == 1
    assert not alive(busy.info.backend_pid)
    busy.close()


def test_a_stale_number_that_is_somebody_elses_process_by_now(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    assert cluster.home
    with subprocess.Popen(["sleep", "60"], user=server_account().uid if ROOT else None) as stranger:
        pid_file = cluster.home / "data" / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{cluster.home}/data\n1\n{PORT}\n{cluster.home}/run\n\n  1  1\nready\n")
        assert ask(cluster.start(), "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_socket_that_was_swept_away(cluster: Cluster) -> None:
    cluster.start()
    first = cluster.pid()
    assert cluster.home
    (cluster.home / "run" / f".s.PGSQL.{PORT}").unlink()
    assert ask(cluster.start(), "SELECT 1") == 1
    assert cluster.pid() != first


@pytest.mark.parametrize("name", ["户 'x' \"$(touch oops)\", %20#?&", "long-" * 20])
def test_any_path_will_do(place: Path, name: str) -> None:
    odd = make(place / name)
    with odd as url:
        assert ask(url, "SHOW data_directory") == str(place / name / "data")
        folder = Path(str(ask(url, "SHOW unix_socket_directories")))
    assert not folder.exists()
    assert not list(place.rglob("oops"))


@pytest.mark.parametrize("folder", ["/proc/wangge", "{place}/file/pg"])
def test_a_folder_that_cannot_be_written(place: Path, folder: str) -> None:
    (place / "file").write_text("not a folder")
    with pytest.raises(FolderNotWritable, match=r"Cannot write to .*: give the user \w+ the right to write there"):
        make(Path(folder.format(place=place))).start()


def test_data_of_another_major_version_is_left_alone(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    assert cluster.home
    version = cluster.home / "data" / "PG_VERSION"
    version.write_text("9\n")
    with pytest.raises(WrongDataVersion, match=r"written by PostgreSQL 9, this machine has \d+.*: install") as caught:
        cluster.start()
    assert isinstance(caught.value, ClusterError)
    assert version.read_text() == "9\n"


def test_a_full_disk_is_said_before_anything_is_written(place: Path) -> None:
    with pytest.raises(DiskFull, match=r"needs at least 1000000000 MB there, \d+ MB are free"):
        Cluster(place / "pg", settings=FAST, room_mb=10**9).start()
    assert not (place / "pg" / "data").exists()


def test_a_server_that_does_not_start_says_why(place: Path) -> None:
    with pytest.raises(StartFailed, match="shared_buffers"):
        Cluster(place / "pg", settings={"shared_buffers": "much"}).start()
    with make(place / "pg") as url:
        assert ask(url, "SELECT 1") == 1


def test_data_of_somebody_else(place: Path) -> None:
    (place / "pg").mkdir()
    (place / "pg" / "data").symlink_to("/etc")
    with pytest.raises(FolderOfAnotherUser, match=r"belongs to root, .* Type:  (sudo )?chown -R \w+ "):
        make(place / "pg").start()


def test_a_folder_that_the_server_cannot_reach(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "pg", fallback=place / "fallback", settings=FAST)
    with cluster as url:
        assert ask(url, "SELECT 1") == 1
        home = cluster.home
    expected = place / "fallback" if ROOT else closed
    assert home
    assert home.is_relative_to(expected)
    if ROOT:
        assert (closed / "pg" / "location").read_text() == f"{home}\n"


def test_a_moved_project_keeps_its_data_and_a_copied_one_does_not(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    first = settle(closed / "pg", place / "fallback").folder
    (closed / "pg").rename(closed / "moved")
    moved = settle(closed / "moved", place / "fallback").folder
    shutil.copytree(closed / "moved", closed / "copy")
    copy = settle(closed / "copy", place / "fallback").folder
    again = settle(closed / "pg", place / "fallback").folder
    assert len({moved, copy, again}) == 3
    if ROOT:
        assert first == moved
