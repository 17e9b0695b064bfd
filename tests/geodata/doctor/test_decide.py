"""One system in a file: found whatever it is and whatever is said of it, or asked about."""

from collections.abc import Callable

import numpy as np
import pytest

from geodata.doctor.decide import as_told, diagnose
from geodata.doctor.naming import named
from geodata.doctor.systems import SWAPPED, SYSTEMS
from geodata.words import say

STRAIGHT = ["wgs84", "gcj02", "bd09", "dms", "EPSG:4525", "EPSG:4526", "EPSG:4497", "EPSG:4546", "EPSG:4547"]
"""Degrees, also with minutes and seconds packed into them; zones of three and six
degrees with their number in front; without it; and a neighbour's zone."""
MOVED = {"wgs84": 0, "gcj02": 560, "bd09": 1_255}


@pytest.mark.parametrize("swapped", ["", SWAPPED])
@pytest.mark.parametrize("name", STRAIGHT)
def test_every_system_is_found(name: str, swapped: str, delivered: Callable) -> None:
    file = delivered(1_500)
    found = diagnose(*file.of(name + swapped), file.outside())
    assert (found.system, found.question, found.mixed, found.groups) == (name + swapped, "", False, None)
    assert found.confidence > 0.99
    assert found.inside_share > 0.93
    assert all(share < found.inside_share for _, share in found.rivals)
    assert name == "dms" or found.moved_m_median == pytest.approx(MOVED.get(name, 0), abs=15)
    assert np.abs(found.lon - file.lon).max() < 1e-7
    assert np.abs(found.lat - file.lat).max() < 1e-7
    assert not found.bad.any()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", ["wgs84", "gcj02", "bd09"])
def test_small_files_are_found_or_asked_about_but_never_guessed(name: str, seed: int, delivered: Callable) -> None:
    for count in (1, 2, 3, 5, 10, 20, 40, 80, 160):
        file = delivered(count, seed)
        found = diagnose(*file.of(name), file.outside())
        assert found.question or found.system == name
        assert bool(found.question) == (found.confidence < 0.98)
        if count <= 5:
            assert found.question


@pytest.mark.parametrize("truth", ["wgs84", "gcj02", "bd09", "EPSG:4546"])
@pytest.mark.parametrize("said", ["EPSG:4326", "gcj02", "bd09", "EPSG:4547", "nonsense"])
def test_a_wrong_word_is_found_out(said: str, truth: str, delivered: Callable) -> None:
    file = delivered(1_500, 1)
    assert diagnose(*file.of(truth), file.outside(), said=said).system == truth


def test_the_name_that_a_file_gives_is_kept_where_two_say_the_same(delivered: Callable) -> None:
    file = delivered(1_000)
    assert diagnose(*file.of("wgs84"), file.outside(), said="EPSG:4490").system == "cgcs2000"
    assert diagnose(*file.of("EPSG:4546"), file.outside(), said="EPSG:4508").system == "EPSG:4508"
    assert diagnose(*file.of("wgs84"), file.outside()).system == "wgs84"


def test_what_a_file_says_helps_where_places_hardly_tell(delivered: Callable) -> None:
    file = delivered(12, 3)
    x, y = file.of("gcj02")
    silent, right, wrong = (diagnose(x, y, file.outside(), said=said) for said in (None, "gcj02", "bd09"))
    assert right.confidence >= silent.confidence
    assert wrong.question


@pytest.mark.parametrize("code", ["EPSG:32649", "EPSG:3857", "EPSG:2383"])
def test_a_file_may_say_a_system_that_is_not_tried(code: str, delivered: Callable) -> None:
    file, system = delivered(1_000), named(code)
    assert system is not None
    x, y = system.from_wgs84(file.lon, file.lat)
    found = diagnose(np.array(x), np.array(y), file.outside(), said=code)
    assert (found.system, found.question) == (code, "")
    assert np.abs(found.lon - file.lon).max() < 1e-6
    found = diagnose(np.array(y), np.array(x), file.outside(), said=code)
    assert (found.system, found.question) == (code + SWAPPED, "")


