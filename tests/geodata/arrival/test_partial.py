"""Partial deliveries: what is right is taken, what is wrong is told row by row and kept; exactly as when sent as a whole."""

import json
import random
from typing import Any

import pytest
from sqlalchemy import text

from geodata.arrival import door, writing
from geodata.arrival.door import Delivered, deliver
from geodata.arrival.payload import check, parse
from geodata.database import Database
from geodata.feeds import fever_report, passages
from geodata.feeds.floor.declaration import Feed, Written
from geodata.feeds.floor.refusal import Refusal, Refused, stop
from geodata.scope import Scope
from tests.geodata.arrival.hours import passed
from tests.geodata.feeds.conftest import FOREIGN_POST, OTHER_POST
from tests.geodata.feeds.counting import assert_exact, one

MIXED = [
    passed(),
    passed(hours=1, passed=-1),
    passed(FOREIGN_POST, 2),
    passed(OTHER_POST, 3),
    {"checkpoint": "a b"},
    passed(hours=4, surprise="x"),
]


def told(delivered: Delivered) -> list[tuple[int, str, str]]:
    return [(refusal.row, refusal.column, refusal.why) for refusal in delivered.refused]


@pytest.mark.parametrize("shape", ["array", "lines", "objects"])
async def test_what_is_right_is_taken(city: Database, east: Scope, shape: str) -> None:
    """As an array, as lines, as Python objects: two rows go in, four are told, and nothing is taken twice."""
    sent: Any = {
        "array": json.dumps(MIXED).encode(),
        "lines": "\n".join(map(json.dumps, MIXED)).encode(),
        "objects": MIXED,
    }[shape]
    first = await deliver(city, east, "passages", sent, "tests", partial=True)
    assert (first.accepted, first.repeated, first.refused_rows) == (2, 0, 4)
    assert {row for row, _, _ in told(first)} == {2, 3, 5, 6}
    assert (2, "passed", "too_small") in told(first)
    assert (3, "checkpoint", "unknown_checkpoint") in told(first)
    assert (6, "surprise", "extra") in told(first)
    again = await deliver(city, east, "passages", sent, "tests", partial=True)
    assert (again.accepted, again.repeated, told(again)) == (0, 2, told(first))
    assert one(city, "SELECT count(*) FROM checkpoint_hour") == 2
    assert_exact(city)


async def test_without_partial_nothing_is_taken(city: Database, east: Scope) -> None:
    with pytest.raises(Refused) as refusal:
        await deliver(city, east, "passages", MIXED, "tests")
    assert {fault.row for fault in refusal.value.refusals} == {2, 5, 6}
    assert one(city, "SELECT count(*) FROM checkpoint_hour") == 0


async def test_a_delivery_that_cannot_be_read_is_refused_also_in_part(city: Database, east: Scope) -> None:
    with pytest.raises(Refused) as refusal:
        await deliver(city, east, "passages", b"[{", "tests", partial=True)
    assert [fault.why for fault in refusal.value.refusals] == ["not_json"]


async def test_parts_arrive_in_any_order_and_the_newest_stands(city: Database, east: Scope) -> None:
    """Shuffled, cut into overlapping parts with bad rows among them: the same as one clean delivery."""
    rows = [
        passed(hours=n % 12, passed=n, reported_at=(passed(hours=23)["reported_at"])[:-8] + f"{n:02d}+00:00")
        for n in range(40)
    ]
    wrong = [passed(FOREIGN_POST, n % 12) for n in range(10)]
    chance = random.Random(7)
    for _ in range(6):
        batch = chance.sample(rows, 30) + chance.sample(wrong, 3)
        chance.shuffle(batch)
        delivered = await deliver(city, east, "passages", batch, "tests", partial=True)
        assert delivered.accepted + delivered.repeated + delivered.refused_rows == len(batch)
    await deliver(city, east, "passages", rows, "tests", partial=True)
    assert one(city, "SELECT array_agg(passed ORDER BY passed) FROM checkpoint_hour") == list(range(28, 40))
    assert_exact(city)


async def test_what_a_feed_wrote_before_it_refused_is_taken_back(
    city: Database, everywhere: Scope, east: Scope
) -> None:
    """Fever reports find a code that is taken only after they have written: the right row alone stays."""
    report = dict(fever_report.FEED.example) | {"area": "990200001001001"}
    await deliver(city, everywhere, "fever_report", report | {"code": "TAKEN"}, "tests")
    mine = report | {"area": "990100001001001"}
    batch = [mine | {"code": "TAKEN"}, mine | {"code": "MINE"}]
    delivered = await deliver(city, east, "fever_report", batch, "tests", partial=True)
    assert told(delivered) == [(1, "code", "code_taken")]
    assert delivered.accepted == 1
    assert one(city, "SELECT count(*) FROM fever_report WHERE code = 'MINE'") == 1


async def test_a_feed_that_refuses_one_row_a_time_comes_to_an_end(city: Database, east: Scope) -> None:
    """And one that refuses without end is refused as a whole."""

    async def write(_connection: Any, rows: Any, _sender: str) -> Written:
        stop([Refusal(1, "checkpoint", "unknown_checkpoint")] if rows[0].passed < 0 + most else [])
        return Written(len(rows), 0)

    feed: Any = Feed(**{name: getattr(passages.FEED, name) for name in Feed.__slots__} | {"write": write})
    rows = {n: passages.Passages(**passed(hours=1, passed=n)) for n in range(1, 200)}
    most = 51
    written, refused = await writing.once(city, east, lambda c: writing.write_right(c, feed, rows, "tests"))
    assert (written.accepted, [fault.row for fault in refused]) == (149, list(range(1, 51)))
    most = 150
    with pytest.raises(Refused) as refusal:
        await writing.once(city, east, lambda c: writing.write_right(c, feed, rows, "tests"))
    assert [fault.why for fault in refusal.value.refusals] == ["too_many_faults"]


async def test_figures_are_exact(city: Database, east: Scope) -> None:
    """What the roll-up says of a day is what was sent, taken whole, in part or not at all."""
    await deliver(city, east, "passages", [passed(), passed(hours=1)], "a")
    await deliver(city, east, "passages", passed(), "a")
    await deliver(city, east, "passages", MIXED, "a", partial=True)
    with pytest.raises(Refused):
        await deliver(city, east, "passages", MIXED, "a")
    await deliver(city, east, "passages", b"[]", "b")
    with city.owner() as connection:
        days = connection.execute(
            text(
                "SELECT sender, sum(deliveries)::int, sum(rows)::int, sum(accepted)::int, sum(repeated)::int, "
                "sum(refused)::int FROM delivery_day WHERE sender IN ('a', 'b') GROUP BY sender ORDER BY sender"
            )
        ).all()
    assert [tuple(day) for day in days] == [("a", 4, 15, 3, 2, 7), ("b", 1, 0, 0, 0, 0)]


def test_the_check_keeps_what_was_sent_and_nothing_of_right_rows_is_lost() -> None:
    checked = check(passages.FEED, json.dumps(MIXED).encode())
    assert sorted(checked.rows) == [1, 3, 4]
    assert checked.count == 6
    assert checked.sent(5) == {"checkpoint": "a b"}
    assert list(checked.rows.values()) == parse(passages.FEED, [MIXED[0], MIXED[2], MIXED[3]])
    assert door.Delivered(1, 2).said("en") == {"accepted": 1, "repeated": 2, "refused": 0, "rows": []}
