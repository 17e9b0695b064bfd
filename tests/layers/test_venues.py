from datetime import timedelta

import pytest

from geodata.database import Database
from tests.layers.looking import NOW, rows, view
from tests.layers.reported import venue
from tests.places import EAST, GRIDS

GRID = GRIDS[EAST][0]


@pytest.mark.parametrize(
    ("headcount", "state"), [(0, "free"), (89, "free"), (90, "nearly_full"), (100, "nearly_full"), (101, "over")]
)
def test_a_venue_is_as_full_as_its_newest_count_says(tiny_city: Database, headcount: int, state: str) -> None:
    venue(tiny_city, GRID, "V", 100, {5.0: 3, 0.5: headcount})
    (found,) = rows(tiny_city, "venues", view())
    assert (found.state, found.percent) == (state, float(headcount))
    (then,) = rows(tiny_city, "venues", view(at=NOW - timedelta(hours=4)))
    assert (then.state, then.headcount) == ("free", 3)


def test_one_that_does_not_count_says_so(tiny_city: Database) -> None:
    venue(tiny_city, GRID, "V1", 100, {2.1: 500})
    venue(tiny_city, GRID, "V2", 100, {})
    assert {row.state for row in rows(tiny_city, "venues", view())} == {"stale"}
