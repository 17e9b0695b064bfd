"""Quarantine: every refused row waits, once; it is corrected or dropped, and nothing about a person is in it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from geodata.arrival import deliveries, quarantine
from geodata.arrival.door import deliver
from geodata.arrival.masking import LONGEST, masked
from geodata.database import Database
from geodata.errors import BadValue, Settled, UnknownRefusedRow
from geodata.feeds import passages
from geodata.feeds.floor.fields import names_nobody
from geodata.feeds.floor.refusal import Refusal, Refused
from geodata.model.people import Role
from geodata.scope import Scope
from tests.geodata.arrival.hours import passed
from tests.geodata.feeds.conftest import FOREIGN_POST
from tests.geodata.feeds.counting import one
from tests.places import CITY, EAST, GRIDS, WEST

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def waiting(database: Database, scope: Scope, **asked: Any) -> list[dict[str, Any]]:
    """Return what a reader sees in the list, without the rows that the tiny city begins with."""
    async with database.scoped(scope) as connection:
        listed = await quarantine.listed(connection, "en", **asked)
    return [row for row in listed if not row["sender"].startswith("sender:S")]


async def refused(database: Database, scope: Scope, rows: Any, sender: str = "tests") -> None:
    with pytest.raises(Refused):
        await deliver(database, scope, "passages", rows, sender)


async def test_a_refused_row_waits_with_what_it_said(city: Database, east: Scope) -> None:
    await refused(city, east, [passed(), passed(FOREIGN_POST, 1)])
    (row,) = await waiting(city, east)
    assert (row["row"], row["column"], row["kind"], row["sender"], row["state"]) == (
        2,
        "checkpoint",
        "passages",
        "tests",
        "open",
    )
    assert row["fields"] == json.loads(passages.Passages(**passed(FOREIGN_POST, 1)).model_dump_json())
    assert "not yours" in row["reason"]
    assert row["suggestion"]


async def test_a_column_is_called_as_its_readers_write_it(city: Database, east: Scope) -> None:
    await refused(city, east, [passed(passed=-1)])
    async with city.scoped(east) as connection:
        reasons = {say: (await quarantine.listed(connection, say))[0]["reason"] for say in ("zh", "en")}
    assert "放行" in reasons["zh"]
    assert "passed" not in reasons["zh"]
    assert "passed" in reasons["en"]


async def test_the_same_bad_delivery_again_is_counted_and_not_doubled(city: Database, east: Scope) -> None:
    rows = [passed(), passed(FOREIGN_POST), passed(hours=2, passed=-1, surprise=1)]
    for _ in range(5):
        await refused(city, east, rows)
    found = await waiting(city, east)
    assert [(row["row"], row["column"], row["times"]) for row in found] == [(3, "surprise", 5), (3, "passed", 5)]
    assert one(city, "SELECT array_agg(times) FROM delivery WHERE sender = 'tests'") == [5]
    assert one(city, "SELECT sum(deliveries) FROM delivery_day WHERE sender = 'tests'") == 5


async def test_many_at_once_keep_one(city: Database, east: Scope) -> None:
    rows = [passed(FOREIGN_POST, n) for n in range(8)]
    await asyncio.gather(*(refused(city, east, rows) for _ in range(8)))
    assert {row["times"] for row in await waiting(city, east)} == {8}


@pytest.mark.parametrize(
    "written", ["138.1234.5678", "(138)12345678", "（138）1234-5678", "+86 138·1234·5678", "138/1234/5678"]
)
def test_a_telephone_in_groups_is_somebodys(written: str) -> None:
    assert masked(f"店主 {written}") == "店主 ***"
    assert not names_nobody(f"店主 {written}")


@pytest.mark.parametrize("written", ["2020.02.11 10.30", "1.38", "138.5元/1234.5678", "111.2034.5678"])
def test_figures_with_points_are_nobodys(written: str) -> None:
    assert masked(written) == written
    assert names_nobody(written)


async def test_two_rows_that_look_alike_once_masked_both_wait(city: Database, east: Scope) -> None:
    rows = [passed(f"call{number}") | {"passed": -1} for number in (13800138000, 13900139000)]
    await refused(city, east, rows)
    found = [row for row in await waiting(city, east) if row["column"] == "passed"]
    assert [row["fields"]["checkpoint"] for row in found] == ["call***"] * 2


async def test_only_so_many_are_kept_and_the_rest_is_counted(
    city: Database, east: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    await refused(city, east, [passed(FOREIGN_POST, 1, passed=n) for n in range(1_500)])
    assert one(city, "SELECT count(*) FROM refused_row WHERE sender = 'tests'") == quarantine.MOST_KEPT
    assert one(city, "SELECT refused FROM delivery WHERE sender = 'tests'") == 1_500
    monkeypatch.setattr(quarantine, "MOST_WAITING", 1_000)
    await refused(city, east, [passed(FOREIGN_POST, 2)])
    assert one(city, "SELECT count(*) FROM refused_row WHERE sender = 'tests'") == 1_000
    assert one(city, "SELECT count(*) FROM delivery WHERE sender = 'tests'") == 2


async def test_a_row_is_corrected_by_whoever_may(city: Database, everywhere: Scope, east: Scope) -> None:
    """In the corrector's name and areas; its other faults are settled with it; twice it cannot be."""
    await refused(city, east, [passed(hours=1, passed=-1, surprise=1)])
    first, second = await waiting(city, east)
    with pytest.raises(Refused):
        await quarantine.correct(city, east, first["id"], passed(FOREIGN_POST, 1), "officer")
    assert {row["state"] for row in await waiting(city, east)} == {"open"}
    typed_in = {name: str(value) for name, value in passed(hours=1, passed=7).items()}
    written = await quarantine.correct(city, east, first["id"], typed_in, "officer")
    assert written.accepted == 1
    assert one(city, "SELECT passed FROM checkpoint_hour") == 7
    found = await waiting(city, east)
    assert [(row["state"], row["settled_by"]) for row in found] == [("sent", "officer")] * 2
    with pytest.raises(Settled):
        await quarantine.correct(city, east, second["id"], passed(hours=1), "officer")
    assert one(city, "SELECT sum(accepted) FROM delivery_day WHERE sender = 'officer'") == 1
    assert one(city, "SELECT count(*) FROM refused_row WHERE sender = 'officer'") == 0


