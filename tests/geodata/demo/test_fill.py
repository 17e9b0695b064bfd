from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.demo import load
from tests.geodata.demo.counting import ahead, due, miscounted, number

MADE = "SELECT value FROM setting WHERE name = 'demo_made_at'"


def made_at(city: Database) -> datetime:
    with city.owner() as connection:
        return datetime.fromisoformat(connection.scalar(text(MADE)) or "")


@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(days=9, hours=-7)])
def test_on_a_later_day_the_demo_is_as_alive_as_on_its_first(demo_city: Database, later: timedelta) -> None:
    made = made_at(demo_city)
    now = made + later
    assert not load.ensure(demo_city, "small", now).created
    with demo_city.owner() as city:
        today, overdue, changed = due(city, now)
        assert min(today, overdue, changed) > 10
        assert {table: n for table, n in ahead(city, now).items() if n} == {}
        assert {table: n for table, n in miscounted(city).items() if n} == {}
        assert number(city, "SELECT count(*) FROM flight WHERE ended_at IS NULL") == 1
        recent = "SELECT count(*) FROM flight WHERE started_at > CAST(:now AS timestamptz) - interval '24 hours'"
        assert number(city, recent, now=now) > 20
        assert number(city, "SELECT count(*) FROM hotel_day WHERE day = local_day(:now)", now=now) > 15
        day = "CAST(:now AS timestamptz) - interval '30 hours'"
        hour = f"SELECT count(DISTINCT checkpoint_id) FROM checkpoint_hour WHERE hour > {day}"
        assert number(city, hour, now=now) > 1_900
        assert 1 < number(city, "SELECT count(*) FROM checkpoint WHERE expected_by < :now", now=now) < 100
        assert number(city, "SELECT count(*) FROM track_point_other") == 0
        old = "SELECT count(*) FROM clinic WHERE reported_at < CAST(:now AS timestamptz) - interval '3 hours'"
        assert number(city, old, now=now) == 0


def test_histories_stay_unbroken_and_what_somebody_entered_keeps_its_time(demo_city: Database) -> None:
    entered = made_at(demo_city) + timedelta(minutes=5)
    history = text("SELECT valid::text FROM household_state WHERE household_id = :door ORDER BY lower(valid)")
    with demo_city.owner() as city:
        door = number(city, "SELECT min(id) FROM household WHERE due_on IS NOT NULL")
        record = "SELECT record_state(:door, CAST(6 AS smallint), :moment, 'cleared', 'survey', 'somebody')"
        city.execute(text(record), {"door": door, "moment": entered})
        before = city.scalars(history, {"door": door}).all()
    load.ensure(demo_city, "small", entered + timedelta(days=40))
    with demo_city.owner() as city:
        assert city.scalars(history, {"door": door}).all() == before
        assert city.scalar(text("SELECT since FROM household WHERE id = :door"), {"door": door}) == entered
        gaps = (
            "SELECT count(*) FROM (SELECT upper(valid) AS ended, lead(lower(valid)) OVER (PARTITION BY household_id "
            "ORDER BY lower(valid)) AS next FROM household_state) s WHERE next IS DISTINCT FROM ended"
        )
        assert number(city, gaps) == 0
        days = (
            "SELECT count(*) FROM household h JOIN scheme_state t ON t.id = h.state_id WHERE due_on IS DISTINCT FROM "
        )
        assert number(city, days + "local_day(since) + t.follow_days") == 0
        unlike = (
            "SELECT count(*) FROM household h JOIN household_state s ON s.household_id = h.id AND upper_inf(s.valid) "
        )
        assert number(city, unlike + "WHERE (h.since, h.state_id) IS DISTINCT FROM (lower(s.valid), s.state_id)") == 0


def test_a_little_later_only_the_newest_is_added(demo_city: Database) -> None:
    made = made_at(demo_city)
    with demo_city.owner() as city:
        before = number(city, "SELECT sum(hashtext(household_id::text || valid::text)::bigint) FROM household_state")
        hours = number(city, "SELECT count(*) FROM checkpoint_hour")
    load.ensure(demo_city, "small", made + timedelta(minutes=10))
    with demo_city.owner() as city:
        assert number(city, "SELECT count(*) FROM checkpoint_hour") == hours
    now = made + timedelta(minutes=70)
    load.ensure(demo_city, "small", now)
    with demo_city.owner() as city:
        assert number(city, "SELECT count(*) FROM checkpoint_hour") > hours
        assert number(city, "SELECT count(*) FROM flight WHERE ended_at IS NULL") == 1
        if now.astimezone(UTC).hour not in (16, 17):
            same = "SELECT sum(hashtext(household_id::text || valid::text)::bigint) FROM household_state"
            assert number(city, same) == before


def test_a_clock_that_went_back_changes_nothing(demo_city: Database) -> None:
    made = made_at(demo_city)
    assert not load.ensure(demo_city, "small", made - timedelta(days=3)).created
    assert made_at(demo_city) == made
