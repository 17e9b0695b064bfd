"""What one benchmark says: ours, the limit, their ratio, and whether that reaches what was promised."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"
BENCHES: dict[str, Callable[["Stage"], list["Figure"]]] = {}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `reach` reads `>= 0.8` or `<= 1.5` and speaks of `ratio`, or of `ours` where no limit is."""

    name: str
    ours: float
    limit: float | None
    unit: str
    reach: str

    @property
    def ratio(self) -> float | None:
        """Return ours over the limit."""
        return None if self.limit is None else self.ours / self.limit

    @property
    def ok(self) -> bool:
        """Say whether the promise is kept."""
        sign, bound = self.reach.split()
        measured = self.ours if self.ratio is None else self.ratio
        return measured >= float(bound) if sign == ">=" else measured <= float(bound)

    def row(self) -> dict[str, object]:
        """Return the figure as it is written down."""
        return {**asdict(self), "ratio": self.ratio, "ok": self.ok}


@dataclass(frozen=True, slots=True)
class Stage:
    """What a benchmark plays on: a database of either size, by name `small` or `city`."""

    database_url: Callable[[str], str]


def bench(function: Callable[[Stage], list[Figure]]) -> Callable[[Stage], list[Figure]]:
    """Register a benchmark under its function's name."""
    BENCHES[function.__name__] = function
    return function


def write(figures: list[Figure]) -> None:
    """Write results, keeping those of earlier runs of other benchmarks."""
    kept = {row["name"]: row for row in (json.loads(RESULTS.read_text()) if RESULTS.exists() else [])}
    kept |= {figure.name: figure.row() for figure in figures}
    RESULTS.write_text(json.dumps(list(kept.values()), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
