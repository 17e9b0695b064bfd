"""What may be published of an area: measures, the hours they are kept for, and what is shown of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from geodata.words import catalogue

Shown = Literal["value", "suppressed", "no_data"]


@dataclass(frozen=True, slots=True)
class PressWords:
    """One text in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """Return the text in `zh` or `en`."""
        return self.en if language == "en" else self.zh

    @classmethod
    def of(cls, key: str) -> "PressWords":
        """Return a text of the catalogue. Raises KeyError."""
        return cls(**catalogue()[key])


@dataclass(frozen=True, slots=True)
class PressMeasure:
    """A figure that areas may be coloured by. Both its cells are protected, and it is made of published ones alone."""

    id: str
    words: PressWords
    unit: PressWords
    kind: Literal["count", "share"]
    cell: str
    """The cell of the published figures that it is, or that it is a share of."""
    of: str = ""
    """The cell of the whole, of a share."""
    per: int = 1
    """A share is so many in this many."""
    order: int = 50
    people: bool = True
    """Whether it counts people or their homes; what does not (clinics) is published as it is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What is shown of one area."""

    shown: Shown
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Vintage:
    """One hour whose figures are protected and kept; `data_time` is how old they are, none where there are none."""

    at: datetime
    data_time: datetime | None
