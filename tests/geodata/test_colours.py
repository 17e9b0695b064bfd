"""Colours as others see them: known differences, and what holds for any two."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.colours import CLEARLY_APART, TOLD_APART, VIEWS, alike_in, difference, reads_alike

COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@settings(deadline=None, max_examples=30)
@given(one=COLOURS, other=COLOURS)
def test_any_two_colours_differ_the_same_from_either_side(one: str, other: str) -> None:
    for view in VIEWS:
        assert difference(one, other, view) == difference(other, one.upper(), view) >= 0
        assert difference(one, one, view) == pytest.approx(0, abs=1e-6)
    assert set(alike_in(one, other)) <= set(alike_in(one, other, CLEARLY_APART)), "clearly apart asks for more"


@pytest.mark.parametrize(
    ("one", "other", "views"),
    [
        ("#E5484D", "#46A758", {"deutan", "grey"}),  # red and green
        ("#F2771A", "#46A758", {"grey"}),
        ("#0050FF", "#5060A0", {"grey"}),
        ("#D06080", "#D0684A", {"tritan", "grey"}),  # pink and salmon
        ("#777777", "#787878", set(VIEWS)),
        ("#000000", "#FFFFFF", set()),
    ],
)
def test_who_cannot_tell_which_colours_apart(one: str, other: str, views: set[str]) -> None:
    assert set(alike_in(one, other)) == views


def test_black_from_white_is_a_hundred() -> None:
    assert [difference("#000000", "#ffffff", view) for view in VIEWS] == [pytest.approx(100, abs=0.1)] * len(VIEWS)
    assert TOLD_APART < CLEARLY_APART


def test_letters_that_are_taken_for_each_other() -> None:
    assert all(reads_alike(*pair) for pair in ("O0", "oQ", "l1", "Il", "S5", "aA", "??"))
    assert not any(reads_alike(*pair) for pair in ("RO", "OY", "PE", "?Y", "空正"))
    assert reads_alike("A0", "AO")
    assert not reads_alike("A", "AA")
