from dataclasses import replace

import pytest

from geodata.errors import UnknownLayer
from geodata.model import Role
from geodata.scope import Scope
from layers.declaration import Layer, Mark, Privacy, Words
from layers.registry import BadLayer, all_layers, allowed, check, get, visible

HOTELS = all_layers()["hotels"]
WORDS = Words("一", "one")
CITY = Scope(Role.COMMAND, ("1",))
PRESS = Scope(Role.PRESS, ("1",))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(HOTELS, min_zoom=9, max_zoom=8), "zoom range 9..8"),
        (replace(HOTELS, max_zoom=23), "zoom range"),
        (replace(HOTELS, marks=()), "without a legend entry"),
        (replace(HOTELS, marks=(HOTELS.marks[0], HOTELS.marks[0])), "two marks for one value"),
        (replace(HOTELS, marks=(*HOTELS.marks, Mark("x", WORDS, "#000000", "#000000"))), "without a second sign"),
        (replace(HOTELS, sign="kind", signs=()), "no signs for 'kind'"),
        (None, "declares no LAYER"),
    ],
)
def test_a_declaration_that_is_not_whole_stops_the_start(wrong: Layer | None, said: str) -> None:
    with pytest.raises(BadLayer, match=r"layers/thing\.py.*") as stopped:
        check("thing", "It is.", wrong)
    assert said in str(stopped.value)


def test_a_file_that_says_nothing_about_itself_stops_the_start() -> None:
    with pytest.raises(BadLayer, match="docstring"):
        check("thing", None, HOTELS)


def test_layers_come_in_drawing_order() -> None:
    orders = [layer.order for layer in all_layers().values()]
    assert orders == sorted(orders)


def test_the_press_knows_of_public_layers_only() -> None:
    assert {layer.privacy for layer in visible(PRESS)} == {Privacy.PUBLIC}
    assert {layer.id for layer in visible(CITY)} == set(all_layers())
    for layer in all_layers().values():
        if not allowed(layer, PRESS):
            with pytest.raises(UnknownLayer):
                get(layer.id, PRESS)
    with pytest.raises(UnknownLayer):
        get("nothing", CITY)
