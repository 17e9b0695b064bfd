"""The demo city as it will be loaded: every area with its id and path, the grids that have homes, what stands in them."""

from dataclasses import dataclass
from functools import cached_property

import shapely

from geodata.demo import divisions, names, tiling
from geodata.demo.divisions import Divisions
from geodata.demo.homes import Site
from geodata.demo.population import Size, inhabited
from geodata.demo.rules import care, checkpoints, foot, patrols, shops
from geodata.demo.tiling import Tiling

LEVELS = ("city", "county", "township", "village", "grid")


@dataclass(frozen=True)
class Area:
    """One row of the tree: `path` holds the ids from the city down to it."""

    id: int
    code: str
    name: str
    level: str
    parent: int | None
    path: str


@dataclass(frozen=True)
class Plan:
    """Everything about the city that does not change with time."""

    size: Size
    divisions: Divisions
    tiling: Tiling

    @cached_property
    def areas(self) -> dict[str, Area]:
        """All areas by code, parents before their children."""
        made: dict[str, Area] = {}
        for row in self.divisions:
            _add(made, row.code, row.name, row.level, row.parent)
        for grid in self.tiling.grids:
            name = names.vocabulary()["area"]["grid"].format(
                village=self.divisions[grid.village].short, number=int(grid.code[len(grid.village) :])
            )
            _add(made, grid.code, name, "grid", grid.village)
        return made

    @cached_property
    def sites(self) -> list[Site]:
        """The grids that have homes at this size, in the order of their codes."""
        return [
            Site(
                code=grid.code,
                village_code=grid.village,
                village=self.divisions[grid.village].short,
                polygon=self.tiling.polygons[grid.code],
                households=grid.households,
                urban=self.divisions.urban(self.divisions[grid.village]),
                heart=self.tiling.centres[grid.village],
            )
            for grid in inhabited(self.divisions, self.size, self.tiling.grids)
        ]

    @cached_property
    def above(self) -> dict[str, tuple[str, ...]]:
        """Codes from the city down to the village, by the code of a site."""
        village = {grid.code: grid.village for grid in self.tiling.grids}
        return {site.code: self.divisions.chain(village[site.code]) for site in self.sites}

    @cached_property
    def posts(self) -> checkpoints.Posts:
        """All checkpoints."""
        return checkpoints.place(self.sites, checkpoints.TOTALS[self.size])

    @cached_property
    def hotels(self) -> care.Hotels:
        """All designated hotels."""
        return care.hotels(self.sites, self._ancestors(1))

    @cached_property
    def clinics(self) -> care.Clinics:
        """All fever clinics and designated hospitals."""
        return care.clinics(self.sites, self._ancestors(1), self._names("county"))

    @cached_property
    def shops(self) -> shops.Shops:
        """All approved shops."""
        return shops.place(self.sites, self._ancestors(2), shops.TOTALS[self.size])

    @cached_property
    def drones(self) -> list[patrols.Drone]:
        """All aircraft."""
        return patrols.drones(self.sites, self._ancestors(2), self._names("township"))

    @cached_property
    def teams(self) -> list[foot.Team]:
        """All teams on foot."""
        stations = [self.areas[drone.station] for drone in self.drones]
        areas = [(area.code, str(area.id), area.path) for area in stations]
        return foot.teams(self.drones, areas, [area.name for area in stations])

    @cached_property
    def grid_tree(self) -> shapely.STRtree:
        """Polygons of all grids, in the order of `tiling.grids`."""
        return shapely.STRtree([self.tiling.polygons[grid.code] for grid in self.tiling.grids])

    def _ancestors(self, depth: int) -> dict[str, str]:
        return {code: chain[depth] for code, chain in self.above.items()}

    def _names(self, level: str) -> dict[str, str]:
        return {row.code: row.name for row in self.divisions.level(level)}


def plan(size: Size) -> Plan:
    """Read the divisions and draw every polygon (some ten seconds)."""
    tree = divisions.read()
    return Plan(size, tree, tiling.tile(tree))


def _add(made: dict[str, Area], code: str, name: str, level: str, parent: str | None) -> None:
    above = made[parent] if parent else None
    number = len(made) + 1
    path = f"{above.path}.{number}" if above else str(number)
    made[code] = Area(number, code, name, level, above.id if above else None, path)
