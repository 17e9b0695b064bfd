"""Single passages: told once, counted once, whatever the order; an hour that a post reports itself stands before them."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from geodata import schema
from geodata.arrival.door import Delivered, deliver
from geodata.arrival.payload import parse
from geodata.database import Database
from geodata.feeds import passage
from geodata.feeds.floor.refusal import Refused
from geodata.scope import Scope
from tests.geodata.feeds.conftest import FOREIGN_POST, OTHER_POST, POST
from tests.geodata.feeds.counting import assert_exact, one

HOUR = (datetime.now(UTC) - timedelta(hours=30)).replace(minute=0, second=0, microsecond=0)
OUTCOMES = {"pass": "passed", "home_quarantine": "home_quarantine", "central_quarantine": "central_quarantine"}
OUTCOMES["turned_back"] = "turned_back"
POSTS = (POST, OTHER_POST, FOREIGN_POST)
BEFORE_DELIVERIES = "0022"
"""The schema before one delivery waited as one row."""
_HOURS = text(
    "SELECT c.code, h.hour, h.passed, h.home_quarantine, h.central_quarantine, h.turned_back, h.seconds, h.counted "
    "FROM checkpoint_hour h JOIN checkpoint c ON c.id = h.checkpoint_id"
)
_MIX = text(
    "SELECT a.code, hour, code_colour, origin, passages, seconds FROM passage_mix m JOIN area a ON a.id = area_id"
)


def through(key: str = "k1", minute: float = 1, post: str = POST, **more: Any) -> dict[str, Any]:
    """Return one passage, some minutes after the hour began."""
    said = {"checkpoint": post, "key": key, "at": (HOUR + timedelta(minutes=minute)).isoformat(), "outcome": "pass"}
    return said | {"seconds": 15, "code_colour": "green", "origin": "411202"} | more


def reported(passed: int = 100, minute: float = 65, post: str = POST, hour: datetime = HOUR) -> dict[str, Any]:
    """Return a post's own report of an hour."""
    none = dict.fromkeys(("home_quarantine", "central_quarantine", "turned_back", "seconds"), 0)
    when = (HOUR + timedelta(minutes=minute)).isoformat()
    return {"checkpoint": post, "hour": hour.isoformat(), "passed": passed, "reported_at": when} | none


def fold(city: Database) -> int:
    """Count everything that waits; return how many passages that were."""
    with city.owner() as connection:
        return int(connection.scalar(text("SELECT fold_passages()")) or 0)


def hours(city: Database) -> dict[tuple[str, datetime], tuple[int, ...]]:
    """Return what is kept of each post and hour; the last figure is 1 where single passages were added up."""
    with city.owner() as connection:
        return {(row[0], row[1]): tuple(map(int, row[2:])) for row in connection.execute(_HOURS)}


async def refusals(*delivery: Any) -> list[tuple[int, str, str]]:
    """Return (row, column, why) of a delivery that is refused."""
    with pytest.raises(Refused) as refusal:
        await deliver(*delivery, "tests")
    return [(r.row, r.column, r.why) for r in refusal.value.refusals]


async def test_it_is_counted_once(city: Database, east: Scope) -> None:
    """In the hour of its post and in the mix; sent again, also within one delivery, it is nothing new."""
    rows = [through(), through(), through("k2", 5, outcome="turned_back", code_colour="red", origin="420100")]
    assert await deliver(city, east, "passage", rows, "tests") == Delivered(2, 1)
    assert fold(city) == 2
    assert await deliver(city, east, "passage", json.dumps(rows).encode(), "tests") == Delivered(0, 3)
    assert fold(city) == 0
    assert hours(city) == {(POST, HOUR): (1, 0, 0, 1, 30, 1)}
    with city.owner() as connection:
        mix = sorted(tuple(row)[2:] for row in connection.execute(_MIX))
    assert mix == [("green", "411202", 1, 15), ("red", "420100", 1, 15)]
    assert_exact(city)


async def test_the_post_has_reported(city: Database, east: Scope) -> None:
    """A single passage speaks for its post as an hourly report does: it is due again half an hour after the next hour."""
    await deliver(city, east, "passage", through(minute=7), "tests")
    fold(city)
    with city.owner() as connection:
        post = connection.execute(text("SELECT reported_at, expected_by FROM checkpoint WHERE code = :p"), {"p": POST})
        assert tuple(post.one()) == (HOUR + timedelta(minutes=7), HOUR + timedelta(minutes=150))


