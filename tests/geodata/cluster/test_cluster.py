import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from geodata.cluster import OWNER, Cluster
from geodata.postmaster import processes
from tests.geodata.cluster.programs import alive, ask, make


def test_a_fresh_cluster_is_a_postgis_of_its_own(place: Path) -> None:
    cluster = make(place / "new" / "pg")
    url = cluster.start()
    assert ask(url, "SELECT current_user || ' ' || rolsuper FROM pg_roles WHERE rolname = current_user") == (
        f"{OWNER} true"
    )
    ask(url, "CREATE EXTENSION postgis")
    assert ask(url, "SELECT ST_AsText(ST_Point(1, 2))") == "POINT(1 2)"
    assert ask(url, "SELECT pg_encoding_to_char(encoding) || datcollate FROM pg_database WHERE datname = 'wangge'") == (
        "UTF8C.UTF-8"
    )
    for name, value in {"listen_addresses": "", "synchronous_commit": "on", "jit": "off", "TimeZone": "UTC"}.items():
        assert ask(url, f"SHOW {name}") == value
    assert ask(url, "SELECT count(*) FROM pg_file_settings WHERE error IS NOT NULL") == 0
    pid = cluster.pid()
    cluster.stop()
    assert not alive(pid)
    assert cluster.pid() is None
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_psql_takes_the_address_as_it_is(cluster: Cluster) -> None:
    result = subprocess.run(
        ["psql", "-XAtc", "SELECT 6 * 7", cluster.start()], capture_output=True, text=True, check=True
    )
    assert result.stdout == "42\n"


def test_only_the_servers_user_can_look_in(cluster: Cluster) -> None:
    cluster.start()
    assert cluster.home is not None
    for name in ("data", "run"):
        assert stat.S_IMODE((cluster.home / name).stat().st_mode) == 0o700
    assert stat.S_IMODE((cluster.home / "server.log").stat().st_mode) == 0o600


def test_a_second_start_finds_the_data_of_the_first(cluster: Cluster) -> None:
    ask(cluster.start(), "CREATE TABLE kept AS SELECT 7 AS n")
    cluster.stop()
    assert ask(cluster.start(), "SELECT n FROM kept") == 7
    assert cluster.start() == cluster.start()


def test_stop_without_start_and_twice_is_nothing(cluster: Cluster) -> None:
    cluster.stop()
    cluster.start()
    cluster.stop()
    cluster.stop()


def test_nothing_is_left_running(cluster: Cluster) -> None:
    cluster.start()
    home = cluster._home
    assert home
    assert processes(home)
    cluster.stop()
    assert processes(home) == []
