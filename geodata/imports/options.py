"""What whoever brings a file says about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Progress = Callable[[str, int, int | None], None]
"""(`reading`, `placing`, `writing` or `closing`; rows done; rows there are, none where nobody knows)."""


def silent(_step: str, _done: int, _all: int | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be understood, and how much of it may be left out."""

    crs: str = "auto"
    """The coordinate system; `auto` finds it by the areas that the rows themselves name."""
    encoding: str | None = None
    """None finds it."""
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """A column of the file, and the field that it holds; an empty field leaves the column in the file."""
    states: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """A word of the file for a state, and the state's code."""
    partial: bool = False
    """Take what is right of it, and leave what is wrong in quarantine."""
    dry_run: bool = False
    """Do everything, and then nothing."""
    progress: Progress = silent
    sheet: str | None = None
    """The sheet, layer, folder or packed file that is meant where a file has several."""
