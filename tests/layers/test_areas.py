from datetime import date, timedelta

import pytest

from geodata.database import Database
from geodata.model import Role
from layers.areas import MAX_ZOOM, MEASURES, levels
from tests.layers.looking import NOW, ZONE, rows, run, scope, view
from tests.places import EAST, GRIDS, WEST

TODAY = NOW.astimezone(ZONE).date()


def ill(database: Database, grid: str, doors: int, days_ago: float, state: int = 1) -> None:
    """Let `doors` homes of a grid be followed since some days."""
    run(
        database,
        "SELECT count(record_state(h.id, :state, :since, '', 'survey', 'test')) FROM (SELECT h.id FROM household h "
        "JOIN area a ON a.id = h.area_id WHERE a.code = :grid ORDER BY h.id LIMIT :doors) h",
        state=state,
        since=NOW - timedelta(days=days_ago),
        grid=grid,
        doors=doors,
    )


def values(database: Database, measure: str, zoom: int = 8, **more: object) -> dict[str, float | None]:
    found = rows(database, "areas", view(zoom=zoom, measure=measure, **more))  # type: ignore[arg-type]
    return {row.code: row.value for row in found}


@pytest.mark.parametrize(
    ("zoom", "wanted"),
    [(5, ["county"]), (9, ["county"]), (10, ["township"]), (11, ["township"]), (12, ["village"]), (13, ["village"])],
)
def test_levels_come_one_after_another(zoom: int, wanted: list[str], tiny_city: Database) -> None:
    assert list(levels(zoom)) == wanted
    assert {row.level for row in rows(tiny_city, "areas", view(zoom=zoom))} == set(wanted)


def test_beyond_the_tiles_every_level_can_be_asked_for(tiny_city: Database) -> None:
    found = rows(tiny_city, "areas", view())
    assert {row.level for row in found} == {"county", "township", "village"}
    assert {measure.id for measure in MEASURES} <= set(found[0]._fields)


def test_who_answers_for_one_grid_sees_it_at_every_zoom(tiny_city: Database) -> None:
    grid = GRIDS[EAST][0]
    for zoom in (8, 10, 12, MAX_ZOOM):
        found = rows(tiny_city, "areas", view(zoom=zoom, measure="total"), scope(tiny_city, grid, Role.GRID))
        assert [(row.code, row.value) for row in found] == [(grid, 6)]


def test_figures_are_sums_of_everything_below(tiny_city: Database) -> None:
    ill(tiny_city, GRIDS[EAST][0], 2, 16)
    ill(tiny_city, GRIDS[EAST][1], 1, 14)
    ill(tiny_city, GRIDS[WEST][0], 3, 1, state=4)
    assert values(tiny_city, "overdue") == {EAST: 2, WEST: 0}
    assert values(tiny_city, "") == values(tiny_city, "overdue")
    assert values(tiny_city, "due_today") == {EAST: 1, WEST: 0}
    assert values(tiny_city, "total") == {EAST: 12, WEST: 12}
    assert values(tiny_city, "followed") == {EAST: 250.0, WEST: 0.0}
    assert values(tiny_city, "unsurveyed") == {EAST: 0.0, WEST: 25.0}
    assert values(tiny_city, "overdue", zoom=12) == {f"{EAST}001001": 2, f"{WEST}001001": 0}


def test_nothing_loaded_is_not_zero(tiny_city: Database) -> None:
    run(tiny_city, "DELETE FROM household WHERE path <@ (SELECT path FROM area WHERE code = :code)", code=WEST)
    for measure in ("overdue", "due_today", "followed", "unsurveyed", "total"):
        found = {row.code: row for row in rows(tiny_city, "areas", view(zoom=8, measure=measure))}
        assert found[WEST].value is None
        assert found[WEST].data_time is None
        assert found[EAST].value is not None
        assert found[EAST].data_time is not None


def test_who_may_see_no_homes_gets_no_figure_about_them(tiny_city: Database) -> None:
    press = scope(tiny_city, role=Role.PRESS)
    for measure in MEASURES:
        found = rows(tiny_city, "areas", view(zoom=8, measure=measure.id), press)
        assert len(found) == 2
        if measure.homes:
            assert {row.value for row in found} == {None}