async def test_two_correct_at_once_and_one_does(city: Database, east: Scope) -> None:
    await refused(city, east, passed(FOREIGN_POST))
    (row,) = await waiting(city, east)
    tries = (quarantine.correct(city, east, row["id"], passed(hours=n), "officer") for n in range(6))
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one_).__name__ for one_ in done) == ["Settled"] * 5 + ["Written"]
    assert one(city, "SELECT count(*) FROM checkpoint_hour") == 1


async def test_a_row_is_dropped_with_a_reason(city: Database, east: Scope) -> None:
    await refused(city, east, passed(FOREIGN_POST))
    (row,) = await waiting(city, east)
    for reason in ("", " ", "x" * 201, "a\nb", "call 13800138000"):
        with pytest.raises(BadValue):
            await quarantine.drop(city, east, row["id"], reason, "officer")
    await quarantine.drop(city, east, row["id"], "a test", "officer")
    assert [(r["state"], r["settled_reason"]) for r in await waiting(city, east)] == [("dropped", "a test")]
    await refused(city, east, passed(FOREIGN_POST))
    assert [r["state"] for r in await waiting(city, east)] == ["open", "dropped"]


async def test_a_foreign_county_sees_and_settles_nothing(city: Database, scope: Callable[..., Scope]) -> None:
    """Not even a row that a sender of both counties sent: that is the city's."""
    await refused(city, scope(EAST), passed(FOREIGN_POST))
    await refused(city, scope(EAST, WEST), passed("nowhere"), "both")
    east, west, whole = scope(EAST), scope(WEST), scope(CITY)
    assert [row["sender"] for row in await waiting(city, east)] == ["tests"]
    assert await waiting(city, west) == []
    assert await waiting(city, scope(CITY, role=Role.PRESS)) == []
    seen = await waiting(city, whole)
    assert [row["sender"] for row in seen] == ["both", "tests"]
    for row in seen:
        with pytest.raises(UnknownRefusedRow):
            await quarantine.correct(city, west, row["id"], passed(), "west")
        with pytest.raises(UnknownRefusedRow):
            await quarantine.drop(city, west, row["id"], "x", "west")


