"""Measures: found by file; a declaration that would publish an unprotected count stops the start."""

import dataclasses
from typing import Any

import pytest

from geodata.press.figures import Figure, measure_of, measures, shown
from geodata.press.measures import BadMeasure, check, collected

GOOD = measures()["followed"]


def test_every_measure_has_words_in_both_languages() -> None:
    for measure in measures().values():
        assert measure.words.zh
        assert measure.words.en
        assert measure.words.in_("en") == measure.words.en
    assert next(iter(measures())) == "households"


@pytest.mark.parametrize(
    ("docstring", "changes", "said"),
    [
        ("", {}, "docstring"),
        ("x", {"id": "other"}, "file's name"),
        ("x", {"cell": "households_of_one_door"}, "protection"),
        ("x", {"people": False}, "counts people"),
        ("x", {"kind": "share"}, "a whole"),
        ("x", {"kind": "share", "of": "households", "per": 0}, "so many"),
    ],
)
def test_a_bad_declaration_is_refused(docstring: str, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadMeasure, match=said):
        check("followed", docstring, dataclasses.replace(GOOD, **changes))


def test_a_file_without_a_measure_and_a_measure_twice_are_refused() -> None:
    with pytest.raises(BadMeasure, match="no MEASURE"):
        check("followed", "x", None)
    with pytest.raises(BadMeasure, match="taken"):
        collected([("followed", "x", GOOD), ("followed", "x", GOOD)])


@pytest.mark.parametrize(
    ("figures", "seen"),
    [
        ({"followed": 5, "households": 1000}, Figure("value", 5.0)),
        ({"followed": None, "households": 1000}, Figure("suppressed")),
        ({"followed": 5, "households": None}, Figure("suppressed")),
        ({"followed": 5}, Figure("no_data")),
        ({}, Figure("no_data")),
    ],
)
def test_a_share_needs_both_its_counts(figures: dict[str, int | None], seen: Figure) -> None:
    assert shown(measure_of("followed_share"), figures) == seen
