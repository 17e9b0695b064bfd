import asyncio
import threading
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import text

from geodata.database import Database
from geodata.demo import live, live_patrols, live_reports
from geodata.demo.rules.states import clock
from tests.geodata.demo.counting import ahead, miscounted, number

_COUNTED_TODAY = """
    UPDATE health_code_day SET day = local_day(:now) WHERE day = (SELECT max(day) FROM health_code_day)
"""
"""Before ten in the morning townships have counted yesterday alone."""


async def test_turns_bring_changes_passages_and_positions(demo_city: Database) -> None:
    city = live.begin(demo_city)
    assert len(city.aloft) == 1
    with demo_city.owner() as connection:
        before = {
            table: number(connection, f"SELECT count(*) FROM {table}") for table in ("household_entry", "track_point")
        }
        newest = connection.scalar(text("SELECT max(reported_at) FROM checkpoint_hour"))
    for turn in range(20):
        await live.step(city, turn, datetime.now(UTC))
    await asyncio.sleep(2.1)
    await live.step(city, 30, datetime.now(UTC))
    await demo_city.close()
    with demo_city.owner() as connection:
        assert number(connection, "SELECT count(*) FROM household_entry") > before["household_entry"] + 5
        assert number(connection, "SELECT count(*) FROM track_point") > before["track_point"]
        assert number(connection, "SELECT count(*) FROM flight WHERE ended_at IS NULL") == live_patrols.ALOFT
        assert (
            number(connection, "SELECT count(*) FROM ground_patrol WHERE ended_at IS NULL")
            == len(city.afoot)
            >= live_patrols.OUT
        )
        assert connection.scalar(text("SELECT max(reported_at) FROM checkpoint_hour")) >= newest
        assert (
            number(connection, "SELECT count(*) FROM household_entry WHERE entered_by = 'demo' AND source = 'survey'")
            > 5
        )
        assert set(miscounted(connection).values()) == {0}
        assert set(ahead(connection, datetime.now(UTC) + timedelta(seconds=1)).values()) == {0}


async def test_every_kind_of_news_is_taken(demo_city: Database) -> None:
    city = live.begin(demo_city)
    now = datetime.now(UTC)
    at = clock(now, city.zone)
    [told] = live.occupancy(city, at)
    await city.tell("occupancy", [told])
    with demo_city.owner() as connection:
        found = (
            "SELECT occupied FROM hotel_day d JOIN hotel h ON h.id = d.hotel_id WHERE h.code = :code AND d.day = :day"
        )
        occupied = connection.scalar(text(found), {"code": told["hotel"], "day": now.astimezone(city.zone).date()})
        assert occupied == told["occupied"]
    await live.step(city, 15, now)
    await live.step(city, 5, now)
    with demo_city.owner() as connection:
        open_before = number(connection, "SELECT count(*) FROM fever_report WHERE status = 'open'")
    await live.step(city, 25, now)
    with demo_city.owner() as connection:
        assert number(connection, "SELECT count(*) FROM fever_report WHERE status = 'open'") == open_before
        assert number(connection, "SELECT count(*) FROM fever_report WHERE reported_at = :now", now=now) == 2
    await demo_city.close()


async def test_citizens_report_and_as_many_are_answered(demo_city: Database) -> None:
    """The same dice say the same, and what waits stays as many."""
    now = datetime.now(UTC)
    city = live.begin(demo_city)
    for what in live_reports.TURNS:
        city.dice = np.random.default_rng(7)
        rows = await live_reports.citizens(city, what, now)
        city.dice = np.random.default_rng(7)
        assert await live_reports.citizens(city, what, now) == rows
        assert [row["status"] for row in rows] == [what.answered, what.waits]
        with demo_city.owner() as connection:
            waited = number(connection, f"SELECT count(*) FROM {what.table} WHERE status = '{what.waits}'")
        for turn in range(max(turns for turns, _ in live_reports.TURNS.values())):
            await live_reports.report(city, turn, now + timedelta(milliseconds=turn))
        with demo_city.owner() as connection:
            assert number(connection, f"SELECT count(*) FROM {what.table} WHERE status = '{what.waits}'") == waited > 0
            recent = f"SELECT count(*) FROM {what.table} WHERE at >= :now AND code LIKE '%-L%'"
            assert number(connection, recent, now=now) > 0
    await demo_city.close()


