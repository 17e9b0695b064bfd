"""Every kind of rule fires for its cause, once, and closes itself when the cause goes."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from geodata.alerts import acting, rules
from geodata.alerts.judging import Judged, judge_all
from geodata.alerts.reading import LINES, counts, feed
from geodata.alerts.registry import all_kinds
from geodata.database import Database
from geodata.model import Role
from geodata.news import Item, News
from geodata.scope import Scope
from tests.geodata.alerts.conftest import NOW, run
from tests.places import CITY, EAST, GRIDS, WEST

GRID = GRIDS[EAST][0]
FIRED, GONE, STILL = Judged(fired=1), Judged(gone=1), Judged()


def whole(database: Database, code: str = CITY, role: Role = Role.COMMAND) -> Scope:
    return Scope(role, (run(database, "SELECT path::text FROM area WHERE code = :code", code=code)[0][0],))


def open_alerts(database: Database) -> list[Any]:
    return run(database, "SELECT cause, facts FROM alert WHERE closed_at IS NULL ORDER BY cause")  # type: ignore[no-any-return]


def test_a_silent_checkpoint(city: Database, ruled: Callable[..., None]) -> None:
    """After half an hour, not sooner; a report ends it."""
    run(city, "UPDATE checkpoint SET expected_by = :at", at=NOW + timedelta(days=1))
    run(city, "UPDATE checkpoint SET expected_by = :at WHERE id = 1", at=NOW - timedelta(minutes=29))
    ruled("silent_checkpoint")
    assert judge_all(city, NOW) == STILL
    assert judge_all(city, NOW + timedelta(minutes=1)) == FIRED
    assert judge_all(city, NOW + timedelta(minutes=2)) == STILL
    assert [cause for cause, _ in open_alerts(city)] == ["checkpoint:1"]
    run(city, "UPDATE checkpoint SET expected_by = :at", at=NOW + timedelta(hours=2))
    assert judge_all(city, NOW + timedelta(minutes=3)) == GONE
    assert run(city, "SELECT closed_why, closed_by FROM alert") == [("gone", None)]
    assert run(city, "SELECT what FROM alert_event ORDER BY id") == [("fired",), ("gone",)]


def test_a_jump_in_people_turned_back(city: Database, ruled: Callable[..., None]) -> None:
    """A week of one in a hundred, today one in ten; the other county is as ever."""
    run(city, "DELETE FROM checkpoint_hour")
    hours = (
        "INSERT INTO checkpoint_hour (checkpoint_id, hour, passed, home_quarantine, central_quarantine, turned_back, "
        "seconds, reported_at, area_id) SELECT id, (local_day(:now) - :ago)::timestamp AT TIME ZONE city_zone(), "
        ":passed, 0, 0, :back, 100, :now, area_id FROM checkpoint WHERE code LIKE 'P' || :county || '%'"
    )
    for ago in range(1, 8):
        for county in (EAST, WEST):
            run(city, hours, now=NOW, ago=ago, passed=990, back=10, county=county)
    run(city, hours, now=NOW, ago=0, passed=900, back=100, county=EAST)
    run(city, hours, now=NOW, ago=0, passed=990, back=10, county=WEST)
    ruled("turned_back_jump")
    assert judge_all(city, NOW) == FIRED
    [(cause, facts)] = open_alerts(city)
    assert (cause, facts) == (f"area:{area_id(city, EAST)}", {"share": 10.0, "usual": 1.0, "people": 200})
    run(city, "UPDATE checkpoint_hour SET turned_back = 10 WHERE turned_back = 100")
    assert judge_all(city, NOW) == GONE


def area_id(database: Database, code: str) -> int:
    return int(run(database, "SELECT id FROM area WHERE code = :code", code=code)[0][0])


def test_a_hotel_nearly_full_does_not_come_and_go_at_the_edge(city: Database, ruled: Callable[..., None]) -> None:
    """Fires at nine rooms in ten, and stays until it is well below; new figures are taken over meanwhile."""
    ruled("hotel_nearly_full")
    put = (
        "INSERT INTO hotel_day (hotel_id, day, occupied, reported_at, area_id) SELECT id, local_day(:at), :taken, :at, area_id "
        "FROM hotel WHERE id = 1 ON CONFLICT (hotel_id, day) DO UPDATE SET occupied = :taken, reported_at = :at"
    )
    wanted = {44: STILL, 45: FIRED, 48: Judged(changed=1), 43: Judged(changed=1), 42: GONE, 43.5: STILL}
    for step, (taken, judged) in enumerate(wanted.items()):
        run(city, put, at=NOW + timedelta(seconds=step), taken=int(taken))
        assert judge_all(city, NOW + timedelta(seconds=step)) == judged, taken


def test_overdue_households_after_an_hour(city: Database, ruled: Callable[..., None]) -> None:
    """Nothing tells since when it is so, so the watch itself does; what was over before begins anew."""
    ruled("overdue_households", threshold=2)
    overdue = (
        "SELECT record_state(h.id, 1::smallint, :at, 'survey', 'test', 'x') FROM household h "
        "WHERE area_id = :area AND id <= :last"
    )
    first = run(city, "SELECT min(id) FROM household WHERE area_id = :area", area=area_id(city, GRID))[0][0]
    run(city, overdue, at=NOW - timedelta(days=16), area=area_id(city, GRID), last=first + 1)
    assert judge_all(city, NOW) == STILL
    assert len(run(city, "SELECT FROM alert_waiting")) == 1
    run(city, "SELECT record_state(:id, 6::smallint, :at, 'cleared', 'test', 'x')", id=first, at=NOW)
    assert judge_all(city, NOW + timedelta(minutes=59)) == STILL
    assert run(city, "SELECT FROM alert_waiting") == []
    run(city, overdue, at=NOW - timedelta(days=16), area=area_id(city, GRID), last=first)
    run(
        city,
        "SELECT record_state(:id, 1::smallint, :at, 'survey', 'test', 'x')",
        id=first + 2,
        at=NOW - timedelta(days=16),
    )
    assert judge_all(city, NOW + timedelta(hours=1)) == STILL
    assert judge_all(city, NOW + timedelta(hours=2)) == FIRED
    assert open_alerts(city) == [(f"area:{area_id(city, EAST + '001001')}", {"households": 2})]


def test_a_village_that_has_not_reported(city: Database, ruled: Callable[..., None]) -> None:
    """From the given hour of the city's day on, until it reports or the day is over."""
    ruled("village_silent")
    day = run(city, "SELECT local_day(:now)::timestamp AT TIME ZONE city_zone()", now=NOW)[0][0]
    run(city, "DELETE FROM village_report")
    assert judge_all(city, day + timedelta(hours=17, minutes=59)) == STILL
    assert judge_all(city, day + timedelta(hours=18)) == Judged(fired=2)
    run(
        city,
        "INSERT INTO village_report (area_id, path, day, returned_outside, returned_wuhan, close_contact, "
        "fever_unexplained, first_reported_at, reported_at) "
        "SELECT id, path, local_day(:at), 0, 0, 0, 0, :at, :at FROM area WHERE code = :code",
        at=day + timedelta(hours=19),
        code=EAST + "001001",
    )
    assert judge_all(city, day + timedelta(hours=19)) == GONE
    assert judge_all(city, day + timedelta(hours=24)) == GONE
    assert judge_all(city, day + timedelta(hours=42)) == Judged(fired=2), "another day is another cause"


