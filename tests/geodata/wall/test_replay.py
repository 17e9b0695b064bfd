"""A past moment is what a recount of it is: whatever was entered late, taken back, reported late, twice or out of order."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, text

from geodata import wall
from geodata.database import Database
from geodata.errors import UnknownArea
from geodata.model import Role
from geodata.scope import Scope
from geodata.wall.declaration import Block, Moment
from tests import recounting
from tests.places import BEGAN, CITY, EAST, GRIDS, WEST

NOW = datetime.now(UTC).replace(microsecond=0)
AREAS = (CITY, EAST, f"{WEST}001", GRIDS[EAST][1])
REPLAYED = ("households", "checkpoints", "ranked", "forecast")
"""What the wall tells of a past moment out of intervals and kept counts, which is compared here."""
SHIFTS = (("00:00", "00:00"), ("06:00", "22:00"), ("22:00", "06:00"))


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    """Return the tiny city with three posts a grid, of three shifts, none of which has reported yet."""
    with tiny_city.owner() as connection:
        for table in ("checkpoint_hour", "checkpoint"):
            connection.execute(text(f"DELETE FROM {table}"))
        for grid in (*GRIDS[EAST], *GRIDS[WEST]):
            for begin, end in SHIFTS:
                connection.execute(
                    text(
                        "INSERT INTO checkpoint (code, name, kind, staffed_from, staffed_to, place, area_id) "
                        "SELECT :code, :code, 'gate', CAST(:a AS time), CAST(:b AS time), "
                        "ST_SetSRID(ST_Point(111, 34), 4326), id FROM area WHERE code = :grid"
                    ),
                    {"code": grid + begin, "grid": grid, "a": begin, "b": end},
                )
    yield tiny_city
    await tiny_city.close()


def enter(connection: Connection, chance: Random, turns: int) -> None:
    """Enter changes of doors, most of them late and in no order, and take some back; fold now and then."""
    for turn in range(turns):
        moment = BEGAN + timedelta(minutes=chance.randint(1, 20 * 24 * 60 - 5))
        connection.execute(
            text("SELECT record_state(:door, CAST(:state AS smallint), :at, 'late', 'test', 'test')"),
            {"door": chance.randint(1, 24), "state": chance.randint(1, 6), "at": moment},
        )
        if turn % 9 == 4:
            connection.execute(text(_TAKE_BACK))
        if turn % 13 == 6:
            connection.execute(text("SELECT fold_roll_ups(), fold_replay()"))


_TAKE_BACK = (
    "SELECT enter_undoing(h, e, 'mistake', 'test', 'test', NULL, NULL) FROM household_entry e "
    "JOIN household h ON h.id = e.household_id WHERE e.undoes IS NULL "
    "AND NOT EXISTS (SELECT FROM household_entry u WHERE u.undoes = e.id) ORDER BY e.id DESC LIMIT 1"
)


def report(connection: Connection, chance: Random, turns: int) -> None:
    """Let posts report hours: in time, late, again, out of order, several at once."""
    posts = connection.scalars(text("SELECT id FROM checkpoint ORDER BY id")).all()
    last = NOW.replace(minute=0, second=0)
    for turn in range(turns):
        some = chance.sample(list(posts), 4)
        hour = last - timedelta(hours=chance.choice((turns - turn, turns - turn, chance.randint(1, 60))))
        late = timedelta(minutes=chance.choice((20, 65, 65, 65, 80, 200, 1500)))
        rows = [(post, hour + timedelta(hours=n), hour + timedelta(hours=n) + late) for post in some for n in range(2)]
        for chunk in (rows,) if turn % 3 == 0 else [[row] for row in rows]:
            _deliver(connection, chance, [row for row in chunk if row[2] <= NOW])


def _deliver(connection: Connection, chance: Random, rows: list[tuple[int, datetime, datetime]]) -> None:
    if not rows:
        return
    connection.execute(
        text(
            "INSERT INTO checkpoint_hour AS t (checkpoint_id, hour, passed, home_quarantine, central_quarantine, turned_back, "
            "seconds, reported_at, area_id) SELECT r.post, r.hour, :n, 1, 0, 2, 20 * (:n + 3), r.at, c.area_id "
            "FROM unnest(CAST(:posts AS int[]), CAST(:hours AS timestamptz[]), CAST(:ats AS timestamptz[])) AS r(post, hour, at) "
            "JOIN checkpoint c ON c.id = r.post ON CONFLICT (checkpoint_id, hour) DO UPDATE SET passed = excluded.passed, "
            "seconds = excluded.seconds, reported_at = excluded.reported_at WHERE excluded.reported_at > t.reported_at"
        ),
        {
            "posts": [r[0] for r in rows],
            "hours": [r[1] for r in rows],
            "ats": [r[2] for r in rows],
            "n": chance.randint(0, 90),
        },
    )


def moments(database: Database) -> list[datetime]:
    """Return moments at, just before and just after the city's midnights, and in between."""
    with database.owner() as connection:
        midnight = connection.scalar(
            text("SELECT date_trunc('day', CAST(:now AS timestamptz), city_zone())"), {"now": NOW}
        )
    assert midnight is not None
    near = [midnight - timedelta(days=days, microseconds=off) for days in (0, 1, 5, 19) for off in (-1, 0, 1)]
    apart = [NOW - timedelta(minutes=minutes) for minutes in (1, 7, 61, 130, 200, 700, 1000, 2000, 9999, 40_000)]
    return [moment for moment in near + apart if moment < NOW]