@pytest.mark.parametrize("first", ["passage", "passages"])
async def test_an_own_report_of_the_hour_stands(city: Database, east: Scope, first: str) -> None:
    """Whichever came first, and also where its clock is behind; the mix knows the single ones all the same."""
    sent = {"passage": [through(), through("k2")], "passages": [reported(passed=7, minute=0.5)]}
    for kind in (first, *({*sent} - {first})):
        await deliver(city, east, kind, sent[kind], "tests")
        fold(city)
    assert hours(city) == {(POST, HOUR): (7, 0, 0, 0, 0, 0)}
    await deliver(city, east, "passage", through("k3"), "tests")
    fold(city)
    assert hours(city) == {(POST, HOUR): (7, 0, 0, 0, 0, 0)}
    assert one(city, "SELECT sum(passages) FROM passage_mix") == 3
    assert_exact(city)


async def test_what_is_wrong_is_named(city: Database, east: Scope) -> None:
    """A post that is not the sender's, a moment to come, a key that is somebody's number: nothing is taken."""
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for row, complaint in (
        ({"post": FOREIGN_POST}, ("checkpoint", "unknown_checkpoint")),
        ({"at": later}, ("at", "too_new")),
        ({"at": "1999-12-31T23:59:59+00:00"}, ("at", "too_old")),
        ({"at": 1581379200}, ("at", "moment")),
        ({"at": "20200211"}, ("at", "moment")),
        ({"key": "13800138000"}, ("key", "personal")),
        ({"key": "no-411202198003079999"}, ("key", "personal")),
        ({"key": "41120219800307999X"}, ("key", "personal")),
        ({"origin": "42010"}, ("origin", "six_digits")),
        ({"outcome": "waved"}, ("outcome", "choice")),
        ({"seconds": -1}, ("seconds", "too_small")),
    ):
        whole = json.dumps([through("k0"), through(**row)]).encode()
        assert await refusals(city, east, "passage", whole) == [(2, *complaint)]
    assert one(city, "SELECT count(*) FROM passage") == one(city, "SELECT count(*) FROM passage_waiting") == 0


async def test_a_key_of_many_digits_is_no_person(city: Database, east: Scope) -> None:
    """Senders make keys of times and running numbers, and of signs that SQL and arrays know."""
    keys = [
        "20200211080000123",
        "1234567890123456789",
        'a"b',
        "a\\b",
        "{NULL}",
        "NULL",
        "a,b",
        "键",
        "e013800138000af9",
    ]
    rows = [through(key) for key in keys]
    assert await deliver(city, east, "passage", json.dumps(rows).encode(), "tests") == Delivered(len(keys), 0)
    with city.owner() as connection:
        assert set(connection.scalars(text("SELECT key FROM passage"))) == set(keys)


def said(row: dict[str, Any], *, as_json: bool) -> Any:
    """Return what is read of a passage, or what is said of it."""
    try:
        return parse(passage.FEED, json.dumps(row).encode() if as_json else row)[0]
    except Refused as refused:
        return [(r.row, r.column, r.why) for r in refused.refusals]


@pytest.mark.parametrize(
    "at",
    [
        "2020-02-11T08:03:20+08:00",
        "2020-02-11 08:03:20Z",
        "2020-02-11T08:03:20.125-03:30",
        "2020-02-11T08:03Z",
        "2020-02-11T08:03:20+0800",
        "2020-02-11t08:03:20z",
        "2020-02-11T08:03:20,5Z",
        "2020-02-11T08:03:20",
        "2020-02-30T08:03:20Z",
        "2020-02-11T24:00:00Z",
        "2020-02-11T08:03:20+24:00",
        "2020-02-11T08:03:20+08:60",
        "2000-01-01T07:59:59+08:00",
        "2000-01-01T08:00:00+08:00",
        "1999-12-31T23:59:59Z",
    ],
)
def test_moments_are_read_alike(at: str) -> None:
    """From JSON and from Python a row is the same, wherever its clock stands, and so is what is said of it."""
    assert said(through(at=at), as_json=True) == said(through(at=at), as_json=False)


