"""Buildings, households and their intervals as COPY text, some grids at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geodata.demo import homes, names
from geodata.demo.chance import Ints
from geodata.demo.lines import days, lines, moments, numbers, picked, points, ranges, shapes, texts
from geodata.demo.plan import Plan
from geodata.demo.rules.states import REASONS, Clock, Intervals, draw, due_days

BUILDING = ("id", "kind", "name", "address", "units", "floors", "rooms_per_floor", "place", "area_id", "path")
HOUSEHOLD = ("id", "building_id", "unit", "floor", "room", "state_id", "since", "due_on", "place", "area_id", "path")
FINDING = (
    "household_id", "first", "state_id", "began", "reason", "source", "entered_by", "entered_at", "area_id", "path",
)  # fmt: skip
PAST = ("household_id", "state_id", "next_state_id", "valid", "area_id", "path")
GRIDS_AT_ONCE = 60


@dataclass(frozen=True)
class Batch:
    """COPY text of some grids, and how many buildings and households are in it."""

    buildings: str
    households: str
    findings: str
    past: str
    building_count: int
    household_count: int


def batches(plan: Plan, at: Clock) -> Iterator[Batch]:
    """All homes of the city; ids count from 1 in the order of the grids."""
    buildings = households = 0
    for first in range(0, len(plan.sites), GRIDS_AT_ONCE):
        batch = _batch(plan, plan.sites[first : first + GRIDS_AT_ONCE], buildings, households, at)
        buildings, households = buildings + batch.building_count, households + batch.household_count
        yield batch


def _batch(plan: Plan, sites: list[homes.Site], buildings: int, households: int, at: Clock) -> Batch:
    built = [homes.build(site) for site in sites]
    states = draw([s.code for s in sites], [s.households for s in sites], at)
    counts = [len(one.buildings.name) for one in built]
    first = buildings + np.cumsum(counts, dtype=np.int64) - np.array(counts, dtype=np.int64)
    return Batch(
        buildings="".join(_buildings(plan, s, h, int(n)) for s, h, n in zip(sites, built, first, strict=True)),
        households=_households(plan, sites, built, first, households, states, at),
        findings=_findings(plan, sites, states, households),
        past=_past(plan, sites, states, households),
        building_count=sum(counts),
        household_count=sum(s.households for s in sites),
    )


def _buildings(plan: Plan, site: homes.Site, built: homes.Homes, before: int) -> str:
    own, area, count = built.buildings, plan.areas[site.code], len(built.buildings.name)
    return lines(
        numbers(np.arange(before + 1, before + count + 1)),
        picked(homes.KINDS, own.kind),
        texts(own.name),
        texts(own.address),
        numbers(own.units),
        numbers(own.floors),
        numbers(own.rooms_per_floor),
        shapes(own.footprint),
        [str(area.id)] * count,
        [area.path] * count,
    )


def _households(
    plan: Plan,
    sites: list[homes.Site],
    built: list[homes.Homes],
    first: Ints,
    before: int,
    states: Intervals,
    at: Clock,
) -> str:
    doors = [one.doors for one in built]
    now = states.newest
    state, began = states.state[now], states.began[now]
    areas, paths = _areas(plan, sites)
    return lines(
        numbers(np.arange(before + 1, before + len(state) + 1)),
        numbers(np.concatenate([d.building + n + 1 for d, n in zip(doors, first, strict=True)])),
        numbers(np.concatenate([d.unit for d in doors])),
        numbers(np.concatenate([d.floor for d in doors])),
        numbers(np.concatenate([d.room for d in doors])),
        numbers(state),
        moments(began),
        days(due_days(state, began, at)),
        points(np.concatenate([d.lon for d in doors]), np.concatenate([d.lat for d in doors])),
        areas,
        paths,
    )


def _findings(plan: Plan, sites: list[homes.Site], states: Intervals, before: int) -> str:
    grid = _grids(sites)[states.household]
    first = np.diff(states.household, prepend=-1) != 0
    return lines(
        numbers(states.household + before + 1),
        picked(("f", "t"), first.astype(np.int8)),
        numbers(states.state),
        moments(states.began),
        picked(REASONS, states.reason),
        ["demo"] * len(grid),
        picked(texts(names.leader(site.code).name for site in sites), grid),
        moments(states.began),
        *_where(plan, sites, grid),
    )


def _past(plan: Plan, sites: list[homes.Site], states: Intervals, before: int) -> str:
    """What ended, with what followed: a household's intervals stand one after the other, the one that lasts at the end."""
    (ended,) = np.nonzero(~states.newest)
    household = states.household[ended]
    return lines(
        numbers(household + before + 1),
        numbers(states.state[ended]),
        numbers(states.state[ended + 1]),
        ranges(states.began[ended], states.ended[ended]),
        *_where(plan, sites, _grids(sites)[household]),
    )


def _grids(sites: list[homes.Site]) -> Ints:
    """Which of the grids each household lies in."""
    return np.repeat(np.arange(len(sites)), [site.households for site in sites])


def _where(plan: Plan, sites: list[homes.Site], grid: Ints) -> tuple[list[str], list[str]]:
    """Area id and path of each row, by its grid."""
    areas = [plan.areas[site.code] for site in sites]
    return picked([str(area.id) for area in areas], grid), picked([area.path for area in areas], grid)


def _areas(plan: Plan, sites: list[homes.Site]) -> tuple[list[str], list[str]]:
    """Area id and path of every household."""
    ids, paths = [], []
    for site in sites:
        ids += [str(plan.areas[site.code].id)] * site.households
        paths += [plan.areas[site.code].path] * site.households
    return ids, paths
