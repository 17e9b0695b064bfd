"""Choropleths of reports, and citizens' reports: sums below areas, hatched where nothing is known, nothing for the press."""

from datetime import timedelta
from typing import Any

import pytest

from geodata.database import Database
from geodata.model import Role
from layers.areas import MAX_ZOOM
from layers.registry import all_layers
from layers.render.legend import chosen
from tests.layers.looking import NOW, ZONE, rows, run, scope, view
from tests.places import EAST, GRIDS, WEST

TODAY = NOW.astimezone(ZONE).date()
VILLAGE = {EAST: f"{EAST}001001", WEST: f"{WEST}001001"}
TABLES = ("village_report", "health_code_day", "hotline_day", "fever_report", "tip_off", "return_registration")


@pytest.fixture
def bare(tiny_city: Database) -> Database:
    """Return the tiny city without any report."""
    for table in TABLES:
        run(tiny_city, f"DELETE FROM {table}")
    return tiny_city


def values(database: Database, layer: str, measure: str = "", zoom: int = 8, **more: Any) -> dict[str, Any]:
    return {row.code: row.value for row in rows(database, layer, view(zoom=zoom, measure=measure, **more))}


def report(database: Database, area: str, days_ago: int, people: int) -> None:
    """Let a village report today or on an earlier day, at this hour."""
    run(
        database,
        "INSERT INTO village_report (area_id, day, returned_outside, returned_wuhan, close_contact, fever_unexplained, "
        "first_reported_at, reported_at) SELECT id, :day, :n, 1, 0, 0, :at, :at FROM area WHERE code = :code",
        code=area,
        day=TODAY - timedelta(days=days_ago),
        n=people,
        at=NOW - timedelta(days=days_ago, minutes=5),
    )


def test_four_groups_are_sums_of_what_villages_reported_today(bare: Database) -> None:
    assert values(bare, "four_groups") == {EAST: None, WEST: None}
    report(bare, VILLAGE[EAST], 0, 4)
    report(bare, VILLAGE[WEST], 1, 9)
    assert values(bare, "four_groups") == {EAST: 5, WEST: None}
    assert values(bare, "four_groups", "returned_wuhan") == {EAST: 1, WEST: None}
    assert values(bare, "four_groups", zoom=12) == {VILLAGE[EAST]: 5, VILLAGE[WEST]: None}
    assert values(bare, "four_groups", at=NOW - timedelta(days=1)) == {EAST: None, WEST: 10}


def test_coverage_is_who_has_not_reported(bare: Database) -> None:
    """Nothing reported at all is a share of a hundred, and no number of days."""
    assert values(bare, "report_coverage") == {EAST: 100.0, WEST: 100.0}
    assert values(bare, "report_coverage", "days_silent") == {EAST: None, WEST: None}
    report(bare, VILLAGE[EAST], 0, 4)
    report(bare, VILLAGE[WEST], 3, 9)
    assert values(bare, "report_coverage") == {EAST: 0.0, WEST: 100.0}
    assert values(bare, "report_coverage", "days_silent", zoom=12) == {VILLAGE[EAST]: 0, VILLAGE[WEST]: 3}
    card = {row.code: (row.reported, row.villages) for row in rows(bare, "report_coverage", view())}
    assert card[EAST] == (1, 1)
    assert card[WEST] == (0, 1)


def test_a_village_that_never_reported_is_the_longest_silence(bare: Database) -> None:
    """Its silence must not vanish behind its neighbour's report of today."""
    run(
        bare,
        "INSERT INTO area (code, name, level, parent_id, path, place, pinyin) "
        "SELECT :code, 'v', level, parent_id, path, place, '' FROM area WHERE code = :beside",
        code=VILLAGE[EAST][:-1] + "9",
        beside=VILLAGE[EAST],
    )
    report(bare, VILLAGE[EAST], 0, 4)
    assert values(bare, "report_coverage", "days_silent") == {EAST: 32, WEST: None}


