import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from geodata.cluster import Cluster
from tests.geodata.cluster.programs import make


def open_folder() -> Path:
    """Make a folder that every user can pass through: pytest's own are closed to the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="wangge-test-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def fresh() -> Iterator[Path]:
    """A cluster as its first start leaves it, to be copied: half a second less a test."""
    folder = open_folder()
    with make(folder / "pg"):
        pass
    yield folder / "pg"
    shutil.rmtree(folder)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for one test."""
    folder = open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cluster(place: Path, fresh: Path) -> Iterator[Cluster]:
    """A cluster that has been started before and is down."""
    subprocess.run(["cp", "-a", fresh, place / "pg"], check=True)
    made = make(place / "pg")
    yield made
    made.stop()
