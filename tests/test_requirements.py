"""`make demo` on a fresh machine installs requirements.txt alone: what only a test's library pulls in is not there."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement

from tests.test_imports import FILES, PROJECT

ALONE = """
import importlib, json, sys

told = json.load(sys.stdin)

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in told["absent"]:
            raise ModuleNotFoundError(f"no {name} on a fresh machine", name=name)

sys.meta_path.insert(0, Absent())
for module in told["modules"]:
    importlib.import_module(module)
"""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked() -> Iterator[Requirement]:
    """Yield what requirements.txt names."""
    for line in (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield Requirement(line)


def installed() -> set[str]:
    """Return every distribution that installing requirements.txt brings, by the environment's own metadata."""
    found: set[tuple[str, str]] = set()
    waiting = [(normal(one.name), extra) for one in asked() for extra in ("", *one.extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        for needed in map(Requirement, metadata.requires(name) or ()):
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(normal(needed.name), wanted) for wanted in ("", *needed.extras)]
    return {name for name, _ in found}


def test_the_product_imports_with_its_own_requirements_alone() -> None:
    here = installed()
    providers = metadata.packages_distributions().items()
    absent = [module for module, names in providers if not here & {normal(name) for name in names}]
    assert {"playwright", "pytest"} <= set(absent)
    modules = [
        ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        for file in FILES
        if "migrations" not in file.parts and file.name != "__main__.py"
    ]
    asking = json.dumps({"absent": absent, "modules": modules})
    done = subprocess.run(
        [sys.executable, "-c", ALONE], input=asking, cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
