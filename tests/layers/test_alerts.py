from datetime import timedelta

from geodata.database import Database
from geodata.model import Role
from tests.layers.looking import NOW, rows, run, scope, view
from tests.places import EAST


def test_what_is_open_stands_where_it_is(tiny_city: Database) -> None:
    """Now what nobody closed; at a past moment what was open then; only inside one's own areas."""
    assert len(rows(tiny_city, "alerts", view(now=NOW + timedelta(minutes=5)))) == 4
    close = "UPDATE alert SET closed_at = :at, closed_why = 'handled', closed_by = 'x', fired_at = :fired WHERE id = 1"
    run(tiny_city, close, at=NOW - timedelta(hours=1), fired=NOW - timedelta(hours=3))
    later = NOW + timedelta(minutes=5)
    found = {
        hours: len(rows(tiny_city, "alerts", view(now=later, at=NOW - timedelta(hours=hours)))) for hours in (4, 2, 0.5)
    }
    assert found == {4: 0, 2: 1, 0.5: 0}
    assert len(rows(tiny_city, "alerts", view(now=later))) == 3
    eyes = scope(tiny_city, EAST, Role.OFFICER)
    assert [row.severity for row in rows(tiny_city, "alerts", view(now=later, zoom=12), eyes)] == ["warning"]
    assert rows(tiny_city, "alerts", view(now=later), scope(tiny_city, role=Role.PRESS)) == []


def test_what_has_no_place_is_not_drawn(tiny_city: Database) -> None:
    run(tiny_city, "UPDATE alert SET place = NULL WHERE id = 1")
    assert len(rows(tiny_city, "alerts", view(now=NOW + timedelta(minutes=5)))) == 3
