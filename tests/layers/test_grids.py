from datetime import timedelta

from geodata.database import Database
from geodata.model import Role
from layers.registry import visible
from tests.layers.looking import NOW, rows, run, scope, view
from tests.layers.test_areas import ill
from tests.places import EAST, GRIDS, WEST


def test_a_grid_has_the_colour_of_its_worst_news(tiny_city: Database) -> None:
    late, today, clear, empty = (*GRIDS[EAST], *GRIDS[WEST])
    ill(tiny_city, late, 2, 16)
    ill(tiny_city, late, 3, 15)
    ill(tiny_city, today, 1, 14)
    run(tiny_city, "DELETE FROM household WHERE area_id = (SELECT id FROM area WHERE code = :code)", code=empty)
    found = {row.code: row for row in rows(tiny_city, "grids", view())}
    assert {code: row.state for code, row in found.items()} == {
        late: "overdue",
        today: "due_today",
        clear: "clear",
        empty: "empty",
    }
    assert found[today].due_today == 1
    assert (found[clear].households, found[clear].overdue) == (6, 0)
    assert (found[empty].households, found[empty].overdue, found[empty].data_time) == (None, None, None)


def test_in_the_past_it_has_the_colour_of_then(tiny_city: Database) -> None:
    ill(tiny_city, GRIDS[EAST][0], 1, 16)
    ill(tiny_city, GRIDS[EAST][0], 1, 0.5, state=6)
    now = {row.code: row.state for row in rows(tiny_city, "grids", view())}
    then = {row.code: row.state for row in rows(tiny_city, "grids", view(at=NOW - timedelta(days=0.9)))}
    assert now[GRIDS[EAST][0]] == "clear"
    assert then[GRIDS[EAST][0]] == "overdue"
    long_ago = rows(tiny_city, "grids", view(at=NOW - timedelta(days=100)))
    assert {row.state for row in long_ago} == {"empty"}


def test_the_leader_is_on_the_card_and_not_for_the_press(tiny_city: Database) -> None:
    run(tiny_city, "UPDATE area SET leader = '王某', telephone = '0398-1' WHERE code = :code", code=GRIDS[EAST][0])
    found = {row.code: row for row in rows(tiny_city, "grids", view())}
    assert (found[GRIDS[EAST][0]].leader, found[GRIDS[EAST][0]].telephone) == ("王某", "0398-1")
    assert "grids" not in {layer.id for layer in visible(scope(tiny_city, role=Role.PRESS))}
