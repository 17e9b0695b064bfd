"""The floors of the house: imports run one way, the environment is read in one place, connections open in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
FLOORS = ("geodata", "layers", "callbacks", "app")
FILES = [file for floor in FLOORS for file in sorted((PROJECT / floor).rglob("*.py"))]
OPENERS = {"geodata/database.py", "geodata/cluster.py"}


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield every module that a file imports, also inside its functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole module"
            yield node.module or ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_a_floor_stands_on_those_below(file: Path) -> None:
    """`geodata ← layers ← callbacks ← app`, and nothing of the product imports tests or benchmarks."""
    own = file.relative_to(PROJECT).parts[0]
    above = {*FLOORS[FLOORS.index(own) + 1 :], "tests", "bench"}
    found = {
        module for module in imported(ast.parse(file.read_text(encoding="utf-8"))) if module.split(".")[0] in above
    }
    assert not found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_one_place_reads_the_environment_and_one_opens_connections(file: Path) -> None:
    """Only app/settings.py reads os.environ; only geodata/database.py and the cluster's own start connect."""
    name = str(file.relative_to(PROJECT))
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            called = f"{node.value.id}.{node.attr}"
            assert called not in {"os.getenv", "os.environ"} or name == "app/settings.py", called
            assert called not in {"psycopg.connect", "asyncpg.connect", "asyncpg.create_pool"} or name in OPENERS, (
                called
            )
        if isinstance(node, ast.Name) and node.id in {"create_engine", "create_async_engine"}:
            assert name in OPENERS, node.id
