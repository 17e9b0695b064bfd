from datetime import timedelta

from geodata.database import Database
from tests.layers import patrols
from tests.layers.looking import NOW, rows, run, view
from tests.places import EAST, GRIDS


def event(database: Database, code: str, kind: str, hours_ago: float) -> None:
    run(
        database,
        "INSERT INTO patrol_event (code, kind, at, area_id, place) SELECT :code, :kind, :at, id, ST_PointOnSurface(place) "
        "FROM area WHERE code = :grid",
        code=code,
        kind=kind,
        at=NOW - timedelta(hours=hours_ago),
        grid=GRIDS[EAST][0],
    )


def test_events_of_the_day_before_the_shown_moment(tiny_city: Database) -> None:
    patrols.none(tiny_city)
    for code, kind, hours_ago in (("a", "gathering", 1), ("b", "no_mask", 23), ("c", "loudhailer", 25)):
        event(tiny_city, code, kind, hours_ago)
    assert {row.code for row in rows(tiny_city, "patrol_events", view())} == {"a", "b"}
    earlier = rows(tiny_city, "patrol_events", view(at=NOW - timedelta(hours=2)))
    assert {(row.code, row.kind) for row in earlier} == {("b", "no_mask"), ("c", "loudhailer")}
