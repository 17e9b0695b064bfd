"""The real divisions of the demo city: codes are text, parentage is stored and never cut out of a code."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FOLDER = Path(__file__).parent / "sanmenxia"
CITY = "411200"
ZONE = "411271"
"""The development zone: a county of the statistics that no polygon bears."""

_COMMUNITY = ("社区", "居委会", "居民委员会", "生活区")
_SUFFIXES = ("社区居民委员会", "社区居委会", "居民委员会", "村民委员会", "村委会", "居委会")
_CORE = ("街道", "城关镇", "涧东区", "涧西区")


@dataclass(frozen=True)
class Division:
    """One real area, from city down to village."""

    code: str
    name: str
    level: str
    parent: str | None

    @property
    def community(self) -> bool:
        """Whether a village-level area is an urban community 社区 rather than a village 村."""
        return any(word in self.name for word in _COMMUNITY)

    @property
    def core(self) -> bool:
        """Whether a township belongs to the seat of its county: sub-districts and the county town."""
        return self.name.endswith(_CORE)

    @property
    def short(self) -> str:
        """The name without the word for its committee, as people say it."""
        for suffix in _SUFFIXES:
            if self.name.endswith(suffix) and len(self.name) > len(suffix):
                return self.name.removesuffix(suffix)
        return self.name


class Divisions:
    """The tree of real areas, in the order of their codes."""

    def __init__(self, rows: list[Division]) -> None:
        """Index the rows by code; children keep the order of their codes."""
        self.rows = sorted(rows, key=lambda row: (len(row.code), row.code))
        self._by_code = {row.code: row for row in self.rows}

    def __getitem__(self, code: str) -> Division:
        """The area of this code; KeyError if there is none."""
        return self._by_code[code]

    def __iter__(self) -> Iterator[Division]:
        """Parents come before their children."""
        return iter(self.rows)

    def level(self, level: str) -> list[Division]:
        """All areas of one level."""
        return [row for row in self.rows if row.level == level]

    @cached_property
    def children(self) -> dict[str, list[Division]]:
        """Children by the code of their parent."""
        found: dict[str, list[Division]] = defaultdict(list)
        for row in self.rows:
            if row.parent:
                found[row.parent].append(row)
        return dict(found)

    def urban(self, village: Division) -> bool:
        """Whether people live in flats there: communities, and the villages of a sub-district that has none."""
        township = self[village.parent or ""]
        return village.community or (township.core and not any(v.community for v in self.children[township.code]))

    def chain(self, code: str) -> tuple[str, ...]:
        """Codes from the city down to this area."""
        above = self[code].parent
        return (*self.chain(above), code) if above else (code,)


def read(path: Path = FOLDER / "divisions.csv") -> Divisions:
    """Read `code,name,level,parent_code`, UTF-8."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return Divisions([Division(r["code"], r["name"], r["level"], r["parent_code"] or None) for r in rows])