def test_a_gathering_seen_by_a_patrol(city: Database, ruled: Callable[..., None]) -> None:
    """Each one once, for an hour."""
    ruled("gathering")
    assert judge_all(city, NOW) == Judged(fired=4)
    assert run(city, "SELECT DISTINCT severity FROM alert") == [("severe",)]
    assert judge_all(city, NOW + timedelta(minutes=50)) == STILL
    assert judge_all(city, NOW + timedelta(minutes=60)) == Judged(gone=4)


def test_a_fever_until_it_is_followed_up(city: Database, ruled: Callable[..., None]) -> None:
    """The alert stands in the grid, not at a home."""
    ruled("fever_report")
    run(
        city,
        "INSERT INTO fever_report (code, status, at, reported_at, area_id) "
        "SELECT 'F1', 'open', :at, :at, id FROM area WHERE code = :grid",
        at=NOW - timedelta(minutes=1),
        grid=GRID,
    )
    assert judge_all(city, NOW) == FIRED
    inside = "SELECT ST_Covers(p.place, a.place) FROM alert a JOIN area p ON p.id = a.area_id WHERE p.code = :grid"
    assert run(city, inside, grid=GRID) == [(True,)]
    run(city, "UPDATE fever_report SET status = 'followed_up'")
    assert judge_all(city, NOW) == GONE


