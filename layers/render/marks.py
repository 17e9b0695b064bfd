"""What each value of a layer looks like: its own marks, or the states of the city's scheme."""

from collections.abc import Sequence
from typing import Protocol

from geodata.words import catalogue
from layers.declaration import Layer, Mark, Words

FOLLOWED_RADIUS, OTHER_RADIUS = 1.3, 0.8
"""A household that is followed is drawn larger than one that is not."""


class State(Protocol):
    """A state of the colour scheme, as `geodata.model.SchemeState` holds it."""

    code: str
    severity: int
    colour: str
    letter: str
    hatch: str | None
    follow_days: int | None
    zh: str
    en: str


def marks_of(layer: Layer, scheme: Sequence[State]) -> tuple[Mark, ...]:
    """Return the marks of a layer's values, most severe first where they are a scheme's."""
    if not layer.by_scheme:
        return layer.marks
    return tuple(_mark(state) for state in sorted(scheme, key=lambda state: state.severity))


def mark_of(layer: Layer, column: str, value: object, scheme: Sequence[State]) -> Mark | None:
    """Return the mark of one value of a column, or none where nothing is declared for it."""
    marks: tuple[Mark, ...] = ()
    if column and column == layer.sign:
        marks = layer.signs
    elif column and column == layer.value:
        marks = marks_of(layer, scheme)
    return next((mark for mark in marks if mark.value == value), None)


def said(key: str) -> Words:
    """Return a text of the catalogue in both languages."""
    texts = catalogue()[key]
    return Words(texts["zh"], texts["en"])


def _mark(state: State) -> Mark:
    radius = FOLLOWED_RADIUS if state.follow_days is not None else OTHER_RADIUS
    words = Words(state.zh, state.en)
    return Mark(state.code, words, state.colour, state.colour, state.letter, state.hatch, radius)
