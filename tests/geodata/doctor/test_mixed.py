"""Files put together from several sources: taken apart without a row in the wrong system, or asked about."""

from collections.abc import Callable

import numpy as np
import pytest

from geodata.doctor.decide import diagnose
from geodata.doctor.diagnosis import Diagnosis
from geodata.doctor.systems import SYSTEMS


def mixed(file: object, mine: np.ndarray, one: str, other: str) -> tuple[Diagnosis, np.ndarray]:
    """Diagnose a file of which the rows `mine` are in another system, and return what each row is truly in."""
    (x, y), (other_x, other_y) = file.of(one), file.of(other)
    x[mine], y[mine] = other_x[mine], other_y[mine]
    return diagnose(x, y, file.outside()), np.where(mine, other, one)


def demand_split(found: Diagnosis, truth: np.ndarray, most_open: float = 0.02) -> None:
    assert (found.question, found.mixed) == ("", True)
    assert found.groups is not None
    names = np.array([*found.systems, ""])[found.groups]
    decided = names != ""
    assert np.array_equal(names[decided], truth[decided])
    assert (~decided).mean() <= most_open
    assert np.array_equal(np.isnan(found.lon), ~decided)


PAIRS = [("wgs84", "gcj02"), ("wgs84", "bd09"), ("gcj02", "bd09"), ("gcj02-swapped", "wgs84-swapped")]


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize("change", [2_000, 2_513, 3_700])
def test_one_file_after_another_is_taken_apart(one: str, other: str, change: int, delivered: Callable) -> None:
    file = delivered(4_000, change)
    file = file.rows(np.random.default_rng(change).permutation(4_000))
    found, truth = mixed(file, np.arange(4_000) >= change, one, other)
    demand_split(found, truth)
    assert found.inside_share > 0.93


@pytest.mark.parametrize(("one", "other"), PAIRS[:2])
def test_stretches_sorted_by_village_are_taken_apart(one: str, other: str, delivered: Callable) -> None:
    file = delivered(6_000, 8)
    rows = np.arange(6_000)
    demand_split(*mixed(file, (rows > 1_000) & (rows < 2_600), one, other))


@pytest.mark.parametrize(("one", "other"), PAIRS[:3])
def test_villages_that_deliver_for_themselves_are_taken_apart(one: str, other: str, delivered: Callable) -> None:
    every = delivered(1, 9).villages
    file = delivered(24_000, 9, every[:120])
    file = file.rows(np.random.default_rng(1).permutation(24_000))
    demand_split(*mixed(file, file.village % 3 == 0, one, other), 0.05)


def test_a_few_rows_of_each_village_are_too_few_to_take_villages_apart(delivered: Callable) -> None:
    file = delivered(4_000, 9)
    file = file.rows(np.random.default_rng(1).permutation(4_000))
    found, _ = mixed(file, file.village % 3 == 0, "wgs84", "gcj02")
    assert (found.question, found.groups) == ("crs_mixed", None)


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_row_by_row_is_asked_about(one: str, other: str, share: float, delivered: Callable) -> None:
    file = delivered(5_000, 10)
    found, _ = mixed(file, np.random.default_rng(2).random(5_000) < share, one, other)
    assert found.question
    assert found.groups is None
    assert found.confidence <= 0.8


@pytest.mark.parametrize(
    ("one", "other"),
    [("wgs84", "wgs84-swapped"), ("gcj02", "EPSG:4546"), ("EPSG:4525", "EPSG:4526"), ("bd09", "EPSG:4525-swapped")],
)
def test_what_looks_different_is_taken_apart_row_by_row(one: str, other: str, delivered: Callable) -> None:
    file = delivered(3_000, 11)
    found, truth = mixed(file, np.random.default_rng(3).random(3_000) < 0.4, one, other)
    demand_split(found, truth, 0)
    assert found.systems == (one, other)


def test_a_few_rows_of_another_kind_stay_open_and_hold_up_nobody(delivered: Callable) -> None:
    file = delivered(3_000, 12)
    mine = np.arange(3_000) % 1_000 == 7
    found, _ = mixed(file, mine, "gcj02", "wgs84-swapped")
    assert (found.system, found.question, found.systems) == ("gcj02", "", ("gcj02",))
    assert found.groups is not None
    assert np.array_equal(found.groups < 0, mine)
    assert np.array_equal(np.isnan(found.lon), mine)
    assert not found.bad.any()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["wgs84", "gcj02", "bd09"])
def test_a_file_of_one_system_is_not_taken_for_a_mixed_one(name: str, seed: int, delivered: Callable) -> None:
    for count in (300, 2_000, 8_000):
        file = delivered(count, 20 + seed)
        found = diagnose(*file.of(name), file.outside())
        assert (found.system, found.mixed, found.question) == (name, False, "")


def test_rows_without_a_known_village_go_with_the_rest(delivered: Callable) -> None:
    file = delivered(4_000, 13)
    file.village[::10] = -1
    found = diagnose(*file.of("gcj02"), file.outside())
    assert (found.system, found.groups) == ("gcj02", None)
    assert np.isfinite(found.lon).all()
    file.village[::10] = -1
    found, truth = mixed(
        file.rows(np.random.default_rng(4).permutation(4_000)), np.arange(4_000) < 2_000, "wgs84", "bd09"
    )
    demand_split(found, truth)


def test_every_name_of_a_group_is_a_system(delivered: Callable) -> None:
    file = delivered(3_000, 14)
    found, _ = mixed(file, np.arange(3_000) < 1_500, "wgs84", "bd09")
    assert set(found.systems) <= set(SYSTEMS)