def test_cells_that_nobody_saw(city: Database, ruled: Callable[..., None]) -> None:
    """Summed over what lies below an area of the rule's level, until a patrol has seen enough of it."""
    ruled("cells_unseen", minutes=0)
    below = "path <@ (SELECT path FROM area WHERE code = :code)"
    [(cells,)] = run(city, f"SELECT count(*) FROM patrol_cell WHERE {below}", code=EAST)
    for code, seen, by in ((WEST, NOW, "drone"), (EAST, None, None)):
        run(
            city,
            f"UPDATE patrol_cell SET last_seen_at = :seen, last_seen_by = :by WHERE {below}",
            code=code,
            seen=seen,
            by=by,
        )
    assert judge_all(city, NOW) == FIRED
    facts = {"cells": cells, "unseen": cells, "share": 100}
    assert open_alerts(city) == [(f"area:{area_id(city, EAST + '001')}", facts)]
    run(city, "UPDATE patrol_cell SET last_seen_at = :now, last_seen_by = 'drone'", now=NOW)
    assert judge_all(city, NOW) == GONE


async def test_what_somebody_closed_fires_again_only_after_the_cause_was_gone(
    city: Database, ruled: Callable[..., None]
) -> None:
    """A cause is told once, whatever people make of it; when it comes back it is another."""
    ruled("fever_report")
    run(city, "INSERT INTO fever_report (code, status, at, reported_at, area_id) SELECT 'F1', 'open', :at, :at, id FROM area "
        "WHERE code = :grid", at=NOW, grid=GRID)  # fmt: skip
    assert judge_all(city, NOW) == FIRED
    [(alert,)] = run(city, "SELECT id FROM alert")
    async with city.writing(whole(city)) as connection:
        await acting.close(connection, alert, "handled", by="x", now=NOW)
    assert judge_all(city, NOW) == STILL
    assert open_alerts(city) == []
    run(city, "UPDATE fever_report SET status = 'followed_up'")
    assert judge_all(city, NOW) == GONE
    assert run(city, "SELECT closed_by, closed_why FROM alert") == [("x", "handled")]
    run(city, "UPDATE fever_report SET status = 'open'")
    assert judge_all(city, NOW) == FIRED


def test_a_rule_that_is_turned_off_takes_its_alerts_along(city: Database, ruled: Callable[..., None]) -> None:
    ruled("gathering")
    judge_all(city, NOW)
    ruled("gathering", active=False)
    judge_all(city, NOW)
    assert open_alerts(city) == []
    assert run(city, "SELECT DISTINCT closed_why FROM alert") == [("rule_off",)]
    assert run(city, "SELECT FROM alert_judged") == []


def test_a_rule_that_cannot_be_judged_takes_no_other_with_it(
    city: Database, ruled: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    ruled("hotel_nearly_full")
    ruled("gathering")
    run(city, "ALTER TABLE hotel_day RENAME TO hotel_night")
    assert judge_all(city, NOW) == Judged(fired=4)
    assert "hotel_nearly_full cannot be judged" in caplog.text


def test_a_judge_leaves_it_to_one_who_is_at_it(city: Database, ruled: Callable[..., None]) -> None:
    ruled("gathering")
    with city.owner() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('wangge alerts'))"))
        assert judge_all(city, NOW) == STILL
    assert judge_all(city, NOW) == Judged(fired=4)