async def agree(database: Database) -> None:
    """Compare every number of the wall that is replayed with a recount, in several areas at many moments."""
    with database.owner() as connection:
        root = str(connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": CITY}))
    for code in AREAS:
        for at in moments(database):
            async with database.scoped(Scope(Role.COMMAND, (root,))) as reader:
                found = await wall.read(reader, code, Moment(NOW, at), REPLAYED)
            with database.owner() as connection:
                wanted = recounting.homes(connection, code, at) | recounting.posts(connection, code, at)
                below = recounting.below(connection, code, at)
                due = recounting.due(connection, code, at, 14)
            homes, posts = found["households"], found["checkpoints"]
            assert homes["states"] == {k.split(".")[1]: n for k, n in wanted.items() if k.startswith("households.")}, (
                code,
                at,
            )
            for name in ("total", "due_today", "overdue", "new_today", "followed", "surveyed"):
                assert homes[name] == wanted[name], (code, at, name)
            for name in ("staffed", "silent", "passages", "passed", "turned_back", "seconds_per_pass"):
                assert posts[name] == wanted.get(f"checkpoints.{name}"), (code, at, name)
            hour = posts["hour"] or {}
            for name in ("reports", "passages"):
                assert hour.get(name) == wanted.get(f"checkpoints.hour.{name}"), (code, at, name)
            rows = {
                row["code"]: {name: row[name] for name in ("total", "overdue", "silent")}
                for row in found["ranked"]["rows"]
            }
            assert rows == {c: {n: row[n] for n in ("total", "overdue", "silent")} for c, row in below.items()}, (
                code,
                at,
            )
            assert [row["due"] for row in found["forecast"]["days"]] == list(due.values()), (code, at)


@pytest.mark.parametrize("seed", [3, 20200211])
async def test_every_past_moment_equals_its_recount(city: Database, seed: int) -> None:
    """After anything that may happen to entries and reports, and after an area has moved to another county."""
    chance = Random(seed)
    for _ in range(2):
        with city.owner() as connection:
            enter(connection, chance, 60)
            report(connection, chance, 50)
        await agree(city)
        with city.owner() as connection:
            connection.execute(
                text("UPDATE area SET parent_id = (SELECT id FROM area WHERE code = :new) WHERE code = :code"),
                {"code": GRIDS[WEST][0], "new": f"{EAST}001001"},
            )
    await agree(city)


async def test_the_trend_is_the_end_of_each_day(city: Database) -> None:
    """Fourteen rows, the last of the moment itself."""
    with city.owner() as connection:
        enter(connection, Random(5), 80)
        root = str(connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": CITY}))
    for at in (None, NOW - timedelta(days=2, hours=3)):
        async with city.scoped(Scope(Role.COMMAND, (root,))) as reader:
            found = (await wall.read(reader, EAST, Moment(NOW, at), ["trend"]))["trend"]["days"]
        with city.owner() as connection:
            ends = recounting.ends(connection, at or NOW, 14)
            wanted = recounting.homes_of(connection, [EAST], ends.values())
        assert len(found) == 14
        for row in found:
            truth = wanted[EAST, ends[date.fromisoformat(row["day"])]]
            assert (row["new"], row["followed"], row["overdue"]) == (
                truth["new_today"],
                truth["followed"],
                truth["overdue"],
            ), row


async def test_a_failing_block_takes_no_other_with_it(city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the database or outside it, first or last; an unknown area fails as a whole."""

    async def in_the_database(connection: Any, _code: str, _moment: Moment) -> dict[str, Any]:
        await connection.execute(text("SELECT 1 / 0"))
        return {}

    async def outside(_connection: Any, _code: str, _moment: Moment) -> dict[str, Any]:
        raise KeyError("x")

    broken = {"one": Block("one", frozenset(), in_the_database), "two": Block("two", frozenset(), outside)}
    monkeypatch.setattr(wall, "BLOCKS", {**broken, **wall.BLOCKS})
    with city.owner() as connection:
        root = str(connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": CITY}))
    async with city.scoped(Scope(Role.COMMAND, (root,))) as reader:
        found = await wall.read(reader, CITY, Moment(NOW), ["households", "one", "hotels", "two", "reports"])
        assert found["one"] == found["two"] == {"error": "error.unexpected"}
        assert found["households"]["total"] == 24
        assert found["hotels"]["total"] == 4
        assert found["reports"]["expected"] == 2
        with pytest.raises(UnknownArea):
            await wall.read(reader, "nowhere", Moment(NOW), wall.BLOCKS)


async def test_the_press_reads_of_no_home(city: Database) -> None:
    """Places are all that is there: no count of homes, of passages or of rooms taken, whatever block is read."""
    with city.owner() as connection:
        root = str(connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": CITY}))
    for at in (None, NOW - timedelta(days=3)):
        async with city.scoped(Scope(Role.PRESS, (root,))) as reader:
            found = await wall.read(reader, CITY, Moment(NOW, at), wall.BLOCKS)
        assert [name for name, block in found.items() if "error" in block] == []
        assert found["households"] == found["reports"] == {"data_time": None}
        assert found["forecast"]["days"] == []
        assert {row["overdue"] for row in found["ranked"]["rows"]} == {None}
        assert all("followed" not in row for row in found["trend"]["days"])
        assert found["checkpoints"]["total"] == 0
        assert found["hotels"]["occupied"] is None
        assert wall.for_reader(Scope(Role.PRESS, (root,))) == {"clinics", "hotels"}


async def test_the_time_to_come_is_the_present_with_the_due_list_of_then(city: Database) -> None:
    """Nobody knows more of the future than what becomes due."""
    with city.owner() as connection:
        for door in (1, 2):
            connection.execute(
                text("SELECT record_state(:door, 1::smallint, :at, 'late', 'test', 'test')"),
                {"door": door, "at": NOW - timedelta(days=9 + door)},
            )
        root = str(connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": CITY}))
    async with city.scoped(Scope(Role.COMMAND, (root,))) as reader:
        now = await wall.read(reader, CITY, Moment(NOW), wall.BLOCKS)
        then = await wall.read(reader, CITY, Moment(NOW, NOW + timedelta(days=4)), wall.BLOCKS)
    assert [row["due"] for row in now["forecast"]["days"]][2:4] == [1, 1]
    assert now["forecast"]["forecast"] is True
    assert (now["households"]["due_today"], now["households"]["overdue"]) == (0, 0)
    assert (then["households"]["due_today"], then["households"]["overdue"]) == (1, 1)
    assert then["households"]["states"] == now["households"]["states"]