MOMENTS = st.builds(
    "{}-{:02}-{:02}{}{:02}:{:02}{}{}".format,
    st.sampled_from([1999, 2000, 2001, 2020, 2099]),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from("T tx"),
    st.integers(0, 25),
    st.integers(0, 60),
    st.sampled_from(["", ":00", ":59.5", ":60", ":07.123456", ":07.1234567", ":07,5", ":0"]),
    st.sampled_from(["Z", "z", "", "+08:00", "-23:59", "+24:00", "+0800", "+08", "+08:00:30", "+08:60", " Z"]),
)


@settings(max_examples=300, deadline=None)
@given(at=MOMENTS, seconds=st.sampled_from([0, 86_400, -1, 1.0, "1", None]))
def test_whatever_is_written_is_read_alike(at: str, seconds: Any) -> None:
    """Right or wrong, JSON is read as the thorough way reads it; what has not come yet is the writer's to refuse there."""
    row = through(at=at, seconds=seconds)
    assert said(row, as_json=True) == said(row, as_json=False) or at.startswith("2099")


async def test_a_moment_is_kept_to_the_microsecond(city: Database, east: Scope) -> None:
    """However it was written."""
    at = HOUR.astimezone(timezone(timedelta(hours=-3, minutes=-30)))
    moments = {f"k{us}": at.replace(microsecond=us) for us in (0, 1, 333_333, 999_999)}
    rows = [through(key, at=moment.isoformat()) for key, moment in moments.items()]
    assert await deliver(city, east, "passage", json.dumps(rows).encode(), "tests") == Delivered(4, 0)
    with city.owner() as connection:
        assert {row.key: row.at for row in connection.execute(text("SELECT key, at FROM passage"))} == moments


async def test_they_are_counted_some_deliveries_at_a_time(city: Database, east: Scope) -> None:
    """At least one, however large; what waits longest first."""
    for first in (0, 3, 6):
        rows = [through(f"k{first + nth}") for nth in range(3)]
        await deliver(city, east, "passage", rows, "tests")
    counted = []
    for most in (1, 4, 4):
        with city.owner() as connection:
            counted.append(connection.scalar(text("SELECT fold_passages(:most)"), {"most": most}))
    assert counted == [3, 6, 0]
    assert hours(city) == {(POST, HOUR): (9, 0, 0, 0, 135, 1)}


async def test_what_waits_is_counted_when_the_schema_changes(city: Database, east: Scope) -> None:
    """Down and up again with passages waiting on both sides."""
    await deliver(city, east, "passage", through(), "tests")
    with city.owner() as connection:
        schema.downgrade(connection, BEFORE_DELIVERIES)
    with city.owner() as connection:
        paths = "SELECT set_config('app.paths', (SELECT path::text FROM area WHERE parent_id IS NULL), true)"
        connection.execute(text(paths))
        row = f"ARRAY['{POST}'], '{{k2}}', ARRAY[CAST(:at AS timestamptz)], '{{pass}}', '{{1}}', '{{none}}', '{{NULL}}'"
        taken = f"SELECT accepted FROM take_passages({row})"
        assert connection.scalar(text(taken), {"at": HOUR}) == 1
        schema.upgrade(connection)
    assert one(city, "SELECT count(*) FROM passage_waiting") == 0
    assert hours(city) == {(POST, HOUR): (2, 0, 0, 0, 16, 1)}
    assert_exact(city)


async def test_single_passages_are_nobodys_to_read(city: Database, everywhere: Scope, east: Scope) -> None:
    """Whoever signs in reads sums, of their own areas; single passages not at all."""
    await deliver(city, everywhere, "passage", [through(), through(post=FOREIGN_POST)], "tests")
    fold(city)
    async with city.scoped(east) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM passage_mix")) == 1
    for table in ("passage", "passage_waiting"):
        with pytest.raises(Exception, match="permission denied"):
            async with city.scoped(everywhere) as connection:
                await connection.execute(text(f"SELECT count(*) FROM {table}"))


