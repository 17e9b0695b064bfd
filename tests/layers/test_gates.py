from datetime import timedelta

from geodata.database import Database
from layers.render.style import style
from tests.layers.looking import layer, rows, run, view
from tests.layers.test_legend import SCHEME
from tests.places import BEGAN, EAST, GRIDS


def test_a_gate_is_what_its_interval_says_at_every_zoom(tiny_city: Database) -> None:
    number = run(tiny_city, "SELECT id FROM gate WHERE code = :code", code=f"G{GRIDS[EAST][0]}")
    for zoom in (14, 22):
        assert {row.state for row in rows(tiny_city, "gates", view(zoom=zoom))} == {"closed"}
        then = rows(tiny_city, "gates", view(zoom=zoom, at=BEGAN + timedelta(days=1)))
        assert [row.since for row in then] == [BEGAN] * 4
    assert rows(tiny_city, "gates", view(at=BEGAN - timedelta(seconds=1))) == [], "what is not known is not drawn"
    (found,) = (row for row in rows(tiny_city, "gates", view()) if row.id == number)
    assert (found.entered_by, found.reason, found.data_time) == (f"G{GRIDS[EAST][0]}", "control", BEGAN)


def test_the_present_needs_no_look_at_intervals_on_tiles() -> None:
    tile = str(layer("gates").statement(view(zoom=15)))
    card = str(layer("gates").statement(view()))
    assert "gate_state" not in tile
    assert "gate_state" in card


def test_every_state_has_a_sign_of_its_own_on_the_map() -> None:
    found = style((layer("gates"),), SCHEME, theme="dark", language="zh", tiles_root="/tiles")
    (letters,) = (part for part in found["layers"] if part["id"] == "gates-letter")
    signs = letters["layout"]["text-field"][3:-1:2]
    assert set(signs) == {"×", "1", "✓"}
