"""Each feed against a real database: taken, repeated, out of order, foreign, wrong; all of it or nothing."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.event import listen

from geodata.arrival.door import Delivered, deliver
from geodata.arrival.payload import parse
from geodata.database import Database
from geodata.feeds import passages, survey
from geodata.feeds.floor.refusal import Refused
from geodata.scope import Scope
from tests.geodata.feeds.conftest import FOREIGN_POST, OTHER_POST, POST
from tests.geodata.feeds.counting import assert_exact, one
from tests.places import BEGAN, EAST, GRIDS, WEST

HOUR = (datetime.now(UTC) - timedelta(hours=5)).replace(minute=0, second=0, microsecond=0)
NEW, KNOWN = Delivered(1, 0), Delivered(0, 1)
EAST_DRONE, WEST_DRONE = f"{EAST}001-D", f"{WEST}001-D"
EAST_HOTEL, WEST_HOTEL = f"{GRIDS[EAST][0]}-H", f"{GRIDS[WEST][0]}-H"
EAST_CLINIC, WEST_CLINIC = f"{GRIDS[EAST][0]}-C", f"{GRIDS[WEST][0]}-C"


async def refusals(*delivery: Any) -> list[tuple[int, str, str]]:
    """Return (row, column, why) of a delivery that is refused."""
    with pytest.raises(Refused) as refusal:
        await deliver(*delivery, "tests")
    return [(r.row, r.column, r.why) for r in refusal.value.refusals]


def change(door: int, state: str = "wuhan", hours: float = 24, **more: Any) -> dict[str, Any]:
    """Return a survey row, `hours` after the city's households were first surveyed."""
    since = BEGAN + timedelta(hours=hours)
    row = {"household": door, "state": state, "since": since, "reason": "入户排查", "client_id": uuid4()}
    return row | more


def doors(city: Database, county: str) -> list[int]:
    """Return the ids of a county's households."""
    with city.owner() as connection:
        return list(
            connection.scalars(
                text(
                    "SELECT h.id FROM household h JOIN area a ON h.path <@ a.path WHERE a.code = :county ORDER BY h.id"
                ),
                {"county": county},
            )
        )


def passed(post: str = POST, count: int = 10, hour: int = 0, minute: int = 65) -> dict[str, Any]:
    """Return an hour of a post as it was reported `minute` minutes after the hour began."""
    begins = HOUR + timedelta(hours=hour)
    outcomes = {"home_quarantine": 2, "central_quarantine": 1, "turned_back": 3, "seconds": 15 * count}
    return {
        "checkpoint": post,
        "hour": begins,
        "passed": count,
        "reported_at": begins + timedelta(minutes=minute),
    } | outcomes


def seen_at(flight: str = "F1", second: int = 0, **more: Any) -> dict[str, Any]:
    """Return a position of an eastern drone over its first grid."""
    place = {"lon": 111.005, "lat": 34.005, "height_m": 80.5}
    return {"flight": flight, "drone": EAST_DRONE, "at": HOUR + timedelta(seconds=second)} | place | more


def event(code: str = "E1", **more: Any) -> dict[str, Any]:
    """Return something seen in the east, on foot."""
    return {"code": code, "kind": "no_mask", "at": HOUR, "lon": 111.015, "lat": 34.005} | more


# ── survey ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_surveyed_household_changes_once(city: Database, east: Scope) -> None:
    """The state, its interval, its sender and its counts; the same client id again changes nothing."""
    row = change(doors(city, EAST)[0])
    assert await deliver(city, east, "survey", row, "grid-7") == NEW
    assert await deliver(city, east, "survey", [row, row], "grid-8") == Delivered(0, 2)
    with city.owner() as connection:
        last = connection.execute(
            text(
                "SELECT * FROM household_state s JOIN household_entry e USING (household_id) WHERE household_id = :door "
                "AND upper_inf(valid)"
            ),
            {"door": row["household"]},
        ).one()
    assert (last.reason, last.source, last.entered_by) == ("入户排查", survey.SOURCE, "grid-7")
    assert last.valid.lower == row["since"]
    assert last.client_id == row["client_id"]
    assert one(city, "SELECT count(*) FROM household_state WHERE upper(valid) = :at", at=row["since"]) == 1
    assert_exact(city)


