from datetime import timedelta

from geodata.database import Database
from tests.layers.looking import NOW, ZONE, rows, view
from tests.layers.reported import enterprise
from tests.places import EAST, GRIDS

GRID = GRIDS[EAST][0]
TODAY = NOW.astimezone(ZONE).date()


def test_an_enterprise_is_as_its_newest_report_says(tiny_city: Database) -> None:
    enterprise(tiny_city, GRID, "resumed", {2.5: (True, None, 0), 0.1: (True, TODAY - timedelta(days=1), 40)})
    enterprise(tiny_city, GRID, "tomorrow", {0.1: (True, TODAY + timedelta(days=1), 0)})
    enterprise(tiny_city, GRID, "listed", {0.1: (True, None, 0)})
    enterprise(tiny_city, GRID, "neither", {0.1: (False, None, 0)})
    enterprise(tiny_city, GRID, "silent", {2.1: (True, TODAY - timedelta(days=9), 90)})
    found = {row.code: row.state for row in rows(tiny_city, "enterprises", view())}
    assert found == {
        "resumed": "resumed",
        "tomorrow": "whitelisted",
        "listed": "whitelisted",
        "neither": "not_yet",
        "silent": "stale",
    }
    then = {row.code: row.state for row in rows(tiny_city, "enterprises", view(at=NOW - timedelta(days=2)))}
    assert (then["resumed"], then["silent"], then["listed"]) == ("whitelisted", "resumed", "stale")


def test_the_share_back(tiny_city: Database) -> None:
    enterprise(tiny_city, GRID, "E", {0.1: (True, None, 33)}, staff=99)
    enterprise(tiny_city, GRID, "empty", {0.1: (True, None, 0)}, staff=0)
    assert {row.percent for row in rows(tiny_city, "enterprises", view())} == {33.3, None}
