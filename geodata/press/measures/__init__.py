"""Measures that may be published: one file a measure, found by file, checked before anything is published."""

import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from geodata.press.declaration import PressMeasure
from geodata.press.homes import GROUPS, TOTAL
from geodata.press.rooms import ROOMS, TAKEN

CLINICS = "clinics"
PROTECTED = frozenset({TOTAL, *GROUPS, TAKEN})
"""Cells that count people or homes, each of which goes through the protection."""
OPEN = frozenset({ROOMS, CLINICS})
"""Cells that count no people."""


class BadMeasure(Exception):
    """A declaration that must not be started with: which file, and what is wrong."""


@cache
def measures() -> Mapping[str, PressMeasure]:
    """Return every measure by id, in the order in which they are offered. Raises BadMeasure."""
    modules = [module.name for module in pkgutil.iter_modules(__path__)]
    loaded = [import_module(f"{__name__}.{name}") for name in modules]
    return collected(
        (name, module.__doc__, getattr(module, "MEASURE", None)) for name, module in zip(modules, loaded, strict=True)
    )


def collected(declared: Iterable[tuple[str, str | None, object]]) -> Mapping[str, PressMeasure]:
    """Return the measures of some files (name, docstring, what they declare). Raises BadMeasure."""
    found: dict[str, PressMeasure] = {}
    for name, docstring, measure in declared:
        checked = check(name, docstring, measure)
        if checked.id in found:
            raise BadMeasure(f"geodata/press/measures/{name}.py: the id {checked.id!r} is taken by another file")
        found[checked.id] = checked
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: (item[1].order, item[0]))))


def check(name: str, docstring: str | None, measure: object) -> PressMeasure:
    """Return the measure a module declares. Raises BadMeasure with the file's name and what to mend."""
    file = f"geodata/press/measures/{name}.py"
    if not docstring:
        raise BadMeasure(f"{file}: says nothing about itself; begin it with a docstring")
    if not isinstance(measure, PressMeasure):
        raise BadMeasure(f"{file}: declares no MEASURE")
    if measure.id != name:
        raise BadMeasure(f"{file}: the id {measure.id!r} is not the file's name")
    for cell in (measure.cell, *([measure.of] if measure.of else [])):
        if cell not in PROTECTED | OPEN:
            raise BadMeasure(f"{file}: {cell!r} is no published cell; a count of people must go through the protection")
    if measure.people != bool({measure.cell, measure.of} & PROTECTED):
        raise BadMeasure(f"{file}: says wrongly whether it counts people")
    if (measure.kind == "share") != bool(measure.of) or measure.per < 1:
        raise BadMeasure(f"{file}: a share is so many per so many of a whole, and a count has none")
    return measure