async def test_a_door_is_found_by_building_unit_and_room(city: Database, east: Scope) -> None:
    """The way a paper list names it."""
    building = one(city, "SELECT building_id FROM household WHERE id = :id", id=doors(city, EAST)[0])
    row = change(0, "hubei") | {"building": building, "unit": 1, "room": "102"}
    del row["household"]
    assert await deliver(city, east, "survey", row, "tests") == NEW
    assert one(city, "SELECT room FROM household WHERE state_id = 2") == "102"
    assert await refusals(city, east, "survey", row | {"room": "999", "client_id": uuid4()}) == [
        (1, "household", "unknown_household")
    ]


async def test_changes_of_one_door_are_put_in_order(city: Database, east: Scope) -> None:
    """Three states in one delivery, sent backwards, become three intervals; the last one is on the household."""
    door = doors(city, EAST)[0]
    rows = [change(door, "normal", 72), change(door, "hubei", 48), change(door, "wuhan", 24)]
    assert await deliver(city, east, "survey", rows, "tests") == Delivered(3, 0)
    with city.owner() as connection:
        states = connection.scalars(
            text("SELECT state_id FROM household_state WHERE household_id = :door ORDER BY valid"), {"door": door}
        ).all()
    assert states == [6, 1, 2, 6]
    assert one(city, "SELECT state_id FROM household WHERE id = :door", door=door) == 6
    assert_exact(city)


async def test_a_late_change_finds_its_place_in_the_past(city: Database, east: Scope) -> None:
    """It begins where it says and ends where the next began; before the first finding there is no place."""
    one_door = doors(city, EAST)[0]
    assert await deliver(city, east, "survey", change(one_door, hours=48), "tests") == NEW
    assert await deliver(city, east, "survey", change(one_door, "hubei", hours=24), "tests") == NEW
    with city.owner() as connection:
        kept = connection.execute(
            text("SELECT state_id, lower(valid) FROM household_state WHERE household_id = :door ORDER BY valid"),
            {"door": one_door},
        ).all()
    assert kept == [(6, BEGAN), (2, BEGAN + timedelta(hours=24)), (1, BEGAN + timedelta(hours=48))]
    rows = [change(one_door, hours=-1), change(one_door, hours=72)]
    assert await refusals(city, east, "survey", rows) == [(1, "since", "too_early")]
    assert one(city, "SELECT count(*) FROM household_entry") == 2
    assert_exact(city)


async def test_a_foreign_household_is_as_unknown_as_none(city: Database, east: Scope) -> None:
    """Both get the same sentences, and the good row between them is not written."""
    rows = [change(doors(city, WEST)[0]), change(doors(city, EAST)[0]), change(10**9)]
    with pytest.raises(Refused) as refusal:
        await deliver(city, east, "survey", rows, "tests", language="en")
    first, second = refusal.value.rows
    assert (first.pop("row"), second.pop("row")) == (1, 3)
    assert first == second
    assert "not yours" in str(first["reason"])
    assert one(city, "SELECT count(*) FROM household_state") == 24
    assert_exact(city)


async def test_only_states_of_the_scheme_in_force(city: Database, east: Scope) -> None:
    """A department's own word is not guessed; the sentence names the states there are."""
    rows = [change(doors(city, EAST)[0], "武汉返回"), change(doors(city, WEST)[0], "hubei")]
    with pytest.raises(Refused) as refusal:
        await deliver(city, east, "survey", rows, "tests")
    assert [r.why for r in refusal.value.refusals] == ["unknown_state", "unknown_household"]
    assert "wuhan, hubei" in str(refusal.value.rows[0]["suggestion"])