async def test_two_judges_at_once_fire_once(city: Database, ruled: Callable[..., None]) -> None:
    ruled("gathering")
    ruled("silent_checkpoint")
    others = [Database(city.url) for _ in range(3)]
    found = await asyncio.gather(*(asyncio.to_thread(judge_all, one, NOW) for one in others for _ in range(4)))
    assert sum(found, Judged()).fired == 8
    for one in others:
        await one.close()


async def test_nothing_new_is_told_once_in_half_a_minute(city: Database, ruled: Callable[..., None]) -> None:
    """So that walls know how old their alerts are, and are not woken at each look."""
    ruled("gathering")
    news, heard, here, end = News(city), list[str](), asyncio.Event(), asyncio.Event()

    def hear(item: Item) -> None:
        heard.append(item.table)
        here.set()
        if item.table == "end":
            end.set()

    news.subscribe(hear)
    news.start()
    await here.wait()
    for seconds in (0, 2, 4, 29, 31, 33):
        await asyncio.to_thread(judge_all, city, NOW + timedelta(seconds=seconds))
    run(city, 'NOTIFY wangge, \'{"table": "end", "box": null}\'')
    await end.wait()
    await news.stop()
    assert [table for table in heard if table.startswith("alert")] == ["alert", "alert_judged", "alert_judged"]


async def test_a_storm_of_5000_causes_leaves_the_feed_readable(city: Database, ruled: Callable[..., None]) -> None:
    """Five thousand posts fall silent at once: one statement, one piece of news, one line a county, in each its own reader's."""
    ruled("silent_checkpoint")
    ruled("gathering")
    run(
        city,
        "INSERT INTO checkpoint (code, name, kind, area_id, staffed_from, staffed_to, place, expected_by) "
        "SELECT a.code || n, '卡口 ' || n, 'gate', a.id, '06:00', '22:00', ST_PointOnSurface(a.place), :at "
        "FROM area a, generate_series(1, 1249) n WHERE a.level = 'grid'",
        at=NOW - timedelta(hours=1),
    )
    assert judge_all(city, NOW) == Judged(fired=5004)
    assert judge_all(city, NOW + timedelta(seconds=5)) == STILL
    async with city.scoped(whole(city)) as connection:
        told = await feed(connection, CITY, now=NOW)
        open_ones = await counts(connection, CITY, now=NOW)
    assert [(row["severity"], row["n"], row["text"]["en"]) for row in told["rows"]][-2:] == [
        ("warning", 2500, f"2500 posts silent in county {EAST}"),
        ("warning", 2500, f"2500 posts silent in county {WEST}"),
    ]
    assert len(told["rows"]) <= LINES
    assert told["more"] == 0
    assert told["rows"][0]["severity"] == "severe"
    assert (open_ones["open"], open_ones["by_severity"]["warning"]) == (5004, 5000)
    assert all(row["lon"] and row["lat"] for row in told["rows"])
    async with city.scoped(whole(city, GRID, Role.GRID)) as connection:
        own = await feed(connection, GRID, now=NOW)
    assert [(row["n"], row["area_code"]) for row in own["rows"]] == [(1, GRID), (1250, GRID)]
    run(city, "UPDATE checkpoint SET expected_by = :at", at=NOW + timedelta(hours=1))
    assert judge_all(city, NOW + timedelta(seconds=10)).gone == 5000


def test_every_kind_has_a_shipped_rule_and_says_what_it_needs() -> None:
    shipped = rules.read(rules.SHIPPED)
    assert {rule.kind for rule in shipped} == set(all_kinds())
    assert len({rule.code for rule in shipped}) == len(shipped)