async def test_many_senders_at_once(city: Database, everywhere: Scope, scope: Callable[..., Scope]) -> None:
    """The same passages from several connections, folded meanwhile: each counts once."""
    rows = [through(f"k{n}", n % 60, POSTS[n % 3], seconds=1) for n in range(300)]

    async def send(step: int) -> int:
        return (await deliver(city, everywhere, "passage", rows[::step], "tests")).accepted

    async def folds() -> None:
        for _ in range(10):
            await asyncio.to_thread(fold, city)

    taken = await asyncio.gather(*(send(step) for step in (1, -1, 2, 1, -1, 3)), folds())
    fold(city)
    assert sum(number for number in taken if number is not None) == 300
    assert sum(row[0] for row in hours(city).values()) == one(city, "SELECT sum(passages) FROM passage_mix") == 300
    assert_exact(city)


# ── whatever the order ───────────────────────────────────────────────────────────────────────────────────────────────

SINGLES = st.builds(
    lambda key, minute, post, outcome, colour, origin: through(
        f"k{key}", minute, post, outcome=outcome, code_colour=colour, origin=origin, seconds=key
    ),
    st.integers(0, 5),
    st.integers(0, 179),
    st.sampled_from(POSTS),
    st.sampled_from(sorted(OUTCOMES)),
    st.sampled_from(["green", "red", "none"]),
    st.sampled_from([None, "420100"]),
)
REPORTS = st.builds(
    lambda passed, minute, post, hour: reported(passed, minute, post, HOUR + timedelta(hours=hour)),
    st.integers(1, 9),
    st.integers(180, 185),
    st.sampled_from(POSTS),
    st.integers(0, 2),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("passage"), st.lists(SINGLES, min_size=1, max_size=6)),
        st.tuples(st.just("passages"), st.lists(REPORTS, min_size=1, max_size=2)),
        st.just(("fold", [])),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, again=st.booleans())
async def test_roll_ups_equal_a_recount(city: Database, everywhere: Scope, steps: list[Any], again: bool) -> None:
    """Any order, batches and repeats, folded at any time."""
    tables = "passage, passage_waiting, passage_mix, checkpoint_hour, grid_passages"
    with city.owner() as connection:
        connection.execute(text(f"TRUNCATE {tables}"))
        connection.execute(text("UPDATE checkpoint SET reported_at = NULL, expected_by = NULL"))
    for kind, rows in [*steps, *(reversed(steps) if again else ())]:
        if kind == "fold":
            fold(city)
        else:
            await deliver(city, everywhere, kind, rows, "tests")
    while fold(city):
        pass
    singles, reports = _expected([step for step in steps if step[0] != "fold"], again)
    assert hours(city) == _of_hours(singles) | reports
    with city.owner() as connection:
        mix = Counter({tuple(row)[:4]: row.passages for row in connection.execute(_MIX)})
    grids = {post: post.rpartition("-")[0] for post in POSTS}
    assert mix == Counter(
        (grids[row["checkpoint"]], _hour(row), row["code_colour"], row["origin"] or "") for row in singles.values()
    )
    assert_exact(city)


def _hour(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"]).replace(minute=0)


def _expected(steps: list[Any], again: bool) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Return the passages that count, and of each hour the report that stands: the newest, of equals the first."""
    singles: dict[Any, Any] = {}
    newest: dict[Any, Any] = {}
    for kind, rows in [*steps, *(reversed(steps) if again else ())]:
        for row in rows:
            if kind == "passage":
                singles.setdefault((row["checkpoint"], row["at"], row["key"]), row)
                continue
            key = (row["checkpoint"], datetime.fromisoformat(row["hour"]))
            if key not in newest or row["reported_at"] > newest[key]["reported_at"]:
                newest[key] = row
    return singles, {key: (row["passed"], 0, 0, 0, 0, 0) for key, row in newest.items()}


def _of_hours(singles: dict[Any, Any]) -> dict[Any, Any]:
    found: dict[Any, list[int]] = {}
    for row in singles.values():
        counted = found.setdefault((row["checkpoint"], _hour(row)), [0, 0, 0, 0, 0, 1])
        counted[list(OUTCOMES).index(row["outcome"])] += 1
        counted[4] += row["seconds"]
    return {key: tuple(counted) for key, counted in found.items()}