async def test_a_client_id_belongs_to_one_change(city: Database, everywhere: Scope, east: Scope) -> None:
    """Used for another household it is refused, also where that household cannot be seen."""
    east_door, west_door = doors(city, EAST)[0], doors(city, WEST)[0]
    row = change(west_door)
    assert await deliver(city, everywhere, "survey", row, "tests") == NEW
    stolen = change(east_door, client_id=row["client_id"])
    assert await refusals(city, everywhere, "survey", stolen) == [(1, "client_id", "client_id_taken")]
    assert await refusals(city, east, "survey", stolen) == [(1, "client_id", "client_id_taken")]
    assert_exact(city)


# ── passages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_hour_is_counted_once(city: Database, east: Scope) -> None:
    """Sent three times, counted once; the post has reported."""
    assert await deliver(city, east, "passages", [passed(), passed(OTHER_POST)], "tests") == Delivered(2, 0)
    assert await deliver(city, east, "passages", [passed(), passed()], "tests") == Delivered(0, 2)
    assert one(city, "SELECT sum(passed) FROM grid_passages") == 20
    assert one(city, "SELECT count(*) FROM checkpoint WHERE reported_at IS NOT NULL") == 2
    assert_exact(city)


async def test_the_newest_report_of_an_hour_wins_in_any_order(city: Database, east: Scope) -> None:
    """Every order of three reports, one by one and at once, leaves the same figures."""
    reports = [passed(count=n, minute=n) for n in (20, 40, 61)]
    for hour, order in enumerate(itertools.permutations(reports)):
        begins = HOUR - timedelta(hours=hour)
        moved = [
            report | {"hour": begins, "reported_at": begins + timedelta(minutes=report["passed"])} for report in order
        ]
        for report in moved:
            await deliver(city, east, "passages", report, "tests")
        assert await deliver(city, east, "passages", moved, "tests") == Delivered(0, 3)
        assert await deliver(
            city, east, "passages", [r | {"checkpoint": OTHER_POST} for r in moved], "tests"
        ) == Delivered(1, 2)
    assert one(city, "SELECT array_agg(DISTINCT passed) FROM checkpoint_hour") == [61]
    assert_exact(city)


async def test_late_and_very_late_hours_are_taken(city: Database, east: Scope) -> None:
    """Last month has its own partition by then, last year lies in the default one, and neither is lost."""
    long_ago = [HOUR - timedelta(days=days) for days in (1, 40, 400, 3000)]
    rows = [passed() | {"hour": hour, "reported_at": hour + timedelta(hours=1)} for hour in long_ago]
    assert await deliver(city, east, "passages", rows, "tests") == Delivered(4, 0)
    assert one(city, "SELECT count(*) FROM checkpoint_hour_other") == 2
    assert_exact(city)


async def test_a_foreign_post_refuses_the_whole_delivery(city: Database, east: Scope) -> None:
    """Nothing of it is written."""
    rows = [passed(), passed(FOREIGN_POST), passed("nowhere")]
    assert await refusals(city, east, "passages", rows) == [(n, "checkpoint", "unknown_checkpoint") for n in (2, 3)]
    assert one(city, "SELECT count(*) FROM checkpoint_hour") == 0


async def test_hundreds_of_rows_cost_few_statements(city: Database, east: Scope) -> None:
    """Five hundred hours are as many statements as one."""
    counted: list[int] = []
    for rows in ([passed()], [passed() | {"hour": HOUR - timedelta(hours=n)} for n in range(1, 501)]):
        statements: list[str] = []
        async with city.writing(east) as connection:
            listen(connection.sync_connection, "before_cursor_execute", lambda *said: statements.append(said[2]))  # noqa: B023
            await passages.write(connection, parse(passages.FEED, rows), "tests")
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 5
    assert_exact(city)


# ── hotels and clinics ───────────────────────────────────────────────────────────────────────────────────────────────


