"""The real tree, and how many people the demo puts where."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.demo.chance import generator
from geodata.demo.divisions import CITY, ZONE, Divisions
from geodata.demo.population import FEWEST, MOST, Size, grids, inhabited, shares, split, villages


def test_the_tree_is_the_published_one(divisions: Divisions) -> None:
    levels = Counter(row.level for row in divisions)
    assert levels == {"city": 1, "county": 7, "township": 81, "village": 1381}
    assert all(row.parent is not None for row in divisions if row.code != CITY)
    assert [row.code for row in divisions.children[ZONE]] == ["411271560"]


def test_a_chain_leads_from_the_city_down(divisions: Divisions) -> None:
    assert divisions.chain("411271560200") == (CITY, ZONE, "411271560", "411271560200")


@pytest.mark.parametrize(("size", "households"), [(Size.SMALL, 60_000), (Size.CITY, 1_000_000)])
def test_every_grid_holds_one_to_five_hundred(divisions: Divisions, size: Size, households: int) -> None:
    lived_in = inhabited(divisions, size, grids(divisions))
    assert all(FEWEST <= grid.households <= MOST for grid in lived_in)
    total = sum(grid.households for grid in lived_in)
    assert total == households if size == Size.CITY else abs(total - households) < 500
    assert len({grid.code for grid in lived_in}) == len(lived_in)
    assert all(len(grid.code) == 15 and grid.code.startswith(grid.village) for grid in lived_in)


def test_city_has_about_three_thousand_grids_in_all_villages(divisions: Divisions) -> None:
    every = grids(divisions)
    assert 2_800 <= len(every) <= 3_500
    assert {grid.village for grid in every} == {row.code for row in divisions.level("village")}
    assert sum(villages(divisions).values()) == 1_000_000


def test_walking_down_by_the_first_child_ends_at_a_grid_with_homes(divisions: Divisions) -> None:
    small = inhabited(divisions, Size.SMALL, grids(divisions))
    lived_in = {grid.village for grid in small}
    for township in divisions.level("township"):
        assert divisions.children[township.code][0].code in lived_in
    assert 180 <= len(small) <= 300


def test_a_grid_of_the_small_city_is_the_same_in_the_big_one(divisions: Divisions) -> None:
    every = grids(divisions)
    assert set(inhabited(divisions, Size.SMALL, every)) <= set(every)


@given(parts=st.integers(1, 40), fill=st.floats(0, 1), spread=st.floats(0, 0.9), name=st.text(max_size=9))
def test_a_split_is_exact_and_within_bounds(parts: int, fill: float, spread: float, name: str) -> None:
    total = round(parts * (FEWEST + fill * (MOST - FEWEST)))
    counts = split(total, parts, spread, generator(name))
    assert counts.sum() == total
    assert len(counts) == parts
    assert counts.min() >= FEWEST
    assert counts.max() <= MOST


def test_a_split_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        split(501, 1, 0.1, generator("x"))


@given(weights=st.lists(st.floats(0.01, 1e6), min_size=1, max_size=60), total=st.integers(0, 10**6))
def test_shares_lose_nobody(weights: list[float], total: int) -> None:
    counts = shares(weights, total)
    exact = np.array(weights) * total / sum(weights)
    assert counts.sum() == total
    assert (np.abs(counts - exact) < 1 + 1e-6 * total).all()
