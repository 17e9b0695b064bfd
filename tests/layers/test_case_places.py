from datetime import timedelta

from geodata.database import Database
from geodata.model import Role
from tests.layers.looking import NOW, layer, rows, scope, view
from tests.layers.reported import case_place
from tests.places import EAST, GRIDS, WEST

GRID = GRIDS[EAST][0]


def test_a_place_fades_and_leaves_after_two_weeks(tiny_city: Database) -> None:
    for code, days in (("a", 1.0), ("b", 5.0), ("c", 13.9), ("d", 14.1)):
        case_place(tiny_city, GRID, code, days)
    found = {row.code: row.age for row in rows(tiny_city, "case_places", view())}
    assert found == {"a": "new", "b": "week", "c": "old"}
    then = {row.code: row.age for row in rows(tiny_city, "case_places", view(at=NOW - timedelta(days=4)))}
    assert then == {"b": "new", "c": "old", "d": "old"}


def test_what_was_not_told_yet_was_not_known(tiny_city: Database) -> None:
    case_place(tiny_city, GRID, "a", 1)
    assert not rows(tiny_city, "case_places", view(at=NOW - timedelta(days=1)))
    assert len(rows(tiny_city, "case_places", view(at=NOW - timedelta(hours=22)))) == 1


def test_a_county_sees_its_own_and_the_press_none(tiny_city: Database) -> None:
    case_place(tiny_city, GRID, "east", 1)
    case_place(tiny_city, GRIDS[WEST][0], "west", 1)
    assert [row.code for row in rows(tiny_city, "case_places", view(), scope(tiny_city, WEST))] == ["west"]
    assert not rows(tiny_city, "case_places", view(), scope(tiny_city, role=Role.PRESS))


def test_nothing_of_a_person_is_on_the_card() -> None:
    shown = {field.column for field in layer("case_places").fields}
    assert shown == {"kind", "age", "began", "ended", "published", "code"}
