"""Whose work the press desk is."""

from geodata.model import Role

MAKERS = frozenset({Role.PRESS, Role.COMMAND, Role.OFFICER, Role.ADMIN})
"""Roles that may make and approve pictures that leave the office, each within their own areas."""