async def test_a_file_is_noted_with_its_name(city: Database, east: Scope) -> None:
    """As the file import does it: the delivery, and its refused rows with what they said."""
    refusals = [Refusal(7, "checkpoint", "unknown_checkpoint"), Refusal(9, "passed", "too_small", {"limit": 0})]
    fields = {7: {"checkpoint": "x", "name": "张三"}, 9: {"passed": "-1", "checkpoint": "电话 138-0013-8000"}}
    async with city.writing(east) as connection:
        number = await deliveries.note(
            connection,
            "passages",
            "office",
            source="file",
            file_name="二月.csv",
            rows=20,
            accepted=18,
            repeated=0,
            refused=2,
            detail={"encoding": "gb18030"},
        )
        await quarantine.keep(connection, number, "passages", "office", refusals, fields)
    found = await waiting(city, east)
    assert [(row["row"], row["file"], row["source"]) for row in found] == [
        (9, "二月.csv", "file"),
        (7, "二月.csv", "file"),
    ]
    assert [row["fields"] for row in found] == [{"passed": "-1", "checkpoint": "电话 ***"}, {"checkpoint": "x"}]


async def test_an_empty_city_keeps_nothing_and_does_not_fall_over(empty_database: Database) -> None:
    from geodata import schema

    with empty_database.owner() as connection:
        schema.upgrade(connection)
    with pytest.raises(Refused):
        await deliver(empty_database, Scope(Role.ADMIN, ()), "passages", passed(), "tests")
    assert one(empty_database, "SELECT count(*) FROM delivery") == 0
    await empty_database.close()


async def test_arrivals_say_who_sent_what_and_who_is_late(city: Database, east: Scope) -> None:
    """Whoever has a token and sends nothing is late; whoever sent is late once its kind's time has passed."""
    await deliver(city, east, "passages", [passed(), passed(hours=1)], "office")
    now = datetime.now(SHANGHAI)

    async def asked(day: date, moment: datetime) -> dict[str, dict[str, Any]]:
        async with city.scoped(east) as connection:
            return {row["sender"]: row for row in await deliveries.arrivals(connection, day, moment)}

    today = (await asked(now.date(), now))["office"]
    figures = ("deliveries", "rows", "accepted", "repeated", "refused", "late")
    assert [today[name] for name in figures] == [1, 2, 2, 0, 0, False]
    assert (await asked(now.date(), now + timedelta(minutes=91)))["office"]["late"]
    tomorrow = await asked(now.date() + timedelta(days=1), now + timedelta(days=1))
    assert [tomorrow["office"][name] for name in figures] == [0, 0, 0, 0, 0, True]
    assert "office" not in await asked(now.date() - timedelta(days=1), now)
    expected = await asked(now.date() - timedelta(days=30), now)
    assert {row["office"] for row in expected.values()} == {f"grid {grid} 科室" for grid in GRIDS[EAST]}
    assert all(row["late"] and row["newest_at"] is None for row in expected.values())


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("张三 13800138000", "张三 ***"),
        ("+86 138-0013-8000转", "***转"),
        ("１３８００１３８０００", "***"),
        ("0398-2812345", "***"),
        ("411202198001011231", "***"),
        ("41120219800101123X", "***"),
        ("411202001001", "411202001001"),
        ("411202001001001", "411202001001001"),
        ("411202001001001-001", "411202001001001-001"),
        ("2020-02-11T08:00:00+08:00", "2020-02-11T08:00:00+08:00"),
        ("F20200211-0007", "F20200211-0007"),
        ("111.2034", "111.2034"),
    ],
)
def test_numbers_of_persons_are_covered_and_codes_are_not(written: str, kept: str) -> None:
    assert masked(written) == kept


def test_long_and_strange_values_are_kept_short() -> None:
    sent = {"checkpoint": "x" * 5_000, "hour": {"a": [1, "13800138000"]}, "passed": 13800138000, "seconds": None}
    feed = replace(passages.FEED, cut=("reported_at",))
    kept = quarantine.shown(feed, sent | {"reported_at": "x", "name": "张三"})
    assert len(kept["checkpoint"]) == LONGEST
    assert kept | {"checkpoint": ""} == {
        "checkpoint": "",
        "hour": '{"a": [1, "***"]}',
        "passed": "***",
        "seconds": None,
    }
    assert "\x00" not in json.dumps(quarantine.shown(feed, {"checkpoint": "a\x00b\ud800"}))
