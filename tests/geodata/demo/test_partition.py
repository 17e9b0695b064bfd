"""Cutting ground into regions: whatever the sizes asked for, every region is one piece and none is empty."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geodata.demo.chance import Floats, Ints, generator
from geodata.demo.partition import Cells, around, connected, halves, rounded, slices

SIDE = 12


def board(name: str) -> Cells:
    """A board of squares, some heavier than others."""
    x, y = np.meshgrid(np.arange(SIDE, dtype=float), np.arange(SIDE, dtype=float))
    centres = np.column_stack([x.ravel(), y.ravel()])
    near = [
        [j * SIDE + i for i, j in ((a - 1, b), (a + 1, b), (a, b - 1), (a, b + 1)) if 0 <= i < SIDE and 0 <= j < SIDE]
        for b in range(SIDE)
        for a in range(SIDE)
    ]
    return Cells(centres, generator(name, "masses").uniform(0.2, 3.0, SIDE**2), near)


def one_piece(cells: Cells, members: Ints) -> bool:
    left = set(members.tolist())
    reached = [left.pop()] if left else []
    for cell in reached:
        found = left.intersection(cells.neighbours[cell])
        left -= found
        reached.extend(found)
    return not left and bool(reached)


targets_of = st.lists(st.floats(0.3, 9.0), min_size=1, max_size=14).map(np.array)


@given(targets=targets_of, name=st.text(max_size=5), way=st.sampled_from(["halves", "rounded", "slices", "around"]))
def test_every_region_is_one_piece_and_none_is_empty(targets: Floats, name: str, way: str) -> None:
    cells, chance = board(name), generator(name, "cut")
    points, masses, members = cells.centres, cells.masses, np.arange(SIDE**2)
    region = halves(points, masses, targets, chance)
    if way == "rounded":
        region = rounded(points, masses, region, targets)
    elif way == "slices":
        region = slices(points, masses, targets, points[SIDE * 6 + 5], chance)
    elif way == "around":
        region = around(points, masses, points[chance.permutation(len(points))[: len(targets)]], targets)
    final = connected(cells, members, region, len(targets))
    assert all(one_piece(cells, members[final == index]) for index in range(len(targets)))


@given(targets=targets_of, name=st.text(max_size=5))
def test_halves_come_near_to_what_was_asked(targets: Floats, name: str) -> None:
    cells = board(name)
    region = halves(cells.centres, cells.masses, targets, generator(name, "cut"))
    held = np.bincount(region, cells.masses, len(targets))
    wanted = targets / targets.sum() * cells.masses.sum()
    assert np.abs(held - wanted).max() < 3.0 * (1 + np.log2(len(targets)) + len(targets) * (wanted.min() < 3.0))


def test_a_region_that_nobody_reached_takes_a_cell_that_can_be_spared() -> None:
    cells = board("spare")
    members = np.arange(SIDE**2)
    final = connected(cells, members, np.zeros(SIDE**2, dtype=np.int64), 3)
    assert set(final.tolist()) == {0, 1, 2}
    assert all(one_piece(cells, members[final == index]) for index in range(3))


def test_what_was_cut_off_joins_its_neighbour() -> None:
    cells = board("island")
    region = np.zeros(SIDE**2, dtype=np.int64)
    region[cells.centres[:, 0] > 8] = 1
    region[0] = 1
    final = connected(cells, np.arange(SIDE**2), region, 2)
    assert final[0] == 0
