from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.tokens import classes, contrast, ink, luminance, tokens

THEMES = pytest.mark.parametrize("theme", ["dark", "light"])
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@THEMES
def test_text_reads_on_ground_and_panel(theme: str) -> None:
    found = tokens(theme)
    for ground in (found.ground, found.panel):
        assert contrast(found.text, ground) >= 7
        for colour in (found.quiet, found.accent, found.severe, found.information):
            assert contrast(colour, ground) >= 4.5
        assert contrast(found.warning, ground) >= 3.5
    for colour in (found.accent, found.severe, found.warning, found.information, found.good):
        assert contrast(ink(colour), colour) >= 4.5, colour


@THEMES
def test_borders_get_quieter_as_levels_go_down(theme: str) -> None:
    found = tokens(theme)
    loudness = [contrast(colour, found.ground) for colour in found.borders]
    assert all(upper > lower for upper, lower in pairwise(loudness))


@THEMES
@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_classes_are_told_apart_by_lightness_alone(theme: str, count: int) -> None:
    found = classes(theme, count)
    assert len(set(found)) == count
    steps = [luminance(low) - luminance(high) for low, high in pairwise(found)]
    assert all(step < 0 for step in steps) or all(step > 0 for step in steps)
    assert classes(theme, 1) == (found[0],)


@given(colours)
def test_a_letter_reads_on_its_mark(colour: str) -> None:
    assert contrast(ink(colour), colour) >= 4.3


@given(colours, colours)
def test_contrast_is_between_one_and_twenty_one(one: str, other: str) -> None:
    assert 1 <= contrast(one, other) <= 21.01
    assert contrast(one, other) == contrast(other, one)
