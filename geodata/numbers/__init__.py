"""Numbers that feeds bring: one file each, found by file; the desk, the wall and the API show whatever is here."""

import pkgutil
from importlib import import_module
from types import MappingProxyType

from geodata.numbers.declaration import Line, Number
from geodata.scope import Scope

__all__ = ["NUMBERS", "Line", "Number", "for_reader"]

FLOOR = {"declaration", "reading"}


def _found() -> dict[str, Number]:
    """Return every number by id, in the order they are shown. Raises ValueError for a file without one, or a taken id."""
    numbers: dict[str, Number] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name in FLOOR:
            continue
        number = getattr(import_module(f"{__name__}.{module.name}"), "NUMBER", None)
        if not isinstance(number, Number) or number.id in numbers:
            raise ValueError(f"geodata/numbers/{module.name}.py: declares no NUMBER, or one whose id is taken")
        numbers[number.id] = number
    return dict(sorted(numbers.items(), key=lambda pair: (pair[1].order, pair[0])))


def for_reader(scope: Scope) -> tuple[Number, ...]:
    """Return the numbers that a reader's role may see, in the order they are shown."""
    return tuple(number for number in NUMBERS.values() if scope.homes or not number.homes)


NUMBERS: MappingProxyType[str, Number] = MappingProxyType(_found())
"""Every number by id."""
