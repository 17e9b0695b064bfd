"""Colour schemes as data: what a colour means in a city from a day on. Files beside this one are shipped; a city brings its own.

`files` reads, `check` judges, `versions` keeps them in the database and tells which states are drawn.
"""

from geodata.schemes.check import Fault, faults
from geodata.schemes.files import Scheme, State, read, shipped, shipped_names
from geodata.schemes.versions import add, begins, drawn_states

__all__ = ["Fault", "Scheme", "State", "add", "begins", "drawn_states", "faults", "read", "shipped", "shipped_names"]
