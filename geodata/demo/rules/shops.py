"""Approved shops of the demo city: one a township and more in towns, where each stands and what it sells; by rule of codes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.demo import names
from geodata.demo.chance import Floats, Ints, seed
from geodata.demo.homes import Site
from geodata.demo.population import Size
from geodata.demo.rules.care import address, spread
from geodata.demo.rules.checkpoints import inside

TOTALS = {Size.SMALL: 96, Size.CITY: 240}
_KINDS = ("supermarket", "supermarket", "market", "supermarket", "pharmacy", "market")
"""Kinds in turn."""


@dataclass(frozen=True)
class Shops:
    """Columns (n,) of shops; `site` counts in the sites given, positions are degrees."""

    code: list[str]
    name: list[str]
    kind: list[str]
    address: list[str]
    telephone: list[str]
    hours: list[str]
    site: Ints
    lonlat: Floats


def place(sites: Sequence[Site], townships: dict[str, str], count: int) -> Shops:
    """So many shops, townships in turn; `townships` holds each site's township by its code."""
    site = spread(sites, townships, count, "shops")
    code = [f"S{n:03d}" for n in range(1, len(site) + 1)]
    # A step that shares no divisor with the kinds, so that every township gets all of them in time.
    kind = [_KINDS[(n + n // len(_KINDS)) % len(_KINDS)] for n in range(len(site))]
    words = names.vocabulary()["shop"]
    return Shops(
        code=code,
        name=[_name(sites[s], c, k) for s, c, k in zip(site, code, kind, strict=True)],
        kind=kind,
        address=[address(sites[s], c) for s, c in zip(site, code, strict=True)],
        telephone=[names.telephone(c) for c in code],
        hours=[words[f"{k}_hours"] for k in kind],
        site=np.array(site),
        lonlat=inside([sites[s].polygon for s in site], np.array([seed(c, "shop") for c in code], dtype=np.uint64)),
    )


def _name(site: Site, code: str, kind: str) -> str:
    words = names.vocabulary()["shop"]
    return str(words[kind].format(brand=names.pick(words["brand"], code, "brand"), area=site.village))
