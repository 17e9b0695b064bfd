from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import literal, select, text

from geodata.database import Database
from layers.checkpoints import statement, written
from tests.layers.looking import ZONE, rows, run, view
from tests.places import EAST, GRIDS, WEST

NOON = datetime(2020, 2, 20, 12, 10, tzinfo=ZONE).astimezone(UTC)
"""A post that works by day is there; one that works by night is not."""
SHIFTS = [(time(7), time(22)), (time(22), time(6)), (time(0), time(0)), (time(8), time(0)), (time(6, 30), time(18, 30))]


def post(
    database: Database, code: str, shift: tuple[time, time], grid: str = GRIDS[EAST][0], kind: str = "venue"
) -> int:
    found = run(
        database,
        "INSERT INTO checkpoint (code, name, kind, staffed_from, staffed_to, area_id, place) SELECT :code, :code, :kind, "
        ":from, :to, id, ST_PointOnSurface(place) FROM area WHERE code = :grid RETURNING id",
        code=code,
        kind=kind,
        grid=grid,
        **{"from": shift[0], "to": shift[1]},
    )
    assert isinstance(found, int)
    return found


def report(database: Database, number: int, hour: datetime, *, after_minutes: int = 70, passed: int = 10) -> None:
    run(
        database,
        "INSERT INTO checkpoint_hour SELECT id, :hour, :passed, 1, 2, 3, :seconds, :at, area_id FROM checkpoint "
        "WHERE id = :id",
        id=number,
        hour=hour,
        passed=passed,
        seconds=15 * (passed + 6),
        at=hour + timedelta(minutes=after_minutes),
    )


@pytest.fixture
def city(tiny_city: Database) -> Database:
    run(tiny_city, "DELETE FROM checkpoint_hour")
    run(tiny_city, "DELETE FROM checkpoint")
    return tiny_city


def hours_before(moment: datetime, hours: int) -> datetime:
    return moment.replace(minute=0) - timedelta(hours=hours)


def statuses(database: Database, now: datetime, at: datetime | None = None, zoom: int = 22) -> dict[str, str]:
    return {row.name: row.status for row in rows(database, "checkpoints", view(zoom=zoom, now=now, at=at))}


def test_on_duty_silent_and_off_duty(city: Database) -> None:
    report(city, post(city, "heard", SHIFTS[0]), hours_before(NOON, 2))
    report(city, post(city, "late", SHIFTS[0]), hours_before(NOON, 3))
    report(city, post(city, "night", SHIFTS[1]), hours_before(NOON, 7))
    post(city, "free of duty", SHIFTS[0])
    wanted = {"heard": "on_duty", "late": "silent", "night": "off_duty", "free of duty": "on_duty"}
    assert statuses(city, NOON) == wanted
    assert statuses(city, NOON + timedelta(days=30), at=NOON) == wanted


def test_a_silent_post_stays_silent_after_its_shift(city: Database) -> None:
    report(city, post(city, "late", SHIFTS[0]), hours_before(NOON, 3))
    night = NOON + timedelta(hours=11)
    assert statuses(city, night) == {"late": "silent"}
    assert statuses(city, night + timedelta(days=1), at=night) == {"late": "silent"}


def test_what_was_not_kept_is_not_called_silent(city: Database) -> None:
    report(city, post(city, "new", SHIFTS[0]), hours_before(NOON, 2))
    assert statuses(city, NOON, at=NOON - timedelta(days=40)) == {"new": "unknown"}


@pytest.mark.parametrize("shift", SHIFTS, ids=str)
def test_the_past_agrees_with_the_database(city: Database, shift: tuple[time, time]) -> None:
    number = post(city, "post", shift)
    begin = datetime(2020, 2, 20, 0, 0, tzinfo=ZONE).astimezone(UTC)
    staffed = "SELECT staffed(:begin, :end, (CAST(:hour AS timestamptz) AT TIME ZONE city_zone())::time)"
    last = None
    for i in range(14):
        hour = begin + timedelta(hours=i)
        if run(city, staffed, begin=shift[0], end=shift[1], hour=hour):
            report(city, number, hour, after_minutes=65)
            last = hour
    assert last
    for half_hours in range(28, 100, 7):
        at = begin + timedelta(minutes=30 * half_hours + 7)
        due = run(city, "SELECT next_report_by(:a, :b, :hour)", a=shift[0], b=shift[1], hour=last)
        there = run(city, staffed, begin=shift[0], end=shift[1], hour=at)
        known = last + timedelta(minutes=65) <= at
        if known:
            wanted = "silent" if due < at else "on_duty" if there else "off_duty"
            assert statuses(city, at + timedelta(days=9), at=at) == {"post": wanted}, at


def test_from_afar_areas_tell_how_many_are_silent(city: Database) -> None:
    for i in range(3):
        report(city, post(city, f"heard {i}", SHIFTS[0]), hours_before(NOON, 2))
    report(city, post(city, "late", SHIFTS[0]), hours_before(NOON, 5))
    report(city, post(city, "west", SHIFTS[0], GRIDS[WEST][0]), hours_before(NOON, 2))
    for zoom in (8, 10, 12):
        for at in (None, NOON):
            found = rows(city, "checkpoints", view(zoom=zoom, now=NOON + timedelta(days=1 if at else 0), at=at))
            assert {(row.name, row.status, row.posts) for row in found} == {("1/4", "silent", 4), ("0/1", "on_duty", 1)}
    long_ago = rows(city, "checkpoints", view(zoom=8, now=NOON, at=NOON - timedelta(days=50)))
    assert {row.status for row in long_ago} == {"unknown"}


@pytest.mark.parametrize(("count", "words"), [(0, "0"), (93, "93"), (8_918, "8,918"), (1_033_172, "1,033,172")])
def test_counts_on_the_map_are_written_as_beside_it(database: Database, count: int, words: str) -> None:
    with database.owner() as connection:
        assert connection.scalar(select(written(literal(count)))) == words


def test_the_card_has_the_outcomes_of_the_day_that_is_shown(city: Database) -> None:
    number = post(city, "post", SHIFTS[2], kind="station")
    for hours in (2, 3, 15):
        report(city, number, hours_before(NOON, hours), passed=10 * hours)
    (found,) = rows(city, "checkpoints", view(now=NOON))
    assert (found.passed, found.home_quarantine, found.central_quarantine, found.turned_back) == (50, 2, 4, 6)
    assert float(found.seconds_per_pass) == 15.0
    assert (found.kind, found.shift, found.code) == ("station", "00:00–00:00", "post")
    assert found.data_time == hours_before(NOON, 2) + timedelta(minutes=70)
    (earlier,) = rows(city, "checkpoints", view(now=NOON, at=NOON - timedelta(minutes=70)))
    assert earlier.passed == 30


def test_totals_cost_no_call_for_each_post(database: Database) -> None:
    """PostgreSQL's `staffed()` says the same, but is not inlined: the plan must not name it."""
    with database.owner() as connection:
        compiled = statement(view(zoom=8)).compile(connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(connection.execute(text("EXPLAIN (VERBOSE) " + str(compiled))).scalars())
    assert "staffed(" not in plan
