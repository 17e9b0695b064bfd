"""Teams on foot 地面巡查: which team set out when, where it was at any second; by rule, from time and code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.demo import names
from geodata.demo.chance import Floats, Ints, generator, seed
from geodata.demo.plane import on_lattice, to_degrees
from geodata.demo.rules.patrols import Drone, lanes

STEP_S = 15
SPEED_MS = 1.2
LONGEST_S = 80 * 60
_TURN_S = 2 * 3600
"""Each team sets out once in every such span of time."""
_HALF_KM, _LANE_KM = 0.2, 0.08


@dataclass(frozen=True)
class Team:
    """A team, the area it patrols (its code, id and path), and the sites through which it walks."""

    code: str
    name: str
    area: tuple[str, str, str]
    sites: tuple[int, ...]


@dataclass(frozen=True)
class Walk:
    """One patrol on foot: its team (an index), when it sets out and is back in seconds since 1970, and the site."""

    code: str
    team: int
    began: int
    back: int
    site: int


def teams(drones: Sequence[Drone], areas: Sequence[tuple[str, str, str]], area_names: Sequence[str]) -> list[Team]:
    """One team beside each drone, in the same township and through the same sites."""
    label = names.vocabulary()["team"]["name"]
    return [
        Team(f"G{n:02d}", label.format(area=name, number=n), area, drone.sites)
        for n, (drone, area, name) in enumerate(zip(drones, areas, area_names, strict=True), 1)
    ]


def walk(teams: Sequence[Team], index: int, began: int) -> Walk:
    """The patrol of one team that sets out at a second: forty to eighty minutes through one of its sites."""
    team = teams[index]
    chance = generator(team.code, "walk", str(began))
    return Walk(
        f"{team.code}-{began}",
        index,
        began,
        began + int(chance.integers(LONGEST_S // 2, LONGEST_S)),
        int(chance.choice(team.sites)),
    )


def walks(teams: Sequence[Team], begin: int, end: int) -> list[Walk]:
    """Every patrol that set out in begin..end (seconds since 1970), in order of time."""
    found = []
    for index, team in enumerate(teams):
        phase = seed(team.code, "phase") % _TURN_S
        for turn in range((begin - phase) // _TURN_S - 1, (end - phase) // _TURN_S + 1):
            chance = generator(team.code, "turn", str(turn))
            began = turn * _TURN_S + phase + int(chance.integers(0, 1800))
            if begin <= began < end and team.sites:
                found.append(walk(teams, index, began))
    return sorted(found, key=lambda one: (one.began, one.team))


def track(polygon: Any, one: Walk, since: int, until: int, step_s: int = STEP_S) -> tuple[Ints, Floats]:
    """Its positions after `since` up to `until`: seconds since 1970 (n,), degrees (n, 2)."""
    first = one.began + max(0, -(-(since + 1 - one.began) // step_s)) * step_s
    at = np.arange(first, min(until, one.back) + 1, step_s)
    course = lanes(polygon, one.back - one.began, SPEED_MS, _HALF_KM, _LANE_KM)
    return at, on_lattice(to_degrees(course[at - one.began]))
