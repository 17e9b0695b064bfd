"""Numbers of persons: a hash before anything is written; planted names and numbers are found nowhere afterwards."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import text

from geodata.arrival import quarantine
from geodata.arrival.door import deliver
from geodata.arrival.keyed import keyed
from geodata.arrival.payload import parse
from geodata.arrival.secret import feed_key, keyed_columns
from geodata.database import Database
from geodata.feeds import fever_report
from geodata.feeds.floor import registry
from geodata.feeds.floor.declaration import Row, Written
from geodata.feeds.floor.fields import Code, Keyed, Moment
from geodata.feeds.floor.refusal import Refused
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.places import EAST, GRIDS

NAME, TELEPHONE, IDENTITY = "诸葛孔明", "13912345678", "411202198001011231"
KIND = "fever_by_telephone"
ROW = {
    "code": "F1",
    "area": GRIDS[EAST][0],
    "at": "2020-02-11T09:40:00+08:00",
    "reported_at": "2020-02-11T09:41:00+08:00",
}


class Called(Row):
    """A report that somebody's telephone recognises."""

    code: Code
    area: Code
    at: Moment
    reported_at: Moment
    caller: Keyed
    other: Keyed | None = None


async def write(connection: Any, rows: Any, sender: str) -> Written:
    """Write like fever reports, with the hash as the code."""
    reports = [
        fever_report.FeverReport(code=row.caller, area=row.area, at=row.at, reported_at=row.reported_at) for row in rows
    ]
    return await fever_report.write(connection, reports, sender)


FEED: Any = replace(
    fever_report.FEED, kind=KIND, row=Called, key=("caller",), write=write, cut=("name", "identity_number"), example={}
)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let there be one feed more, which is about people who call."""
    there = dict(registry.all_feeds())
    monkeypatch.setattr(registry, "all_feeds", lambda: MappingProxyType(there | {KIND: FEED}))
    return iter([None])


def called(**more: Any) -> dict[str, Any]:
    return ROW | {"caller": TELEPHONE, "name": NAME, "identity_number": IDENTITY} | more


def test_however_it_is_written_it_is_one_number() -> None:
    ways = (
        TELEPHONE,
        "139-1234-5678",
        " 139 1234 5678 ",
        "+86 139 1234 5678",
        "008613912345678",
        "１３９１２３４５６７８",
    )
    assert len({keyed(way, "secret") for way in ways}) == 1
    assert keyed("41120219800101123x", "s") == keyed("41120219800101123X", "s")
    assert keyed(TELEPHONE, "secret") != keyed(TELEPHONE, "another")
    assert keyed(TELEPHONE, "secret") != keyed("13912345679", "secret")


def test_the_columns_are_known_and_said_in_the_schema() -> None:
    assert keyed_columns(FEED) == {"caller", "other"}
    assert "keyed" in json.dumps(Called.model_json_schema())


@pytest.mark.parametrize("caller", ["", "none", "1234", True, None, ["13912345678"], "x" * 64, "12a34b56"])
def test_what_is_no_number_is_refused_without_saying_it(caller: Any) -> None:
    with pytest.raises(Refused) as refusal:
        parse(FEED, called(caller=caller))
    assert [(fault.column, fault.why) for fault in refusal.value.refusals] == [("caller", "not_keyed")]


def test_cut_columns_are_taken_away_in_every_shape() -> None:
    array = json.dumps([called(), called(code="F2")]).encode()
    lines = json.dumps(called()).encode() + b"\n" + json.dumps(called(code="F2")).encode()
    hashes = {row.caller for sent in (array, lines, [called()]) for row in parse(FEED, sent, "secret")}
    assert hashes == {keyed(TELEPHONE, "secret")}
    with pytest.raises(Refused):
        parse(FEED, called(age=3))


async def test_one_installation_has_one_key_that_the_reading_role_never_sees(city: Database) -> None:
    key = await feed_key(city, FEED)
    assert len(key) == 64
    assert await feed_key(city, FEED) == key == one(city, "SELECT value FROM setting WHERE name = 'feed_key'")
    assert await feed_key(city, fever_report.FEED) == ""
    assert not one(city, "SELECT has_any_column_privilege('wangge_app', 'setting', 'SELECT')")


async def test_planted_names_and_numbers_are_nowhere(
    city: Database, east: Scope, caplog: pytest.LogCaptureFixture
) -> None:
    """Taken, repeated, refused, in part, failed: neither the database nor the log nor an answer holds one of them."""
    caplog.set_level(logging.DEBUG)
    answers = [await deliver(city, east, KIND, json.dumps(called()).encode(), "tests", language="en") for _ in range(2)]
    assert [(answer.accepted, answer.repeated) for answer in answers] == [(1, 0), (0, 1)]
    wrong = [
        called(area=f"nowhere {TELEPHONE}"),
        called(area="nowhere"),
        called(caller=f"{NAME} {TELEPHONE} {TELEPHONE}"),
    ]
    wrong += [called(**{TELEPHONE: NAME}), called(age=NAME), called(at=f"{IDENTITY}")]
    said = []
    for row in wrong:
        for sent in (row, json.dumps(row).encode(), json.dumps([called(), row]).encode()):
            with pytest.raises(Refused) as refusal:
                await deliver(city, east, KIND, sent, "tests", language="en")
            said.append(json.dumps(refusal.value.rows, ensure_ascii=False) + str(refusal.value) + repr(refusal.value))
        part = await deliver(city, east, KIND, [called(), row], "tests", partial=True)
        said.append(json.dumps(part.said("zh"), ensure_ascii=False))
    async with city.scoped(east) as connection:
        said.append(json.dumps(await quarantine.listed(connection, "zh"), ensure_ascii=False, default=str))
    key = await feed_key(city, FEED)
    assert one(city, "SELECT count(*) FROM refused_row WHERE kind = 'fever_by_telephone'") >= len(wrong)
    everything = whole_database(city)
    assert keyed(TELEPHONE, key) in everything
    for planted in (NAME, IDENTITY, TELEPHONE):
        assert planted not in everything
        # The answer to a strange column names it, as it always did; it is not kept.
        assert planted not in caplog.text
        assert planted not in "".join(said).replace(f'"column": "{TELEPHONE}"', "").replace(
            f"The column {TELEPHONE} is", ""
        ).replace(f"不接收列 {TELEPHONE}", "")


def whole_database(database: Database) -> str:
    """Return every row of every table as text."""
    with database.owner() as connection:
        tables = connection.scalars(
            text(
                "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
            )
        ).all()
        rows = (connection.scalar(text(f"SELECT string_agg(t::text, ' ') FROM {table} t")) for table in tables)
        return " ".join(str(row) for row in rows)