def taken(hotel: str = EAST_HOTEL, rooms: int = 10, minute: int = 0) -> dict[str, Any]:
    """Return a hotel's day as reported at some minute."""
    return {"hotel": hotel, "day": HOUR.date(), "occupied": rooms, "reported_at": HOUR + timedelta(minutes=minute)}


async def test_a_hotels_day_is_the_newest_report_of_it(city: Database, east: Scope) -> None:
    """Newer replaces, older and repeated change nothing."""
    assert await deliver(city, east, "occupancy", taken(rooms=10, minute=5), "tests") == NEW
    assert await deliver(city, east, "occupancy", taken(rooms=12, minute=9), "tests") == NEW
    assert await deliver(city, east, "occupancy", taken(rooms=10, minute=5), "tests") == KNOWN
    assert one(city, "SELECT array_agg(occupied) FROM hotel_day") == [12]


async def test_no_hotel_holds_more_than_its_rooms(city: Database, east: Scope) -> None:
    """Full is full; a foreign hotel is unknown; nothing of the delivery stays."""
    rows = [taken(rooms=40), taken(rooms=41), taken(WEST_HOTEL), taken("nowhere")]
    with pytest.raises(Refused) as refusal:
        await deliver(city, east, "occupancy", rows, "tests", language="en")
    told = [(r.row, r.column, r.why) for r in refusal.value.refusals]
    assert told == [(2, "occupied", "more_than_rooms"), (3, "hotel", "unknown_hotel"), (4, "hotel", "unknown_hotel")]
    assert "the 40 that" in str(refusal.value.rows[0]["reason"])
    assert one(city, "SELECT count(*) FROM hotel_day") == 0
    assert await deliver(city, east, "occupancy", rows[0], "tests") == NEW


async def test_an_older_status_never_undoes_a_newer(city: Database, east: Scope) -> None:
    """In one delivery or in two."""
    says = [
        {"clinic": EAST_CLINIC, "status": status, "reported_at": HOUR + timedelta(minutes=minute)}
        for minute, status in ((3, "full"), (7, "closed"), (5, "open"))
    ]
    assert await deliver(city, east, "clinic_status", says, "tests") == Delivered(1, 2)
    assert await deliver(city, east, "clinic_status", says[::2], "tests") == Delivered(0, 2)
    assert one(city, "SELECT array_agg(status) FROM clinic WHERE status <> 'open'") == ["closed"]
    foreign = [says[1] | {"reported_at": HOUR + timedelta(hours=1)}, says[0] | {"clinic": WEST_CLINIC}]
    assert await refusals(city, east, "clinic_status", foreign) == [(2, "clinic", "unknown_clinic")]
    assert one(city, "SELECT max(reported_at) FROM clinic") == HOUR + timedelta(minutes=7)


# ── drones ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_flight_opens_widens_and_lands(city: Database, east: Scope) -> None:
    """Positions arrive late and twice; the flight spans all of them."""
    assert await deliver(city, east, "telemetry", [seen_at(second=10), seen_at(second=12)], "tests") == Delivered(2, 0)
    rows = [seen_at(second=30, ended=True), seen_at(second=12), seen_at(second=5), seen_at(second=5)]
    assert await deliver(city, east, "telemetry", rows, "tests") == Delivered(2, 2)
    assert await deliver(city, east, "telemetry", rows, "tests") == Delivered(0, 4)
    with city.owner() as connection:
        flight = connection.execute(text("SELECT * FROM flight")).one()
    assert (flight.code, flight.started_at) == ("F1", HOUR + timedelta(seconds=5))
    assert flight.ended_at == HOUR + timedelta(seconds=30)
    assert one(city, "SELECT count(*) FROM track_point_other") == 0


