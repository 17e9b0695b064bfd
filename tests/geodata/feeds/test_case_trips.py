"""Trips of confirmed cases, as they come in, and what the same-trip query tells of them."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from geodata import trips
from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.errors import BadValue
from geodata.model.people import Role
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.test_delivery import refusals
from tests.places import CITY, EAST, WEST

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = NOW.date() - timedelta(days=2)


def ride(
    code: str = "CT1", means: str = "train", number: str = "G1234", minute: int = 0, **more: Any
) -> dict[str, Any]:
    """Return a ride that the eastern county reports."""
    told = NOW - timedelta(hours=3) + timedelta(minutes=minute)
    return {"code": code, "area": EAST, "means": means, "number": number, "day": DAY, "reported_at": told} | more


async def asked(city: Database, scope: Scope, means: str, number: str, day: date = DAY) -> trips.SameTrip:
    async with city.scoped(scope) as connection:
        return await trips.same_trip(connection, means, number, day, NOW)


@pytest.mark.parametrize(
    ("means", "written", "number"),
    [
        ("train", "G1234", "G1234"),
        ("train", "Ｇ１２３４", "G1234"),
        ("train", " g 1234次", "G1234"),
        ("train", "k-599", "K599"),
        ("train", "1234", "1234"),
        ("train", "豫M12345", None),
        ("train", "G", None),
        ("flight", "cz 3456", "CZ3456"),
        ("flight", "3U8888航班", "3U8888"),
        ("car", "豫m·12345", "豫M12345"),
        ("car", "豫M-D12345", "豫MD12345"),
        ("car", "G1234", None),
        ("coach", "三门峡 08", "三门峡08"),
        ("ship", "", None),
        ("rocket", "G1234", None),
    ],
)
def test_a_number_has_one_form(means: str, written: str, number: str | None) -> None:
    assert trips.normal(means, written) == number


async def test_the_newest_report_counts(city: Database, east: Scope) -> None:
    rows = [ride(minute=9, carriage="8"), ride(number="Ｇ1234", minute=1)]
    assert await deliver(city, east, "case_trips", rows, "t") == Delivered(1, 1)
    assert await deliver(city, east, "case_trips", rows, "t") == Delivered(0, 2)
    assert one(city, "SELECT number || ' ' || carriage FROM case_trip") == "G1234 8"
    assert await deliver(city, east, "case_trips", ride(number="d77", minute=12), "t") == Delivered(1, 0)
    assert one(city, "SELECT number FROM case_trip") == "D77"


async def test_a_plate_is_never_kept(city: Database, east: Scope) -> None:
    """What is stored is a keyed hash: another key gives another, and it is found by any way of writing the plate."""
    await deliver(city, east, "case_trips", ride(means="car", number="豫M·12345"), "t")
    stored = one(city, "SELECT t::text FROM case_trip t")
    assert "12345" not in one(city, "SELECT number FROM case_trip")[:8]
    assert "豫" not in stored
    secret = one(city, "SELECT value FROM setting WHERE name = 'plate_secret'")
    assert one(city, "SELECT number FROM case_trip") == trips.hidden("豫M12345", secret)
    assert trips.hidden("豫M12345", "another") != trips.hidden("豫M12345", secret)
    assert (await asked(city, east, "car", "豫m 12345")).known is True
    assert (await asked(city, east, "car", "豫M12346")).known is False


async def test_what_does_not_fit_is_refused(city: Database, east: Scope, scope: Callable[..., Scope]) -> None:
    """A foreign area, a number that cannot be, somebody's telephone in a text, a code held elsewhere."""
    assert await refusals(city, east, "case_trips", ride(area=WEST)) == [(1, "area", "unknown_area")]
    assert await refusals(city, east, "case_trips", ride(number="豫M12345")) == [(1, "number", "trip_number")]
    assert await refusals(city, east, "case_trips", ride(means="rocket")) == [(1, "means", "choice")]
    assert await refusals(city, east, "case_trips", ride(seats="13912345678")) == [(1, "seats", "personal")]
    await deliver(city, scope(WEST), "case_trips", ride(area=WEST), "t")
    assert await refusals(city, east, "case_trips", ride(minute=30)) == [(1, "code", "code_taken")]


async def test_the_query_tells_yes_or_no_and_no_more(city: Database, scope: Callable[..., Scope]) -> None:
    """One case or five, of one's own area or of another: the same answer."""
    west, east = scope(WEST), scope(EAST)
    assert (await asked(city, east, "train", "G1234")).known is None
    await deliver(city, west, "case_trips", ride(area=WEST), "t")
    first = await asked(city, east, "train", "g1234次")
    assert first.known is True
    for n in range(2, 6):
        await deliver(city, scope(CITY), "case_trips", ride(f"CT{n}"), "t")
    assert await asked(city, east, "train", "G1234") == first == await asked(city, west, "train", "G1234")
    assert (await asked(city, east, "train", "G1235")).known is False
    assert (await asked(city, east, "flight", "G1234")).known is False
    assert {field.name for field in dataclasses.fields(first)} == {"known", "nearby", "told_at", "late"}
    async with city.scoped(east) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM case_trip WHERE path <> ''")) == 4


async def test_a_night_train_has_two_days(city: Database, east: Scope) -> None:
    await deliver(city, east, "case_trips", [ride(number="K599"), ride("CT2", "flight", "CZ3456")], "t")
    next_day = await asked(city, east, "train", "K599", DAY + timedelta(days=1))
    assert (next_day.known, next_day.nearby) == (False, (DAY,))
    assert (await asked(city, east, "flight", "CZ3456", DAY + timedelta(days=1))).nearby == ()
    assert (await asked(city, east, "train", "K599", DAY + timedelta(days=2))).nearby == ()


async def test_the_press_is_told_nothing(city: Database, scope: Callable[..., Scope], east: Scope) -> None:
    """Neither by the query nor by its parts."""
    await deliver(city, east, "case_trips", ride(), "t")
    press = scope(CITY, role=Role.PRESS)
    assert (await asked(city, press, "train", "G1234")).known is None
    async with city.scoped(press) as connection:
        assert await connection.scalar(text("SELECT plate_secret()")) is None
        assert await connection.scalar(text("SELECT count(*) FROM case_trip")) == 0


async def test_a_question_that_cannot_be_says_so(city: Database, east: Scope) -> None:
    for means, number in (("rocket", "G1234"), ("train", "豫M12345"), ("car", "x")):
        with pytest.raises(BadValue):
            await asked(city, east, means, number)


async def test_an_old_list_says_so(city: Database, east: Scope) -> None:
    await deliver(city, east, "case_trips", ride(reported_at=NOW - timedelta(days=5)), "t")
    assert (await asked(city, east, "train", "G1234")).late
