"""What became of a file."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from geodata.feeds.floor.refusal import WHOLE, Refusal
from geodata.words import say

MOST_REFUSED = 10_000
"""Faults that are told one by one; more are only counted."""


@dataclass
class Report:
    """What became of a file; complete when the import has ended."""

    kind: str
    file: str
    rows: int = 0
    accepted: int = 0
    """Rows that changed something."""
    repeated: int = 0
    """Rows that were there already."""
    refused: list[Refusal] = field(default_factory=list)
    faults: int = 0
    """Of all rows, also of those that are not told one by one."""
    refused_rows: int = 0
    crs: str | None = None
    """The coordinate system that was found; none where the file has no places, or nobody can say."""
    crs_confidence: float | None = None
    """0 to 1; none where the file has no places."""
    encoding: str = ""
    sheet: str = ""
    """Of a file that has several: the sheet, layer, folder or packed file that was read."""
    moved_m_median: float | None = None
    """By how many metres places moved on their way to WGS 84."""
    mended: Counter[str] = field(default_factory=Counter)
    columns: dict[str, str] = field(default_factory=dict)
    """The file's columns, and the field that each was taken for."""
    left: list[str] = field(default_factory=list)
    """Columns that stay in the file."""
    delivery: int = 0
    """The id under which it is remembered; 0 where nothing was written."""

    def refuse(self, refusals: list[Refusal]) -> None:
        """Note what is wrong."""
        if refusals:
            self.faults += len(refusals)
            self.refused_rows += len({refusal.row for refusal in refusals})
            self.refused += refusals[: max(0, MOST_REFUSED - len(self.refused))]

    @property
    def whole(self) -> bool:
        """Say whether what is wrong concerns the file as a whole."""
        return any(refusal.row == WHOLE for refusal in self.refused)

    def said(self, language: str) -> dict[str, Any]:
        """Return it as JSON carries it, with sentences in `zh` or `en`."""
        told = sorted(self.refused, key=lambda refusal: refusal.row)
        return {
            "kind": self.kind,
            "file": self.file,
            "rows": self.rows,
            "accepted": self.accepted,
            "repeated": self.repeated,
            "refused": [refusal.said(language) for refusal in told],
            "refused_rows": self.refused_rows,
            "faults": self.faults,
            "crs": self.crs,
            "crs_confidence": self.crs_confidence,
            "encoding": self.encoding,
            "sheet": self.sheet,
            "moved_m_median": self.moved_m_median,
            "mended": dict(sorted(self.mended.items())),
            "mended_words": {name: say(f"mended.{name}", language) for name in sorted(self.mended)},
            "columns": self.columns,
            "left": self.left,
        }
