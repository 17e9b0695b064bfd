"""The polygons of the whole demo city, drawn once a session."""

from collections.abc import Callable

import pytest

from geodata.demo import divisions as real
from geodata.demo.divisions import Divisions
from geodata.demo.homes import Site
from geodata.demo.population import Grid
from geodata.demo.tiling import Tiling, tile


@pytest.fixture(scope="session")
def divisions() -> Divisions:
    return real.read()


@pytest.fixture(scope="session")
def tiling(divisions: Divisions) -> Tiling:
    return tile(divisions)


@pytest.fixture(scope="session")
def site(divisions: Divisions, tiling: Tiling) -> Callable[[Grid], Site]:
    def of(grid: Grid) -> Site:
        village = divisions[grid.village]
        return Site(
            code=grid.code,
            village_code=grid.village,
            village=village.short,
            polygon=tiling.polygons[grid.code],
            households=grid.households,
            urban=divisions.urban(village),
            heart=tiling.centres[grid.village],
        )

    return of
