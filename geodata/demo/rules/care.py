"""Designated hotels with the rooms taken on any day, fever clinics and designated hospitals: by rule, from codes and dates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.demo import names
from geodata.demo.chance import Floats, Ints, Words, generator, seed, uniform
from geodata.demo.homes import Site
from geodata.demo.rules.checkpoints import inside
from geodata.demo.rules.states import DAYS, Clock

HOTELS, CLINICS, HOSPITALS = 24, 12, 6
_LATE = 2
"""Hotels that have not yet reported today."""


@dataclass(frozen=True)
class Hotels:
    """Columns (n,) of designated hotels; `site` counts in the sites given."""

    code: list[str]
    name: list[str]
    address: list[str]
    telephone: list[str]
    rooms: Ints
    site: Ints
    lonlat: Floats
    words: Words


@dataclass(frozen=True)
class Clinics:
    """Columns (n,) of fever clinics and designated hospitals; `quiet_minutes` is the age of the newest report."""

    code: list[str]
    kind: list[str]
    name: list[str]
    address: list[str]
    telephone: list[str]
    hours: list[str]
    status: list[str]
    quiet_minutes: Ints
    site: Ints
    lonlat: Floats


@dataclass(frozen=True)
class Nights:
    """Columns (m,) of rooms taken per hotel and day (days since 1970); `reported_at` in seconds since 1970."""

    hotel: Ints
    day: Ints
    occupied: Ints
    reported_at: Ints


def hotels(sites: Sequence[Site], counties: dict[str, str]) -> Hotels:
    """One hotel a county at least, in towns where there are any; `counties` holds each site's county by its code."""
    site = spread(sites, counties, HOTELS, "hotels")
    code = [f"H{n:03d}" for n in range(1, len(site) + 1)]
    words = chance_of(code)
    return Hotels(
        code=code,
        name=[_hotel_name(n) for n in range(len(site))],
        address=[address(sites[s], c) for s, c in zip(site, code, strict=True)],
        telephone=[names.telephone(c) for c in code],
        rooms=40 + 20 * (uniform(words, 1) * 9).astype(np.int64),
        site=np.array(site),
        lonlat=inside([sites[s].polygon for s in site], words),
        words=words,
    )


def clinics(sites: Sequence[Site], counties: dict[str, str], county_names: dict[str, str]) -> Clinics:
    """A hospital and two fever clinics for most counties; some are full, one is closed."""
    words = names.vocabulary()["clinic"]
    chosen = spread(sites, counties, HOSPITALS, "hospitals") + spread(sites, counties, CLINICS, "clinics")
    kind = ["designated_hospital"] * HOSPITALS + ["fever_clinic"] * CLINICS
    code = [f"Y{n:03d}" for n in range(1, len(chosen) + 1)]
    bits = np.array([seed(c, "clinic") for c in code], dtype=np.uint64)
    return Clinics(
        code=code,
        kind=kind,
        name=_clinic_names(chosen, kind, sites, counties, county_names),
        address=[address(sites[s], c) for s, c in zip(chosen, code, strict=True)],
        telephone=[names.telephone(c) for c in code],
        hours=[words["by_day" if k == "fever_clinic" and n % 3 == 0 else "all_day"] for n, k in enumerate(kind)],
        status=["closed" if n == HOSPITALS + 4 else "full" if n % 7 == 2 else "open" for n in range(len(kind))],
        quiet_minutes=(5 + uniform(bits, 1) * 170).astype(np.int64),
        site=np.array(chosen),
        lonlat=inside([sites[s].polygon for s in chosen], bits),
    )


def chance_of(codes: Sequence[str]) -> Words:
    """Chance of each hotel, by its code."""
    return np.array([seed(code, "hotel") for code in codes], dtype=np.uint64)


def nights(chance: Words, rooms: Ints, first_day: int, at: Clock) -> Nights:
    """Rooms taken as reported for each day from `first_day` (since 1970) to today; two have not reported today."""
    days = np.arange(max(first_day, at.today - DAYS), at.today + 1)
    hotel, day = (axis.ravel() for axis in np.meshgrid(np.arange(len(rooms)), days, indexing="ij"))
    words = chance[hotel]
    stamp = words ^ day.astype(np.uint64)
    usual = 0.35 + 0.75 * uniform(words, 2)
    swing = 0.06 * np.sin(2 * np.pi * (day / 9.0 + uniform(words, 3))) + 0.04 * (uniform(stamp, 4) - 0.5)
    occupied = np.floor(np.clip(usual + swing, 0, 1) * rooms[hotel]).astype(np.int64)
    passed = at.now - at.midnight
    clock = 6 * 3600 + (uniform(stamp, 5) * 3600).astype(np.int64)
    early = (uniform(stamp, 5) * passed).astype(np.int64)
    clock = np.where((day == at.today) & (clock > passed), early, clock)
    told = (day < at.today) | ~_late(chance)[hotel]
    reported = at.midnight + (day - at.today) * 86_400 + clock
    return Nights(hotel[told], day[told], occupied[told], reported[told])


def _late(chance: Words) -> NDArray[np.bool_]:
    """Which hotels are behind with today's report: the two that chance picks."""
    late = np.zeros(len(chance), dtype=bool)
    late[np.argsort(uniform(chance, 6))[:_LATE]] = True
    return late


def spread(sites: Sequence[Site], counties: dict[str, str], count: int, purpose: str) -> list[int]:
    """Indexes of `count` sites, counties in turn, towns first."""
    piles: list[list[int]] = []
    for county in sorted(set(counties.values())):
        mine = [n for n, site in enumerate(sites) if counties[site.code] == county]
        order = generator(county, purpose).permutation(len(mine))
        piles.append(sorted((mine[i] for i in order), key=lambda n: not sites[n].urban))
    turns = max(len(pile) for pile in piles)
    chosen = [pile[turn] for turn in range(turns) for pile in piles if turn < len(pile)]
    return chosen[:count]


def _hotel_name(number: int) -> str:
    words = names.vocabulary()["hotel"]
    again, which = divmod(number, len(words["first"]))
    end = words["end"][(number + 2 * again) % len(words["end"])]
    return str(words["name"].format(first=words["first"][which], end=end))


def address(site: Site, code: str) -> str:
    """A street and number in a site, by the code of what stands there."""
    words = names.vocabulary()["hotel"]
    number = 1 + seed(code, "number") % 200
    return str(words["address"].format(area=site.village, street=names.street(site.code), number=number))


def _clinic_names(
    chosen: list[int], kind: list[str], sites: Sequence[Site], counties: dict[str, str], county_names: dict[str, str]
) -> list[str]:
    """`湖滨区人民医院（演示）`; a county's second fever clinic has another name, further ones are called after their village."""
    words = names.vocabulary()["clinic"]
    made: list[str] = []
    for site, what in zip(chosen, kind, strict=True):
        county = county_names[counties[sites[site].code]]
        options = [words[what].format(area=county), words["second_fever_clinic"].format(area=county)]
        made.append(next((o for o in options if o not in made), words[what].format(area=sites[site].village)))
    return made
