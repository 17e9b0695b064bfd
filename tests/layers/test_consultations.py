from datetime import timedelta

from geodata.database import Database
from tests.layers.looking import NOW, rows, scope, view
from tests.layers.reported import link
from tests.places import EAST, GRIDS, WEST

ONE, TWO = GRIDS[EAST]


def test_a_link_is_a_line_between_two_hospitals(tiny_city: Database) -> None:
    link(tiny_city, ONE, TWO, {3: 2, 1: 4})
    link(tiny_city, TWO, ONE, {1: 0})
    found = {row.name: row for row in rows(tiny_city, "consultations", view())}
    assert sorted(row.state for row in found.values()) == ["busy", "quiet"]
    assert sorted(row.cases for row in found.values()) == [0, 4]
    then = rows(tiny_city, "consultations", view(at=NOW - timedelta(days=2)))
    assert sorted((row.state, row.cases) for row in then if row.cases is not None) == [("busy", 2)]


def test_one_that_is_not_told_of_says_so(tiny_city: Database) -> None:
    link(tiny_city, ONE, TWO, {2: 4})
    link(tiny_city, TWO, ONE, {})
    assert {row.state for row in rows(tiny_city, "consultations", view())} == {"stale"}


def test_whoever_sees_one_end_alone_does_not_see_the_line(tiny_city: Database) -> None:
    link(tiny_city, ONE, TWO, {1: 4})
    assert len(rows(tiny_city, "consultations", view(), scope(tiny_city, EAST))) == 1
    assert not rows(tiny_city, "consultations", view(), scope(tiny_city, ONE))
    assert not rows(tiny_city, "consultations", view(), scope(tiny_city, WEST))
