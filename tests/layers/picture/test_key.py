from dataclasses import replace

import pytest

from geodata.press.sheet import Shown
from layers.registry import all_layers
from layers.render.legend import legend
from layers.render.picture import hatching
from layers.render.picture.classes import classes
from layers.render.picture.gather import offered
from layers.render.picture.key import Key, area_rows, groups
from layers.render.picture.symbols import symbol
from layers.render.style_parts import Look
from layers.render.style_points import FINE
from tests.picture_sheets import cells, sheet, spot

POINTS = [layer.id for layer in offered()]


def test_points_of_public_layers_are_offered_and_nothing_about_homes() -> None:
    assert set(POINTS) == {"hotels", "clinics", "shops"}
    assert all(layer.privacy == "public" for layer in offered())


@pytest.mark.parametrize("name", POINTS)
def test_legend_and_symbols_are_the_live_maps_own(name: str) -> None:
    layer = all_layers()[name]
    signs = [mark.value for mark in layer.signs] or [""]
    spots = tuple(spot(1, 1, "点", mark.value, sign) for mark in layer.marks for sign in signs)
    drawn = sheet(spots={name: spots})
    _, group = groups(drawn, classes(drawn))
    live = legend(layer, ())
    assert [row.words for row in group.rows] == [row.words for row in live]
    assert group.head == layer.title.zh
    look = Look("light", ())
    for row, theirs in zip(group.rows, live, strict=True):
        assert row.symbol is not None
        if not theirs.sign:
            assert row.symbol.colour == theirs.light
            said = {row.symbol.letter, row.symbol.badge}
            assert theirs.letter in said or theirs.letter == FINE
    for mark in look.marks(layer):
        for sign in signs:
            found = symbol(layer, mark.value, sign)
            assert found.colour == mark.light
            assert found.letter


def test_only_what_occurs_is_in_the_legend() -> None:
    drawn = sheet(spots={"clinics": (spot(1, 1, "门诊", "open", "fever_clinic"),), "hotels": ()})
    found = groups(drawn, classes(drawn))
    assert len(found) == 2
    assert [row.words.en for row in found[1].rows] == ["Open", "Fever clinic"]


@pytest.mark.parametrize("shown", [("no_data",) * 9, ("suppressed",) * 9, ("value",) * 7 + ("no_data", "suppressed")])
def test_no_data_and_withheld_are_always_explained_and_hatched_apart(shown: tuple[Shown, ...]) -> None:
    drawn = sheet(cells=cells(shown))
    rows = area_rows(drawn, classes(drawn))
    hatches = [row.hatch for row in rows if row.hatch]
    expected = [
        hatch for name, hatch in (("no_data", hatching.NO_DATA), ("suppressed", hatching.SUPPRESSED)) if name in shown
    ]
    assert hatches == expected
    assert all(not row.colour for row in rows if row.hatch)


def test_an_area_without_parts_still_says_what_is_missing() -> None:
    assert area_rows(sheet(cells=()), classes(sheet(cells=())))[0].hatch


def test_both_languages_stand_in_the_legend() -> None:
    drawn = sheet(order={"language": "both"}, cells=cells(("no_data",) * 9))
    key = Key(drawn, groups(drawn, classes(drawn)), 400, 16)
    assert key.groups[0].head == "住户总数（户）\nHouseholds"
    assert key.height > 0
    assert replace(key, width=90).height > key.height