@pytest.mark.parametrize("days", [0.5, 1.5, 3, 13, 19])
def test_the_past_is_what_the_intervals_say(tiny_city: Database, days: float) -> None:
    at = NOW - timedelta(days=days)
    ill(tiny_city, GRIDS[EAST][0], 2, 18)
    ill(tiny_city, GRIDS[EAST][0], 2, 2, state=6)
    ill(tiny_city, GRIDS[EAST][1], 1, 16)
    ill(tiny_city, GRIDS[EAST][1], 1, 1, state=2)
    ill(tiny_city, GRIDS[WEST][1], 4, 1.2, state=4)
    day = at.astimezone(ZONE).date()
    slow = (
        "SELECT count(*) FROM household_state h JOIN scheme_state s ON s.id = h.state_id "
        "WHERE h.path <@ (SELECT path FROM area WHERE code = :code) AND valid @> CAST(:at AS timestamptz) AND "
    )
    for county in (EAST, WEST):
        asked = {"code": county, "at": at}
        total = run(tiny_city, slow + "true", **asked)
        overdue = run(tiny_city, slow + "local_day(lower(valid)) + follow_days < :day", **asked, day=day)
        unsurveyed = run(tiny_city, slow + "NOT surveyed", **asked)
        assert values(tiny_city, "total", at=at)[county] == total
        assert values(tiny_city, "overdue", at=at)[county] == overdue
        assert values(tiny_city, "unsurveyed", at=at)[county] == pytest.approx(100 * unsurveyed / total, abs=0.05)


def test_before_anything_was_known_there_is_no_figure(tiny_city: Database) -> None:
    assert set(values(tiny_city, "overdue", at=NOW - timedelta(days=300)).values()) == {None}


def without_care(database: Database) -> None:
    for table in ("hotel_day", "hotel", "clinic"):
        run(database, f"DELETE FROM {table}")


def hotel(database: Database, grid: str, rooms: int, reports: dict[date, int]) -> None:
    number = run(
        database,
        "INSERT INTO hotel (code, name, address, telephone, rooms, area_id, place) SELECT 'H' || :grid, '宾馆', '', '', "
        ":rooms, id, ST_PointOnSurface(place) FROM area WHERE code = :grid RETURNING id",
        grid=grid,
        rooms=rooms,
    )
    for day, occupied in reports.items():
        run(
            database,
            "INSERT INTO hotel_day (hotel_id, day, occupied, reported_at, area_id) SELECT id, :day, :occupied, "
            "least(CAST(:day AS timestamp) + interval '1 hour', timezone('Asia/Shanghai', :now) - interval '1 minute') "
            "AT TIME ZONE 'Asia/Shanghai', area_id FROM hotel WHERE id = :id",
            now=NOW,
            id=number,
            day=day,
            occupied=occupied,
        )


def test_rooms_are_those_of_hotels_that_have_reported_lately(tiny_city: Database) -> None:
    without_care(tiny_city)
    hotel(tiny_city, GRIDS[EAST][0], 50, {TODAY - timedelta(days=1): 10, TODAY - timedelta(days=9): 50})
    hotel(tiny_city, GRIDS[EAST][1], 50, {TODAY - timedelta(days=1): 30})
    hotel(tiny_city, GRIDS[WEST][0], 50, {TODAY - timedelta(days=5): 30})
    assert values(tiny_city, "rooms") == {EAST: 40.0, WEST: None}
    assert values(tiny_city, "rooms", at=NOW - timedelta(days=4)) == {EAST: None, WEST: 60.0}


def clinic(database: Database, grid: str, status: str, hours_ago: float) -> None:
    run(
        database,
        "INSERT INTO clinic (code, kind, name, address, telephone, hours, status, reported_at, area_id, place) SELECT "
        "'K' || :grid, 'fever_clinic', '门诊', '', '', '', :status, :reported, id, ST_PointOnSurface(place) FROM area "
        "WHERE code = :grid",
        grid=grid,
        status=status,
        reported=NOW - timedelta(hours=hours_ago),
    )


def test_open_clinics_are_counted_where_their_status_was_known(tiny_city: Database) -> None:
    without_care(tiny_city)
    assert values(tiny_city, "clinics") == {EAST: None, WEST: None}
    clinic(tiny_city, GRIDS[EAST][0], "open", 30)
    clinic(tiny_city, GRIDS[EAST][1], "full", 2)
    assert values(tiny_city, "clinics") == {EAST: 1, WEST: 0}
    assert values(tiny_city, "clinics", at=NOW - timedelta(hours=5)) == {EAST: None, WEST: 0}
