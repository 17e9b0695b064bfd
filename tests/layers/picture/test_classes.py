from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.colours import VIEWS, difference
from geodata.press.figures import measure_of
from layers.declaration import Words
from layers.render.picture import hatching
from layers.render.picture.classes import MOST, breaks_of, classes_of, number
from layers.tokens import classes as ramp
from layers.tokens import luminance

LARGE_PATCH = 5.0
"""What half of people tell apart in patches of a degree or more (Stone, Szafir and Setlur 2014, as in `geodata.colours`)."""
counts = st.lists(st.integers(0, 2_000_000).map(float), max_size=120)
shares = st.lists(st.floats(0, 1_000).map(lambda x: round(x, 1)), max_size=120)


@given(counts)
def test_counts_get_whole_bounds_and_no_empty_class(values: list[float]) -> None:
    check(values, breaks_of(values, whole=True))
    assert all(bound == int(bound) for bound in breaks_of(values, whole=True))


@given(shares)
def test_shares_get_no_empty_class(values: list[float]) -> None:
    check(values, breaks_of(values, whole=False))


def check(values: list[float], breaks: tuple[float, ...]) -> None:
    assert len(breaks) < MOST
    assert all(low < high for low, high in pairwise(breaks))
    assert len(breaks) < max(1, len(set(values)))
    edges = (float("-inf"), *breaks, float("inf"))
    for low, high in pairwise(edges):
        assert not values or any(low <= value < high for value in values)


@pytest.mark.parametrize(
    ("values", "breaks"),
    [
        ([], ()),
        ([0, 0, 0], ()),
        ([7, 7], ()),
        ([3, 8], (5,)),
        ([0, 0, 9], (1,)),
        ([0, 120, 130, 9_000], (1, 5_000)),
        ([8_012, 9_001, 12_034, 7_000, 3_040, 15_000], (5_000, 10_000, 15_000)),
    ],
)
def test_few_values_get_few_classes_with_round_bounds(values: list[float], breaks: tuple[float, ...]) -> None:
    assert breaks_of(values, whole=True) == breaks


def test_nothing_is_told_from_a_little() -> None:
    found = classes_of([0, 6, 7, 300], measure_of("households"))
    assert found.words[0] == Words("0", "0")
    assert found.of(0) == 0
    assert found.of(6) > 0


def test_equal_values_are_one_class_that_says_the_value() -> None:
    found = classes_of([1_200, 1_200], measure_of("households"))
    assert found.words == (Words("1,200", "1,200"),)
    assert found.colour(1_200) == found.colours[0]


def test_nothing_published_has_no_class() -> None:
    assert classes_of([None], measure_of("households")).colours == ()


@pytest.mark.parametrize("count", range(2, MOST + 1))
@pytest.mark.parametrize("view", VIEWS)
def test_neighbouring_classes_are_told_apart_by_everybody_and_in_black_and_white(count: int, view: str) -> None:
    colours = ramp("light", count)
    assert all(difference(low, high, view) >= LARGE_PATCH for low, high in pairwise(colours))
    light = [luminance(colour) for colour in colours]
    assert light == sorted(light, reverse=True)


def test_no_class_has_the_white_that_hatches_stand_on() -> None:
    assert hatching.GROUND not in {colour for count in range(1, MOST + 1) for colour in ramp("light", count)}
    assert hatching.NO_DATA != hatching.SUPPRESSED
    assert {hatching.NO_DATA, hatching.SUPPRESSED} == set(hatching.INK)


def test_counts_are_written_whole_and_shares_with_one_decimal() -> None:
    assert [number(value, measure_of("households")) for value in (0.0, 1_234.0)] == ["0", "1,234"]
    assert [number(value, measure_of("unsurveyed_share")) for value in (5.0, 12.34, 1_999.96)] == [
        "5.0",
        "12.3",
        "2,000.0",
    ]
