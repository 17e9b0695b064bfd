import re
import shutil
from pathlib import Path

import pytest

import geodata.postgres
from geodata import debian
from geodata.postgres import InstallFailed, PostgisMissing
from tests.geodata.cluster.programs import make


def test_the_command_to_type_names_this_machines_packages() -> None:
    assert re.fullmatch(
        r"(sudo )?apt-get install -y postgresql(-\d+)? postgis postgresql-\d+-postgis-3", debian.install_command()
    )


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without PostgreSQL, as far as the program can see; its PATH is the folder returned."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "env", "true", "mkdir", "rm", "rmdir", "cat", "ln"):
        (programs / name).symlink_to(shutil.which(name) or "")
    monkeypatch.setattr(geodata.postgres, "DEBIAN", tmp_path / "postgresql")
    monkeypatch.setattr(debian, "DEBIAN", tmp_path / "postgresql")
    monkeypatch.setattr(debian, "NO_DEFAULT_CLUSTER", str(tmp_path / "createcluster.d" / "wangge.conf"))
    monkeypatch.setenv("PATH", str(programs))
    return programs


def fake(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_without_postgis_the_command_is_said(bare: Path, place: Path) -> None:
    with pytest.raises(PostgisMissing, match=r"Type:  .*apt-get install -y postgresql"):
        make(place / "pg").start()
    with pytest.raises(PostgisMissing, match=r"postgis"):
        debian.install_if_missing()
    assert not list(bare.parent.glob("createcluster.d"))


def test_installing_keeps_debian_from_starting_a_cluster(bare: Path) -> None:
    real, seen = "/usr/lib/postgresql", bare.parent / "seen"
    settings = bare.parent / "createcluster.d" / "wangge.conf"
    install = f"case $* in *install*) cat {settings} >> {seen}; ln -s {real} {bare.parent}/postgresql;; esac"
    fake(bare / "apt-get", f'echo "$DEBIAN_FRONTEND $*" >> {seen}; {install}')
    fake(bare / "sudo", 'shift; exec "$@"')
    said: list[str] = []
    debian.install_if_missing(said.append)
    update, packages, setting = seen.read_text().splitlines()
    assert update.endswith(" update")
    assert re.search(
        r"^noninteractive .* install --no-upgrade .* postgresql postgis postgresql-\d+-postgis-3", packages
    )
    assert setting == "create_main_cluster = false"
    assert not settings.parent.exists()
    assert len(said) == 1
    debian.install_if_missing(said.append)
    assert len(said) == 1


def test_a_failed_installation_says_how_to_see_why(bare: Path) -> None:
    fake(bare / "apt-get", "echo 'E: no such package' >&2; exit 100")
    fake(bare / "sudo", 'shift; exec "$@"')
    with pytest.raises(InstallFailed, match=r"(?s)Type this to see why:  .*apt-get.*E: no such package"):
        debian.install_if_missing(lambda _: None)
    assert not (bare.parent / "createcluster.d").exists()
