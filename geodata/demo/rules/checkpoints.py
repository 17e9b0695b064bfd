"""Checkpoints of every kind inside their grids, their shifts, and what each counted in any hour: a rule of time and code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.demo import names
from geodata.demo.chance import Floats, Ints, Words, generator, seed, uniform
from geodata.demo.homes import Site
from geodata.demo.plane import KM_PER_DEGREE, on_lattice
from geodata.demo.population import Size, shares
from geodata.demo.rules.states import Clock

KINDS = ("community_gate", "village_entrance", "motorway_exit", "station", "venue", "workplace")
TOTALS = {Size.CITY: 33_172, Size.SMALL: 2_000}
SHIFTS = ((0, 0), (6, 22), (7, 21), (8, 20))
"""Staffed from and to, local hours; equal means round the clock."""
HOURS = {Size.CITY: 30, Size.SMALL: 48}
"""For how many hours back the demo holds counts."""
SILENT_SHARE = 0.012
_GATE, _ENTRANCE, _EXIT, _STATION, _VENUE, _WORK = range(6)
_PER_HOUR = np.array([24.0, 7.0, 90.0, 60.0, 18.0, 12.0])
_SHIFT_ODDS = np.array(
    [[0.45, 0.45, 0.1, 0], [0.25, 0.35, 0.3, 0.1], [1, 0, 0, 0], [0.5, 0.5, 0, 0], [0, 0, 0.3, 0.7], [0, 0.1, 0.3, 0.6]]
)
_CURVE = np.array([1, 0.5, 0.5, 0.5, 1, 3, 8, 14, 13, 9, 8, 9, 9, 7, 7, 8, 10, 14, 13, 9, 6, 4, 2, 1]) / 6.7
"""How busy an hour of the day is; 1 on average."""


@dataclass(frozen=True)
class Posts:
    """Columns (n,) of checkpoints; `site` counts in the sites given, positions are degrees."""

    code: list[str]
    name: list[str]
    site: Ints
    kind: NDArray[np.int8]
    shift: NDArray[np.int8]
    lonlat: Floats
    words: Words

    @property
    def duty(self) -> "Duty":
        """What the hourly figures follow from."""
        return Duty(self.words, self.kind, self.shift)


@dataclass(frozen=True)
class Duty:
    """Columns (n,) of what the hourly figures of posts follow from: chance by their code, kind and shift."""

    words: Words
    kind: NDArray[np.int8]
    shift: NDArray[np.int8]

    def part(self, begin: int, end: int) -> "Duty":
        """The posts at these places."""
        cut = slice(begin, end)
        return Duty(self.words[cut], self.kind[cut], self.shift[cut])


def chance_of(codes: Sequence[str]) -> Words:
    """Chance of each post, by its code."""
    return np.array([seed(code, "post") for code in codes], dtype=np.uint64)


def place(sites: Sequence[Site], total: int) -> Posts:
    """Exactly `total` posts, more where more people live; a few exits and stations in every county."""
    weights = [site.households**0.8 * (1.0 if site.urban else 0.8) for site in sites]
    counts = 1 + shares(weights, total - len(sites))
    site = np.repeat(np.arange(len(sites)), counts)
    turn = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    code = [f"K{sites[s].code}{n:02d}" for s, n in zip(site.tolist(), (turn + 1).tolist(), strict=True)]
    words = chance_of(code)
    kind = _kinds(sites, site, turn, words)
    odds = np.cumsum(_SHIFT_ODDS, axis=1)[kind]
    shift = (uniform(words, 2)[:, None] >= odds[:, :3]).sum(axis=1).astype(np.int8)
    labels = [
        _label(sites[s], KINDS[k], n) for s, k, n in zip(site.tolist(), kind.tolist(), turn.tolist(), strict=True)
    ]
    return Posts(code, labels, site, kind, shift, _positions(sites, site, kind, words), words)


def _kinds(sites: Sequence[Site], site: Ints, turn: Ints, words: Words) -> NDArray[np.int8]:
    """Gates in towns, entrances in villages, venues and workplaces in both; exits and stations by the county."""
    own = np.where(np.array([s.urban for s in sites])[site], _GATE, _ENTRANCE)
    u = uniform(words, 1)
    kind = np.where((u < 0.72) | (turn == 0), own, np.where(u < 0.87, _VENUE, _WORK)).astype(np.int8)
    last = np.flatnonzero(np.diff(site, append=-1) != 0)
    county = np.array([s.code[:6] for s in sites])[site[last]]
    for code in np.unique(county):
        chosen = generator(str(code), "exits").permutation(last[county == code])[:7]
        kind[chosen[:4]], kind[chosen[4:]] = _EXIT, _STATION
    return kind


def _label(site: Site, kind: str, turn: int) -> str:
    """What people call a post: `锦绣小区东门`, `上官村口`."""
    words = names.vocabulary()["post"]
    again, which = divmod(turn, len(words[kind]))
    ground = names.compound(site.code, turn % 2) if kind == "community_gate" else site.village
    pattern = words["numbered"] if again else words["name"]
    return str(pattern.format(place=ground, end=words[kind][which], number=again + 1))


def _positions(sites: Sequence[Site], site: Ints, kind: NDArray[np.int8], words: Words) -> Floats:
    """In towns close inside the border or anywhere, in villages around their heart: every post inside its grid."""
    polygons = np.array([s.polygon for s in sites])
    shapely.prepare(polygons)
    inner = shapely.get_coordinates(shapely.point_on_surface(polygons))[site]
    rings = shapely.get_exterior_ring(polygons)[site]
    border = shapely.get_coordinates(shapely.line_interpolate_point(rings, uniform(words, 3), normalized=True))
    hearts = np.array([s.heart for s in sites])[site]
    rural = ~np.array([s.urban for s in sites])[site] & (kind != _EXIT)
    edge = np.isin(kind, (_GATE, _ENTRANCE, _EXIT))
    found, missing = inner.copy(), np.ones(len(site), dtype=bool)
    for again in range(24):
        if again < 12:
            tried, wanted = on_lattice(hearts + _around(edge, words, again)), missing & rural
        else:
            deep = np.where(edge, 0.04, 0.25 + 0.3 * uniform(words, 4))
            step = deep + (1 - deep) * (again - 12) / 12
            tried, wanted = on_lattice(border + (inner - border) * step[:, None]), missing
        good = wanted & shapely.contains_xy(polygons[site], tried[:, 0], tried[:, 1])
        found[good], missing[good] = tried[good], False
    return np.asarray(found, dtype=np.float64)


def _around(edge: NDArray[np.bool_], words: Words, again: int) -> Floats:
    """Steps (n, 2) in degrees away from a village's heart, farther for what stands at its edge and at each new try."""
    reach_km = np.where(edge, 0.12 + 0.25 * uniform(words, 18), 0.03 + 0.15 * uniform(words, 18)) * (1 + 0.1 * again)
    angle = 2 * np.pi * uniform(words, 19, again)
    away = reach_km[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.asarray(away / KM_PER_DEGREE, dtype=np.float64)


def inside(polygons: Sequence[Any], words: Words) -> Floats:
    """A point (n, 2) well inside each polygon, by chance."""
    shapes = np.array(polygons)
    inner = shapely.get_coordinates(shapely.point_on_surface(shapes))
    rings = shapely.get_exterior_ring(shapes)
    border = shapely.get_coordinates(shapely.line_interpolate_point(rings, uniform(words, 16), normalized=True))
    tried = on_lattice(inner + (border - inner) * (0.6 * uniform(words, 17))[:, None])
    good = shapely.contains_xy(shapes, tried[:, 0], tried[:, 1])
    return np.asarray(np.where(good[:, None], tried, inner), dtype=np.float64)


@dataclass(frozen=True)
class Reports:
    """Columns (m,) of hourly counts; `post` counts in the posts, times are seconds since 1970, `hour` is its beginning."""

    post: Ints
    hour: Ints
    passed: Ints
    home_quarantine: Ints
    central_quarantine: Ints
    turned_back: Ints
    seconds: Ints
    reported_at: Ints


def reports(posts: Duty, begin: int, at: Clock, told_after: int = 0) -> Reports:
    """What posts reported, after `told_after`, of the hours from `begin` (both seconds since 1970) up to now.

    The silent leave hours out.
    """
    hours = np.arange(-(-begin // 3600) * 3600, at.now, 3600)
    post, hour = (axis.ravel() for axis in np.meshgrid(np.arange(len(posts.words)), hours, indexing="ij"))
    arrives = hour + 3660 + (uniform(posts.words, 5)[post] * 1200).astype(np.int64)
    known = staffed(posts.shift[post], _local_hour(hour, at)) & (arrives <= at.now) & (arrives > told_after)
    known &= hour < at.now - quiet_hours(posts)[post] * 3600
    post, hour, arrives = post[known], hour[known], arrives[known]
    counts = outcomes(posts.words[post], posts.kind[post], hour, _local_hour(hour, at))
    return Reports(post, hour, *counts, reported_at=arrives)


def quiet_hours(posts: Duty) -> Ints:
    """For how many hours a post has not reported: 0 for nearly all, 3 to 9 for the few that are silent."""
    silent = uniform(posts.words, 6) < SILENT_SHARE
    return np.asarray(np.where(silent, 3 + (uniform(posts.words, 7) * 7).astype(np.int64), 0), dtype=np.int64)


def _local_hour(hour: Ints, at: Clock) -> Ints:
    """Hour of the day where the city is."""
    return np.asarray((hour - at.midnight) // 3600 % 24, dtype=np.int64)


def staffed(shift: NDArray[np.int8], local_hour: Ints) -> NDArray[np.bool_]:
    """Whether somebody stands at a post in an hour of the day."""
    begin, end = np.array(SHIFTS)[shift].T
    return np.asarray((begin == end) | ((local_hour >= begin) & (local_hour < end)), dtype=np.bool_)


def outcomes(words: Words, kind: NDArray[np.int8], hour: Ints, local_hour: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Passed, to home quarantine, to central quarantine, turned back, and seconds in all, per post and hour (m,)."""
    stamp = words ^ ((hour // 3600).astype(np.uint64) * np.uint64(0x9E3779B1))
    busy = _PER_HOUR[kind] * _CURVE[local_hour] * (0.4 + 1.2 * uniform(words, 8)) * (0.6 + 0.8 * uniform(stamp, 9))
    every = np.floor(busy + uniform(stamp, 10)).astype(np.int64)
    back = _some(every, np.full(len(every), 0.012), uniform(stamp, 11))
    home = _some(every, 0.006 + 0.02 * (kind == _EXIT), uniform(stamp, 12))
    central = _some(every, 0.0008 + 0.004 * (kind == _EXIT), uniform(stamp, 13))
    passed = np.maximum(every - back - home - central, 0)
    each = np.where(uniform(words, 14) < 0.7, 15.0, 60.0) * (0.8 + 0.4 * uniform(stamp, 15))
    total = passed + home + central + back
    return passed, home, central, back, np.round(total * each).astype(np.int64)


def _some(every: Ints, share: Floats, chance: Floats) -> Ints:
    """A share of whole numbers, rounded by chance so that the mean is right."""
    return np.asarray(np.floor(every * share + chance), dtype=np.int64)