async def test_townships_count_calls_and_codes(demo_city: Database) -> None:
    """The hotline's day goes on by rule and is told once; of codes the sum stays and colours change."""
    now = datetime.now(UTC)
    city = live.begin(demo_city)
    at = clock(now, city.zone)
    with demo_city.owner() as connection:
        calls = "SELECT coalesce(sum(received), 0) FROM hotline_day"
        before = number(connection, calls)
        connection.execute(text("DELETE FROM hotline_day WHERE day >= (SELECT max(day) FROM hotline_day) - 1"))
        connection.execute(text(_COUNTED_TODAY), {"now": now})
    told = live_reports.offices(city, at.now - 2 * 86_400, at)
    await city.tell("hotline", told["hotline"])
    assert live_reports.offices(city, at.now - 2 * 86_400, at)["hotline"] == [], "what is known is not told again"
    [moved] = await live_reports.recounted(city, now)
    await city.tell("health_codes", [moved])
    await demo_city.close()
    with demo_city.owner() as connection:
        assert number(connection, calls) >= before > 0
        found = "SELECT count(*) FROM health_code_day WHERE reported_at = :now AND yellow = :yellow AND red = :red"
        assert number(connection, found, now=now, yellow=moved["yellow"], red=moved["red"]) == 1
        assert number(connection, "SELECT count(*) FROM health_code_day WHERE green + yellow + red <> registered") == 0


async def test_townships_count_their_codes_in_the_morning(demo_city: Database) -> None:
    """By the rule that filled the city, once a township and day, through the door."""
    city = live.begin(demo_city)
    at = clock(datetime.now(UTC), city.zone)
    with demo_city.owner() as connection:
        rows = "SELECT count(*) FROM health_code_day WHERE day >= (SELECT max(day) FROM health_code_day)"
        before = number(connection, rows)
        connection.execute(text("DELETE FROM health_code_day WHERE day >= (SELECT max(day) FROM health_code_day)"))
    told = live_reports.offices(city, at.now - 2 * 86_400, at)["health_codes"]
    await city.tell("health_codes", told)
    await demo_city.close()
    with demo_city.owner() as connection:
        assert number(connection, rows) == before > 0
        assert set(ahead(connection, datetime.now(UTC) + timedelta(seconds=1)).values()) == {0}


async def test_a_flight_lands_and_another_takes_off(demo_city: Database) -> None:
    city = live.begin(demo_city)
    [first] = city.aloft
    # All of its course lies in the past, as after a pause of the program.
    flight = first.flight
    now = int(datetime.now(UTC).timestamp())
    landed = type(flight)("LIVE-1", flight.drone, now - 700, now - 60, flight.site)
    city.aloft = [live_patrols.Aloft(landed, now - 701)]
    await live_patrols.fly(city, clock(datetime.now(UTC), city.zone))
    assert "LIVE-1" not in {one.flight.code for one in city.aloft}
    await live_patrols.fly(city, clock(datetime.now(UTC), city.zone))
    assert len(city.aloft) == live_patrols.ALOFT
    await demo_city.close()
    with demo_city.owner() as connection:
        row = connection.execute(text("SELECT started_at, ended_at FROM flight WHERE code = 'LIVE-1'")).one()
        assert row.ended_at == datetime.fromtimestamp(now - 60, UTC)
        points = "SELECT count(*) FROM track_point p JOIN flight f ON f.id = p.flight_id WHERE f.code = 'LIVE-1'"
        assert number(connection, points) > 300


async def test_it_runs_until_told_to_stop(demo_city: Database) -> None:
    stop = threading.Event()
    running = asyncio.create_task(live.run(demo_city, stop))
    await asyncio.sleep(2.5)
    stop.set()
    await asyncio.wait_for(running, 10)
    with demo_city.owner() as connection:
        recent = "SELECT count(*) FROM checkpoint_hour WHERE reported_at > now() - interval '10 seconds'"
        assert number(connection, recent) > 0
