import asyncio
import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from geodata.database import Database
from geodata.demo import live, live_patrols
from geodata.demo.rules.states import clock
from tests.geodata.demo.counting import ahead, miscounted, number


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
