"""Which kinds of rules there are: every module of `geodata/alerts/kinds`; found by file."""

import pkgutil
from functools import cache
from importlib import import_module
from types import MappingProxyType

from geodata.alerts import kinds
from geodata.alerts.declaration import Kind
from geodata.areas import SQL


class BadKind(Exception):
    """A declaration that must not be started with: which file, and what is wrong."""


@cache
def all_kinds() -> MappingProxyType[str, Kind]:
    """Return every kind by its id. Raises BadKind."""
    names = [module.name for module in pkgutil.iter_modules(kinds.__path__)]
    return MappingProxyType({name: _checked(name) for name in names})


def _checked(name: str) -> Kind:
    loaded = import_module(f"{kinds.__name__}.{name}")
    kind = getattr(loaded, "KIND", None)
    if not loaded.__doc__ or not isinstance(kind, Kind) or kind.id != name:
        raise BadKind(
            f"geodata/alerts/kinds/{name}.py: begins without a docstring, or declares no KIND of its own name"
        )
    if not (SQL / f"{kind.query}.sql").exists():
        raise BadKind(f"geodata/alerts/kinds/{name}.py: geodata/sql/{kind.query}.sql is missing")
    return kind
