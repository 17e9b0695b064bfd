"""Whoever has seen every picture of a week pins no withheld count to an interval narrower than the threshold."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from geodata.database import Database
from geodata.press.cells import Cells
from geodata.press.cover import cover
from geodata.press.figures import ensure_vintage
from geodata.press.protect import protect
from geodata.press.rooms import rooms
from tests.geodata.press.attacker import Attacker
from tests.geodata.press.weeks import GROUPS, City, bare, week

NOW = datetime.now(UTC)


@given(
    seed=st.integers(0, 10_000),
    homes_each=st.sampled_from([4, 12, 40, 150, 700]),
    threshold=st.sampled_from([3, 5, 10]),
    backwards=st.booleans(),
)
@settings(max_examples=10, deadline=None, derandomize=True)
def test_a_week_of_pictures_tells_no_small_count(seed: int, homes_each: int, threshold: int, backwards: bool) -> None:
    """Cities of all sizes, hours in order and the other way round."""
    hours = 4
    order = list(reversed(range(hours))) if backwards else None
    attacker = week(City.drawn(seed, homes_each), hours, threshold, order)
    assert attacker.narrow(threshold) == {}


@pytest.mark.parametrize("seed", range(4))
def test_the_attacker_can_attack(seed: int) -> None:
    """Where small counts alone are withheld, the same attacker computes them."""
    city, attacker = City.drawn(seed, 150), Attacker(GROUPS)
    for hour, counted in enumerate(city.days(6)):
        attacker.see(hour, bare(counted, 5), city.tree, {})
    found = attacker.narrow(5)
    assert len(found) > 10
    assert sum(high - low < 1e-6 for low, high in found.values()) > 0, "some of them exactly"


def test_looking_at_each_sum_alone_is_not_enough() -> None:
    """Four sums of a square with two withheld cells each: every sum hides them, together they tell one of them."""
    found = 0
    for seed in range(40):
        chance = np.random.default_rng(seed)
        square = chance.integers(0, 12, (4, 5)).astype(float)
        cells = _square(square)
        small = (cells.value > 0) & (cells.value < 5)
        small[20:] = False
        alone, whole = cover(cells, small), protect(cells, small)[0]
        found += _pinned(square, alone) > 0
        assert _pinned(square, whole) == 0
    assert found > 3


def _square(square: "np.ndarray[Any, Any]") -> Cells:
    """Return a table of five rows' and columns' worth of cells whose sums, large, are cells too, tied to a known whole."""
    rows, columns = square.shape
    wholes = np.concatenate((square.sum(axis=1), square.sum(axis=0)))
    cells = Cells.of(np.concatenate((square.ravel(), wholes)), 5)
    for row in range(rows):
        cells.tie((row * columns + column for column in range(columns)), [rows * columns + row])
    for column in range(columns):
        cells.tie((row * columns + column for row in range(rows)), [rows * columns + rows + column])
    cells.cost[rows * columns :] *= 100
    return cells


def _pinned(square: "np.ndarray[Any, Any]", withheld: "np.ndarray[Any, Any]") -> int:
    attacker, (rows, columns) = Attacker({}), square.shape
    wholes = np.concatenate((square.sum(axis=1), square.sum(axis=0)))
    values = [None if hidden else int(n) for n, hidden in zip((*square.ravel(), *wholes), withheld, strict=True)]
    for nth in range(rows + columns):
        parts = range(nth * columns, (nth + 1) * columns) if nth < rows else range(nth - rows, rows * columns, columns)
        told = {str(cell): values[cell] for cell in (*parts, rows * columns + nth)}
        terms = [(attacker._term(0, 0, told | {"households": 1}, str(cell), False), 1) for cell in parts]
        whole = (attacker._term(0, 0, told, str(rows * columns + nth), False), -1)
        attacker._add([*terms, whole])
    return len(attacker.narrow(5))


@given(seed=st.integers(0, 10_000), threshold=st.sampled_from([3, 5, 10]))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_rooms_taken_are_not_told_either(seed: int, threshold: int) -> None:
    """Hotels of all sizes, empty, full and between; how many rooms each has is known to everybody."""
    city = City.drawn(seed, 10)
    capacity, taken = dict.fromkeys(city.tree, 0), dict.fromkeys(city.tree, 0)
    for village in city.villages:
        whole = int(city.chance.choice([0, 0, 3, 8, 40, 200]))
        n = int(city.chance.binomial(whole, city.chance.choice([0, 0.05, 0.4, 1])))
        area: int | None = village
        while area is not None:
            capacity[area], taken[area] = capacity[area] + whole, taken[area] + n
            area = city.tree[area]
    told = rooms(city.tree, taken, capacity, threshold, frozenset()).told
    attacker = Attacker({})
    attacker.see(0, told, city.tree, {})
    for (_, area, _), (low, high) in attacker.narrow(threshold).items():
        assert high - low >= min(threshold, capacity[area]) - 1e-6, "its rooms alone say as much"
    for area, cells in told.items():
        assert cells["rooms_taken"] is None or cells["rooms_taken"] == taken[area]
        assert taken[area] >= threshold or cells["rooms_taken"] is None


def test_the_demo_city_keeps_its_small_counts(demo_city: Database) -> None:
    """Hours of a week of the demo city, made in any order; of the withheld cells a few hundred are attacked."""
    ages = (timedelta(days=6), timedelta(0), timedelta(hours=1), timedelta(days=2, hours=7))
    attacker = None
    for hour, age in enumerate(ages):
        made = ensure_vintage(demo_city, NOW - age, NOW)
        with demo_city.owner() as connection:
            groups = connection.scalar(text("SELECT states FROM vintage WHERE at = :at"), {"at": made.at})
            rows = connection.execute(
                text("SELECT area_id, tree::text, lump, figures FROM published_figure WHERE vintage = :at"),
                {"at": made.at},
            ).all()
        tree = {row.area_id: int(row.tree.split(".")[-2]) if "." in row.tree else None for row in rows}
        told = {row.area_id: row.figures for row in rows if "households" in row.figures}
        attacker = attacker or Attacker(groups)
        attacker.see(hour, told, tree, {row.area_id: row.lump for row in rows if row.lump is not None})
    assert attacker is not None
    assert attacker.narrow(5, sample=300) == {}
