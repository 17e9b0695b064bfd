from datetime import UTC, datetime, timedelta

import pytest

from geodata.database import Database
from layers.render.style import style
from tests.layers.looking import layer, rows, run, view
from tests.layers.test_legend import SCHEME
from tests.places import BEGAN


def test_what_ended_is_seen_in_the_past_alone(tiny_city: Database) -> None:
    end = BEGAN + timedelta(days=3)
    put = "UPDATE closure SET valid = tstzrange(lower(valid), :end), ended_by = 'x', end_reason = 'y' WHERE id = 1"
    run(tiny_city, put, end=end)
    moments = {None: 3, end - timedelta(seconds=1): 4, end: 3, BEGAN - timedelta(seconds=1): 0}
    assert {at: len(rows(tiny_city, "closures", view(at=at))) for at in moments} == moments


def test_what_was_drawn_this_minute_is_there_at_once(tiny_city: Database) -> None:
    """Tiles know the present by the minute; a closure that begins within it must not wait for the next."""
    run(tiny_city, "UPDATE closure SET valid = tstzrange(:now, NULL)", now=datetime.now(UTC))
    assert len(rows(tiny_city, "closures", view(now=datetime.now(UTC) - timedelta(seconds=59)))) == 4


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_lines_carry_letters_and_areas_a_hatch(theme: str) -> None:
    found = style((layer("closures"),), SCHEME, theme=theme, language="zh", tiles_root="/tiles")
    parts = {part["id"]: part for part in found["layers"]}
    assert set(parts["closures-letter"]["layout"]["text-field"][3:-1:2]) == {"×", "!"}
    assert parts["closures-letter"]["layout"]["symbol-placement"] == "line"
    assert all(name.startswith("hatch-") for name in parts["closures-surface"]["paint"]["fill-pattern"][3:-1:2])
    assert parts["closures-surface"]["filter"][-1] == "Polygon"