async def test_a_position_lies_in_the_deepest_area(city: Database, east: Scope, everywhere: Scope) -> None:
    """A grid where the sender has one there; the drone's own area where it flies over somebody else's, or outside."""
    rows = [
        seen_at(second=1),
        seen_at(second=2, lon=111.015),
        seen_at(second=3, lon=111.025),
        seen_at(second=4, lat=34.05),
    ]
    assert await deliver(city, east, "telemetry", rows, "tests") == Delivered(4, 0)
    own = one(city, "SELECT code FROM area WHERE code = :code", code=EAST + "001")
    wanted = [*GRIDS[EAST], own, own]
    over = "SELECT array_agg(a.code ORDER BY at) FROM track_point t JOIN area a ON a.id = t.area_id AND a.path = t.path"
    assert one(city, over) == wanted
    rows = [row | {"flight": "F2"} for row in rows]
    assert await deliver(city, everywhere, "telemetry", rows, "tests") == Delivered(4, 0)
    wanted[2] = GRIDS[WEST][0]
    assert one(city, f"{over} JOIN flight f ON f.id = t.flight_id WHERE f.code = 'F2'") == wanted


async def test_a_position_far_from_everything_is_refused(city: Database, east: Scope) -> None:
    """Swapped axes, null island: a reason, and not a position in the wrong province."""
    rows = [seen_at(), seen_at(second=1, lon=34.005, lat=80.0), seen_at(second=2, lon=0.0, lat=0.0)]
    assert await refusals(city, east, "telemetry", rows) == [(2, "lon", "outside"), (3, "lon", "outside")]
    assert one(city, "SELECT count(*) FROM flight") == 0


async def test_a_flight_belongs_to_one_drone(city: Database, east: Scope, scope: Callable[..., Scope]) -> None:
    """Its code is taken for others, seen or not; a foreign drone is unknown."""
    assert await deliver(city, east, "telemetry", seen_at(), "tests") == NEW
    theirs = seen_at(drone=WEST_DRONE, lon=111.025, second=9)
    assert await refusals(city, east, "telemetry", theirs) == [(1, "drone", "unknown_drone")]
    assert await refusals(city, scope(WEST), "telemetry", theirs) == [(1, "flight", "other_drone")]
    assert await refusals(city, scope(EAST, WEST), "telemetry", [seen_at(second=8), theirs]) == [
        (2, "flight", "other_drone")
    ]
    assert one(city, "SELECT count(*) FROM track_point") == 1


async def test_an_event_is_told_once(city: Database, east: Scope) -> None:
    """On foot, or from a flight; in the deepest area; a code is one event."""
    assert await deliver(city, east, "telemetry", seen_at(), "tests") == NEW
    rows = [event(), event(), event("E2", flight="F1", kind="gathering", lat=34.02)]
    assert await deliver(city, east, "patrol_events", rows, "tests") == Delivered(2, 1)
    assert await deliver(city, east, "patrol_events", rows, "tests") == Delivered(0, 3)
    where = "SELECT array_agg(a.code ORDER BY e.code) FROM patrol_event e JOIN area a ON a.id = e.area_id"
    assert one(city, where) == [GRIDS[EAST][1], EAST + "001"]


async def test_events_from_elsewhere_are_refused(city: Database, east: Scope, scope: Callable[..., Scope]) -> None:
    """A place outside, a flight or a code of others: each row with its reason, and nothing written."""
    assert await deliver(city, scope(WEST), "telemetry", seen_at("W1", drone=WEST_DRONE, lon=111.025), "tests") == NEW
    assert await deliver(city, scope(WEST), "patrol_events", event("E9", lon=111.025), "tests") == NEW
    flights = [event(), event("E2", flight="W1"), event("E3", flight="none")]
    assert await refusals(city, east, "patrol_events", flights) == [(n, "flight", "unknown_flight") for n in (2, 3)]
    assert await refusals(city, east, "patrol_events", [event(), event("E2", lon=111.025)]) == [(2, "lon", "outside")]
    assert await refusals(city, east, "patrol_events", [event(), event("E9")]) == [(2, "code", "code_taken")]
    assert one(city, "SELECT count(*) FROM patrol_event") == 1
