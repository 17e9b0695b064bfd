from datetime import timedelta

from geodata.database import Database
from tests.layers.looking import NOW, rows, view
from tests.layers.test_areas import ill
from tests.places import EAST, GRIDS


def test_from_afar_a_footprint_is_only_that(tiny_city: Database) -> None:
    found = rows(tiny_city, "buildings", view(zoom=14))
    assert len(found) == 4
    assert {(row.state, row.name) for row in found} == {(None, None)}


def test_close_by_it_tells_the_most_severe_state_behind_its_doors(tiny_city: Database) -> None:
    ill(tiny_city, GRIDS[EAST][0], 3, 5, state=3)
    ill(tiny_city, GRIDS[EAST][0], 1, 2, state=2)
    for zoom in (15, 16, 22):
        found = rows(tiny_city, "buildings", view(zoom=zoom))
        assert sorted(row.state for row in found) == ["hubei", "normal", "normal", "normal"]
    worst = next(row for row in found if row.state == "hubei")
    assert (worst.households, worst.followed, worst.overdue) == (6, 3, 0)


def test_in_the_past_it_tells_what_was(tiny_city: Database) -> None:
    ill(tiny_city, GRIDS[EAST][0], 2, 17)
    ill(tiny_city, GRIDS[EAST][0], 2, 1, state=6)
    then = rows(tiny_city, "buildings", view(at=NOW - timedelta(days=1, hours=12)))
    worst = next(row for row in then if row.state == "wuhan")
    assert (worst.households, worst.followed, worst.overdue) == (6, 2, 2)
    assert {row.state for row in rows(tiny_city, "buildings", view())} == {"normal"}
    assert {row.state for row in rows(tiny_city, "buildings", view(at=NOW - timedelta(days=99)))} == {None}
