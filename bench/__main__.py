"""`make bench`: run the benchmarks, print each figure with its ratio, write bench/results.json."""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import changes, face, first_map, live, loading, summaries, tiles  # noqa: F401 - importing registers them
from bench.city import stage
from bench.figures import BENCHES, Figure, write

PROJECT = Path(__file__).parent.parent


def main() -> int:
    """Run all benchmarks, or those named; return 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(BENCHES), metavar="NAME", help=", ".join(BENCHES))
    only = parser.parse_args().only or list(BENCHES)
    figures: list[Figure] = []
    with stage(PROJECT) as playing:
        for name in only:
            figures += BENCHES[name](playing)
            write(figures)
    show(figures)
    return 0 if all(figure.ok for figure in figures) else 1


def show(figures: list[Figure]) -> None:
    """Print the figures as a table."""
    table = Table("figure", "ours", "limit", "ratio", "reach", "")
    for figure in figures:
        limit = "" if figure.limit is None else f"{figure.limit:,.1f}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        table.add_row(
            figure.name,
            f"{figure.ours:,.1f} {figure.unit}",
            limit,
            ratio,
            figure.reach,
            "ok" if figure.ok else "NOT MET",
        )
    Console(width=140).print(table)


sys.exit(main())