def test_few_places_in_counties_are_asked_about_and_many_are_not(delivered: Callable, county_polygons: list) -> None:
    few, many = (delivered(count, 4, county_polygons) for count in (60, 6_000))
    assert diagnose(*few.of("gcj02"), few.outside()).question == "crs_unsure"
    assert diagnose(*many.of("gcj02"), many.outside()).system == "gcj02"


def test_a_house_of_many_households_is_one_place(delivered: Callable) -> None:
    file = delivered(5, 5)
    many = file.rows(np.repeat(np.arange(5), 200))
    assert diagnose(*many.of("gcj02"), many.outside()).question == "crs_unsure"


def test_what_is_no_place_does_not_decide_and_is_told(delivered: Callable) -> None:
    file = delivered(1_500)
    x, y = file.of("bd09")
    for row, (east, north) in enumerate([(0, 0), (np.nan, 34), (111, np.inf), (-np.inf, np.nan), (10, 50), (0, 34)]):
        x[row::50], y[row::50] = east, north
    found = diagnose(x, y, file.outside())
    assert (found.system, found.question) == ("bd09", "")
    assert np.array_equal(np.flatnonzero(found.bad), np.flatnonzero(np.arange(1_500) % 50 < 6))
    assert np.array_equal(np.isnan(found.lon), found.bad)


def test_nothing_to_go_by_is_asked_about(delivered: Callable) -> None:
    file = delivered(500)
    nowhere = diagnose(np.full(5, np.nan), np.zeros(5), file.rows(np.arange(5)).outside())
    assert (nowhere.system, nowhere.question, nowhere.bad.all()) == (None, "crs_no_places", True)
    empty = diagnose(np.array([]), np.array([]), lambda lon, _: lon)
    assert empty.question == "crs_no_places"
    unnamed = diagnose(*file.of("gcj02"), lambda lon, _: np.full(len(lon), np.nan), said="gcj02")
    assert (unnamed.system, unnamed.question) == ("gcj02", "crs_no_areas")


@pytest.mark.parametrize("move", [(3, -2), (0.2, 0.1)])
def test_places_of_elsewhere_fit_nothing(move: tuple[float, float], delivered: Callable) -> None:
    file = delivered(1_000)
    found = diagnose(file.lon + move[0], file.lat + move[1], file.outside())
    assert found.question == "crs_none_fits"
    assert found.confidence < 0.5


def test_codes_that_name_the_wrong_villages_fit_nothing(delivered: Callable) -> None:
    file = delivered(1_000)
    shuffled = file.rows(np.arange(1_000))
    shuffled.village[:] = np.random.default_rng(1).permutation(shuffled.village)
    assert diagnose(*file.of("wgs84"), shuffled.outside()).question == "crs_none_fits"


def test_any_measure_will_do_though_it_says_nothing_of_its_areas(delivered: Callable) -> None:
    file = delivered(1_500)
    measure = file.outside()
    found = diagnose(*file.of("gcj02"), measure.__call__)
    assert (found.system, found.question) == ("gcj02", "")


def test_a_persons_word_is_taken(delivered: Callable) -> None:
    file = delivered(4)
    x, y = file.of("gcj02")
    x[0] = np.nan
    found = as_told(x, y, file.outside(), SYSTEMS["gcj02"])
    assert (found.system, found.question, found.confidence) == ("gcj02", "", 0.9999)
    assert found.bad.tolist() == [True, False, False, False]
    assert found.moved_m_median == pytest.approx(560, abs=20)
    assert np.abs(found.lon - file.lon)[1:].max() < 1e-8


@pytest.mark.parametrize("language", ["zh", "en"])
def test_questions_are_sentences(language: str, delivered: Callable) -> None:
    file = delivered(10)
    found = diagnose(*file.of("gcj02"), file.outside())
    sentence = say(f"refusal.{found.question}", language, **found.facts)
    assert "gcj02" in sentence
    assert "{" not in sentence