def codes(database: Database, area: str, red: int, days_ago: int = 0) -> None:
    run(
        database,
        "INSERT INTO health_code_day (area_id, day, green, yellow, red, registered, population, first_reported_at, "
        "reported_at) SELECT id, :day, 990 - :red, 10, :red, 900, 1000, :at, :at FROM area WHERE code = :code",
        code=area,
        red=red,
        day=TODAY - timedelta(days=days_ago),
        at=NOW - timedelta(days=days_ago, minutes=5),
    )


def test_health_codes_count_once_from_the_top(bare: Database) -> None:
    codes(bare, EAST, 5)
    codes(bare, f"{EAST}001", 90)
    codes(bare, GRIDS[WEST][0], 2, days_ago=1)
    codes(bare, GRIDS[WEST][1], 4)
    assert values(bare, "health_code_mix") == {EAST: 15.0, WEST: 13.0}
    assert values(bare, "health_code_mix", zoom=10) == {f"{EAST}001": 100.0, f"{WEST}001": 13.0}
    assert values(bare, "health_code_mix", zoom=12) == {VILLAGE[EAST]: None, VILLAGE[WEST]: 13.0}
    assert values(bare, "health_code_mix", "registered") == {EAST: 90.0, WEST: 90.0}
    assert values(bare, "health_code_mix", at=NOW - timedelta(days=1)) == {EAST: None, WEST: 12.0}


def test_the_hotline_adds_up_its_days(bare: Database) -> None:
    put = (
        "INSERT INTO hotline_day (area_id, day, received, closed, first_reported_at, reported_at) "
        "SELECT id, :day, :received, :closed, :at, :at FROM area WHERE code = :code"
    )
    for days, (received, closed) in enumerate(((10, 4), (30, 32))):
        at = NOW - timedelta(days=days, minutes=5)
        run(bare, put, code=f"{EAST}001", day=TODAY - timedelta(days=days), received=received, closed=closed, at=at)
    assert values(bare, "hotline") == {EAST: 4, WEST: None}
    assert values(bare, "hotline", "closing_rate", zoom=10) == {f"{EAST}001": 90.0, f"{WEST}001": None}
    assert values(bare, "hotline", "closing_rate", zoom=MAX_ZOOM) == {f"{EAST}001": 90.0, f"{WEST}001": None}
    assert values(bare, "hotline", at=NOW - timedelta(days=1)) == {EAST: -2, WEST: None}


def test_citizens_reports_stand_in_the_middle_of_areas(bare: Database) -> None:
    """The most urgent kind first; from close by each grid and village its own, from afar all that lies below."""
    grid, later = GRIDS[EAST][0], NOW - timedelta(hours=3)
    tip = (
        "INSERT INTO tip_off (code, kind, status, at, answered_at, reported_at, area_id) "
        "SELECT :name, 'price', :status, :at, :answered, coalesce(:answered, :at), id FROM area WHERE code = :code"
    )
    run(bare, tip, name="a", status="open", at=later, answered=None, code=grid)
    run(bare, tip, name="b", status="closed", at=later, answered=NOW - timedelta(hours=1), code=VILLAGE[EAST])
    found = {row.code: (row.kind, row.open) for row in rows(bare, "citizens_reports", view(zoom=14))}
    assert found == {grid: ("tip_offs", "1")}
    run(
        bare,
        "INSERT INTO fever_report (code, status, at, reported_at, area_id) SELECT 'f', 'open', :at, :at, id FROM area "
        "WHERE code = :code",
        at=later,
        code=VILLAGE[EAST],
    )
    assert {row.code: (row.kind, row.open) for row in rows(bare, "citizens_reports", view(zoom=8))} == {
        EAST: ("fevers", "2")
    }
    then = rows(bare, "citizens_reports", view(zoom=14, at=NOW - timedelta(hours=2)))
    assert {row.code: row.open for row in then} == {grid: "1", VILLAGE[EAST]: "2"}
    assert rows(bare, "citizens_reports", view(zoom=14), scope(bare, WEST, Role.OFFICER)) == []


def test_every_measure_is_known_by_one_layer_alone() -> None:
    """The address names a measure without its layer, so that two of one name would colour each other's areas."""
    ids = [measure.id for layer in all_layers().values() for measure in layer.measures]
    assert len(set(ids)) == len(ids)
    assert chosen(all_layers()["four_groups"], "overdue").id == "four_groups"
