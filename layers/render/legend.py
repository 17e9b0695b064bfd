"""The legend of any layer: every value that can occur, with its colour and its second sign."""

from collections.abc import Sequence
from dataclasses import dataclass

from layers.declaration import Layer, Mark, Measure, Words
from layers.render.marks import State, marks_of, said
from layers.tokens import DARK, LIGHT, classes


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One line: what a value looks like, and what it means."""

    value: str
    words: Words
    dark: str
    light: str
    letter: str = ""
    hatch: str | None = None
    sign: bool = False
    """It explains a letter inside a point, whatever the point's colour."""

    def colour(self, theme: str) -> str:
        """Return the colour in the `dark` or `light` theme."""
        return self.light if theme == "light" else self.dark


def legend(layer: Layer, scheme: Sequence[State], measure: Measure | str | None = None) -> list[LegendRow]:
    """Return the rows of a layer: marks, then signs; or the classes of the asked measure, then 'no data'."""
    if layer.measures:
        return _classes(measure if isinstance(measure, Measure) else chosen(layer, measure))
    rows = [_row(mark) for mark in marks_of(layer, scheme)]
    return rows + [_row(mark, sign=True) for mark in layer.signs]


def chosen(layer: Layer, measure: str | None) -> Measure:
    """Return the asked measure, or the layer's first."""
    return next((m for m in layer.measures if m.id == measure), layer.measures[0])


def bounds(measure: Measure) -> list[Words]:
    """Return the words of each class, from little to much."""
    words = [_below(measure)]
    step = 1 if measure.whole else 0
    for low, high in zip(measure.breaks, measure.breaks[1:], strict=False):
        text = f"{low:,}" if high - step == low else f"{low:,}–{high - step:,}"
        words.append(Words(text, text))
    last = said("layer.at_least")
    most = f"{measure.breaks[-1]:,}"
    return [*words, Words(last.zh.format(value=most), last.en.format(value=most))]


def _below(measure: Measure) -> Words:
    if measure.whole and measure.breaks[0] == 1:
        return Words("0", "0")
    first = said("layer.less_than")
    least = f"{measure.breaks[0]:,}"
    return Words(first.zh.format(value=least), first.en.format(value=least))


def _classes(measure: Measure) -> list[LegendRow]:
    words = bounds(measure)
    colours = zip(words, classes("dark", len(words)), classes("light", len(words)), strict=True)
    rows = [LegendRow(str(i), text, dark, light) for i, (text, dark, light) in enumerate(colours)]
    return [*rows, LegendRow("", said("layer.no_data"), DARK.no_data, LIGHT.no_data, hatch="diagonal")]


def _row(mark: Mark, *, sign: bool = False) -> LegendRow:
    return LegendRow(mark.value, mark.words, mark.dark, mark.light, mark.letter, mark.hatch, sign)
