"""What moves, as deck.gl draws it."""

from datetime import timedelta
from typing import Any

import pytest

from layers.registry import all_layers
from layers.render.moving import FADES_S, FAINT, STRONG, fainter, moving
from tests.layers.looking import NOW

LAYERS = all_layers()


def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {"id": 3, "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


DRONE = feature("Point", [111.2, 34.7, 5.0], name="一号", height_m=80.4)
TRAIL = feature("LineString", [[111, 34], [111.1, 34], [111.2, 34]], ages=[1200, 600, 0], data_time=NOW.isoformat())
GROUND = feature("Polygon", [[[111, 34], [111.1, 34], [111.1, 34.1], [111, 34]]])


def test_a_drone_is_a_disc_with_its_letter_name_and_height() -> None:
    disc, letter, name = moving([(LAYERS["drones"], [DRONE])], NOW, "dark")
    assert (disc["@@type"], disc["radiusUnits"], disc["pickable"]) == ("ScatterplotLayer", "pixels", True)
    assert disc["data"] == [{"id": 3, "layer": "drones", "p": [111.2, 34.7], "t": "一号 80 米"}]
    assert letter["data"][0]["l"] == LAYERS["drones"].marks[0].letter
    assert [part["id"] for part in (disc, letter, name)] == ["drones", "drones-letters", "drones-names"]
    assert moving([(LAYERS["drones"], [DRONE])], NOW, "light", "en")[2]["data"][0]["t"] == "一号 80 m"


def test_a_trail_is_fainter_the_longer_ago() -> None:
    (line,) = moving([(LAYERS["trails"], [TRAIL])], NOW, "dark")
    older, newer = (piece["c"][3] for piece in line["data"])
    assert FAINT < older < newer == STRONG
    assert line["data"][0]["s"] == [111, 34]
    assert line["data"][1]["e"] == [111.2, 34]


def test_a_trail_that_ended_a_while_ago_has_faded() -> None:
    (fresh,), (late,) = (
        moving([(LAYERS["trails"], [TRAIL])], NOW + ago, "dark") for ago in (timedelta(0), timedelta(minutes=5))
    )
    assert all(new["c"][3] >= old["c"][3] for new, old in zip(fresh["data"], late["data"], strict=True))
    assert late["data"][1]["c"][3] == fainter(300)


@pytest.mark.parametrize("age", [0, 1, 300, 1199, 1200, 4000])
def test_nothing_of_a_trail_is_quite_gone_or_stronger_than_new(age: float) -> None:
    assert FAINT <= fainter(age) <= STRONG
    assert (fainter(age) == FAINT) == (age >= FADES_S - 3)


def test_what_lies_on_the_ground_is_drawn_under_what_flies() -> None:
    found = [(LAYERS[name], [one]) for name, one in (("drones", DRONE), ("footprints", GROUND), ("trails", TRAIL))]
    names = [layer["id"] for layer in moving(found, NOW, "dark")]
    assert names == ["trails", "footprints", "drones", "drones-letters", "drones-names"]


def test_nothing_is_drawn_of_nothing() -> None:
    assert moving([], NOW, "dark") == []
    assert moving([(LAYERS["drones"], [])], NOW, "dark") == []


def test_every_live_layer_can_be_drawn() -> None:
    shapes = {"point": DRONE, "line": TRAIL, "polygon": GROUND}
    for layer in LAYERS.values():
        if layer.live:
            assert layer.marks
            drawn = moving([(layer, [shapes[layer.geometry]])], NOW, "light")
            assert {part["id"].split("-")[0] for part in drawn} == {layer.id}
