"""Class breaks: natural breaks of the published values, rounded to numbers that people read."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import jenkspy

from geodata.press.declaration import PressMeasure
from geodata.press.sheet import Sheet
from layers.declaration import Measure, Words
from layers.render.legend import bounds
from layers.tokens import classes as ramp

MOST = 5
"""Classes; more can hardly be told apart in grey."""
PER_VALUE = 0.6
"""Classes for each distinct value at most: classes of one area each are no classes."""
STEPS = (5, 2, 1)
"""What readable numbers are multiples of, times a power of ten."""


@dataclass(frozen=True, slots=True)
class Classes:
    """How values are coloured: lower bounds of all classes but the first, and each class's colour and words."""

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    words: tuple[Words, ...]

    def of(self, value: float) -> int:
        """Return the class of a value."""
        return sum(value >= bound for bound in self.breaks)

    def colour(self, value: float) -> str:
        """Return the colour of a value, `#rrggbb`."""
        return self.colours[self.of(value)]


def classes(sheet: Sheet) -> Classes:
    """Return the classes of one sheet's published values; none of both where nothing is published."""
    return classes_of((cell.value for cell in sheet.cells if cell.shown == "value"), sheet.measure)


def classes_of(values: Iterable[float | None], measure: PressMeasure) -> Classes:
    """Return the classes of some values of a measure: those of several sheets give one legend for all of them."""
    known = [float(value) for value in values if value is not None]
    whole = measure.kind == "count"
    breaks = breaks_of(known, whole=whole)
    if not known:
        return Classes((), (), ())
    return Classes(breaks, ramp("light", len(breaks) + 1), _words(known, breaks, measure))


def breaks_of(values: Sequence[float], *, whole: bool, most: int = MOST) -> tuple[float, ...]:
    """Return readable lower bounds of the classes after the first, none of them empty; no bound for equal values."""
    distinct = sorted(set(values))
    if len(distinct) < 2:
        return ()
    if whole and distinct[0] == 0:
        # Nothing at all is a class of its own: it must not look like a little.
        above = [value for value in values if value > 0]
        return (1, *(bound for bound in breaks_of(above, whole=True, most=most - 1) if bound > 1))
    natural = jenkspy.jenks_breaks(list(values), n_classes=min(most, max(2, round(len(distinct) * PER_VALUE))))[1:-1]
    found: list[float] = []
    for bound in natural:
        upper = next(value for value in distinct if value > bound) if bound < distinct[-1] else bound
        found.append(readable(bound, upper, whole=whole))
    return _filled(found, distinct)


def readable(low: float, high: float, *, whole: bool) -> float:
    """Return the roundest number above `low` and up to `high`, both positive: no value changes its class by it."""
    power = math.floor(math.log10(high))
    for digit in range(power, power - 12, -1):
        for part in STEPS:
            step = part * 10.0**digit
            if whole and step != int(step):
                continue
            found = math.floor(high / step + 1e-9) * step
            if found > low:
                return _plain(found)
    return _plain(high)


def _plain(value: float) -> float:
    value = round(value, 10)
    return int(value) if value == int(value) else value


def _filled(bounds_: Iterable[float], distinct: Sequence[float]) -> tuple[float, ...]:
    """Return the bounds that leave no class empty."""
    kept: list[float] = []
    for bound in sorted(set(bounds_)):
        lower = kept[-1] if kept else -math.inf
        if any(lower <= value < bound for value in distinct) and distinct[-1] >= bound:
            kept.append(bound)
    return tuple(kept)


def _words(values: Sequence[float], breaks: Sequence[float], measure: PressMeasure) -> tuple[Words, ...]:
    if not breaks:
        text = number(values[0], measure)
        return (Words(text, text),)
    return tuple(bounds(Measure("", Words("", ""), tuple(breaks), Words("", ""), whole=measure.kind == "count")))


def number(value: float, measure: PressMeasure) -> str:
    """Return a figure of a measure as it is written on a picture: counts whole, shares with one decimal."""
    return f"{value:,.0f}" if measure.kind == "count" else f"{value:,.1f}"
