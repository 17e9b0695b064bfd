"""Files of departments, whatever program wrote them: read as text, checked as files, judged elsewhere."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geodata.files.book import Book, Chunk, Places
    from geodata.files.opening import opened
    from geodata.files.refusals import UnreadableFile

__all__ = ["Book", "Chunk", "Places", "UnreadableFile", "opened"]
_MODULES = ("geodata.files.opening", "geodata.files.book", "geodata.files.refusals")


def __getattr__(name: str) -> Any:
    """Look a name up when it is asked for: the process that reads a sheet needs neither GDAL nor shapely."""
    if name not in __all__:
        raise AttributeError(name)
    return next(getattr(module, name) for module in map(import_module, _MODULES) if hasattr(module, name))
