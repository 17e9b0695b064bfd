"""Files that departments bring: read, checked row by row, taken whole or not at all."""

from geodata.imports.kinds import KINDS, Kind, take
from geodata.imports.rows import Problem

__all__ = ["KINDS", "Kind", "Problem", "take"]
