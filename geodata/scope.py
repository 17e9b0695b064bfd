"""Whose areas a reader sees: two lists of tree paths, handed to the database with every transaction."""

from dataclasses import dataclass

from geodata.model.people import Role

NOWHERE = "0"
"""A path that is no area's: whoever owns the machine may bring the areas of a city that has none yet."""
WITHOUT_HOMES = frozenset({Role.PRESS})
"""Roles that never reach a table of homes, wherever their areas are."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The areas (ltree paths, each with everything below it) that one reader sees, and in which of them homes."""

    role: Role
    paths: tuple[str, ...]

    @property
    def home_paths(self) -> tuple[str, ...]:
        """Return the paths in which tables about homes are visible."""
        return () if self.role in WITHOUT_HOMES else self.paths

    @property
    def homes(self) -> bool:
        """Say whether this reader may see anything about homes."""
        return bool(self.home_paths)

    def settings(self) -> tuple[str, str]:
        """Return the values of `app.paths` and `app.home_paths` that the policies read."""
        return ",".join(self.paths), ",".join(self.home_paths)

    @property
    def founds(self) -> bool:
        """Say whether this reader may bring what everything else hangs on: an administrator of the whole city."""
        return self.role is Role.ADMIN and any("." not in path for path in self.paths)
