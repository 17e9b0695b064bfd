"""Sample files of the demo city, as rows of the feed that would take them."""

import csv
from pathlib import Path
from typing import Any

from geodata.feeds.indicators import Indicator

FILE = Path(__file__).parent / "sanmenxia" / "indicators.csv"
"""The figures that the sources name, with their source and date."""
_NUMBERS = ("value", "target")


def rows(file: Path = FILE) -> list[dict[str, Any]]:
    """Return the lines of a file of indicators as a sender would write them in JSON; what is empty is left out."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            {name: float(text) if name in _NUMBERS else text for name, text in line.items() if text}
            for line in csv.DictReader(lines)
        ]


def indicators() -> list[Indicator]:
    """Return the figures of the sources, checked."""
    return [Indicator.model_validate(row) for row in rows()]
