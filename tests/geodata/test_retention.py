"""What leaves and what stays: days go, sums and every figure stay as they were, and nothing comes in twice."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import text

from app.settings import KeepingSettings
from geodata import retention
from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.feeds.floor.refusal import Refused
from geodata.model.people import Role
from geodata.moment import Moment
from geodata.numbers import staffing
from geodata.numbers.declaration import Line
from geodata.scope import Scope
from tests.app.running import add_people, running
from tests.places import CITY, EAST, GRIDS

NOW = datetime.now(UTC)
CITY_ZONE = ZoneInfo("Asia/Shanghai")
KEEP = {"passage": 30, "track_point": 30, "ground_point": 30}
OLD, OLDEST, YOUNG = NOW - timedelta(days=33), NOW - timedelta(days=90), NOW - timedelta(days=2)
POST, DRONE = f"{GRIDS[EAST][0]}-P1", "EAST-D"
SUMS = (
    "passage_mix",
    "patrol_hour",
    "checkpoint_hour",
    "grid_passages",
    "area_passages",
    "area_hour",
    "cell_seen",
    "silence",
)
_DELIVERY = text(
    "INSERT INTO delivery (kind, sender, source, file_name, rows, accepted, repeated, refused, detail, day, area_id, path) "
    "SELECT 'shops', 'tests', 'file', :name, 2, 0, 0, 2, '{}', :day, id, path FROM area WHERE code = :code RETURNING id"
)
_ROW = text(
    "INSERT INTO refused_row (delivery_id, kind, sender, nth, column_name, why, facts, fields, digest, state, settled_at, "
    "area_id, path) SELECT id, kind, sender, :nth, 'code', 'code_taken', '{}', '{}', decode(md5(id || '-' || :nth), 'hex'), "
    ":state, :at, area_id, path FROM delivery WHERE id = :id"
)
_PLACE = text("INSERT INTO delivered_place (delivery_id, first, system) VALUES (:id, 1, 'wgs84')")
THINGS = (
    "DELETE FROM checkpoint_hour",
    "DELETE FROM track_point",
    "INSERT INTO checkpoint (code, name, kind, staffed_from, staffed_to, place, area_id) "
    f"SELECT '{POST}', '卡口', 'gate', '00:00', '00:00', ST_PointOnSurface(place), id FROM area WHERE code = '{GRIDS[EAST][0]}'",
    "INSERT INTO drone (code, name, camera_degrees, area_id) "
    f"SELECT '{DRONE}', '无人机', 60, id FROM area WHERE code = '{GRIDS[EAST][0]}'",
)


def passage(at: datetime, key: str = "k") -> dict[str, Any]:
    return {"checkpoint": POST, "key": key, "at": at, "outcome": "pass", "seconds": 9, "code_colour": "green"}


def position(at: datetime, second: int = 0) -> dict[str, Any]:
    when = at + timedelta(seconds=second)
    return {"flight": f"F{at:%m%d}", "drone": DRONE, "at": when, "lon": 111.005, "lat": 34.005, "height_m": 60.0}


def step(at: datetime, second: int = 0) -> dict[str, Any]:
    when = at + timedelta(seconds=second)
    place = {"lon": 111.005, "lat": 34.005}
    return {"patrol": f"G{at:%m%d}", "team": "一队", "area": GRIDS[EAST][0], "at": when} | place


@pytest.fixture
async def city(tiny_city: Database) -> Any:
    """Return a city with passages and patrols of long ago and of the day before yesterday, counted."""
    with tiny_city.owner() as connection:
        for statement in THINGS:
            connection.execute(text(statement))
    for at in (OLDEST, OLD, YOUNG):
        await deliver(tiny_city, scope(tiny_city), "passage", [passage(at), passage(at, "k2")], "tests")
        await deliver(tiny_city, scope(tiny_city), "telemetry", [position(at), position(at, 70)], "tests")
        await deliver(tiny_city, scope(tiny_city), "ground_patrol", [step(at), step(at, 5)], "tests")
    with tiny_city.owner() as connection:
        connection.execute(text("SELECT fold_passages()"))
    yield tiny_city
    await tiny_city.close()


def scope(city: Database) -> Scope:
    with city.owner() as connection:
        path = connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": CITY})
    return Scope(Role.OFFICER, (str(path),))


def kept(city: Database) -> dict[str, list[str]]:
    """Return every row of every sum."""
    with city.owner() as connection:
        return {t: sorted(connection.scalars(text(f"SELECT x::text FROM {t} x"))) for t in SUMS}


def held(city: Database, table: str) -> list[datetime]:
    with city.owner() as connection:
        return sorted(connection.scalars(text(f"SELECT DISTINCT date_trunc('day', at) FROM {table}")))


async def test_days_leave_and_sums_stay(city: Database) -> None:
    """Of partitions and of the default one; said before it is done, and done once."""
    before = kept(city)
    said = retention.leave(city, KEEP, now=NOW, dry=True)
    assert [(left.table, len(left.days), left.rows) for left in said] == [
        ("passage", 1, 2),
        ("track_point", 1, 2),
        ("ground_point", 1, 2),
    ]
    assert len(held(city, "passage")) == 3
    assert retention.leave(city, KEEP, now=NOW) == said
    for table in KEEP:
        assert len(held(city, table)) == 1
    assert kept(city) == before
    assert all(left.days == () and left.rows == 0 for left in retention.leave(city, KEEP, now=NOW))


async def test_zero_keeps_everything(city: Database) -> None:
    """As the setting says."""
    assert retention.leave(city, dict.fromkeys(KEEP, 0), now=NOW) == []
    assert len(held(city, "track_point")) == 3


@pytest.mark.parametrize(
    ("kind", "row"), [("passage", passage(OLD)), ("telemetry", position(OLD)), ("ground_patrol", step(OLD))]
)
async def test_what_has_left_is_not_counted_again(city: Database, kind: str, row: dict[str, Any]) -> None:
    """The same row once more is refused with a sentence, for its day has left; a day that stays is as ever."""
    before = kept(city)
    retention.leave(city, KEEP, now=NOW)
    with pytest.raises(Refused) as refusal:
        await deliver(city, scope(city), kind, row, "tests", language="en")
    assert [(r.row, r.column, r.why) for r in refusal.value.refusals] == [(1, "at", "gone")]
    with city.owner() as connection:
        assert connection.scalar(text("SELECT fold_passages()")) == 0
    assert kept(city) == before


async def test_a_longer_setting_brings_nothing_back(city: Database) -> None:
    """What has left stays refused."""
    retention.leave(city, KEEP, now=NOW)
    retention.leave(city, dict.fromkeys(KEEP, 300), now=NOW)
    with pytest.raises(Refused):
        await deliver(city, scope(city), "passage", passage(OLD, "another"), "tests")


async def test_several_processes_at_once(city: Database) -> None:
    """None fails, and afterwards it is done."""
    before = kept(city)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: retention.leave(city, KEEP, now=NOW), range(4)))
    retention.leave(city, KEEP, now=NOW)
    assert [len(held(city, table)) for table in KEEP] == [1, 1, 1]
    assert kept(city) == before


async def test_a_writer_is_waited_for(city: Database) -> None:
    """Whoever writes a day that is to leave ends first; the day stays until the next time."""
    async with city.writing(scope(city)) as connection:
        await connection.execute(text("LOCK TABLE track_point IN ROW EXCLUSIVE MODE"))
        left = await asyncio.to_thread(retention.leave, city, {"track_point": 30}, now=NOW)
    assert [(one.days, one.rows) for one in left] == [((), 0)]
    assert len(held(city, "track_point")) == 3


def shift(at: datetime, reported: datetime | None = None) -> dict[str, Any]:
    """Return five people at the post for the whole of a moment's local day."""
    day = at.astimezone(CITY_ZONE).date()
    hours = {"shift_from": "00:00", "shift_to": "00:00", "on_duty": 5, "reported_at": reported or at}
    return {"checkpoint": POST, "day": day, **hours}


async def test_shifts_leave_by_their_day_and_are_missing_then_and_not_zero(city: Database) -> None:
    """Of a moment whose shifts are held the figures stay; of one that lies before that nobody can say."""
    with city.owner() as connection:
        connection.execute(text("DELETE FROM checkpoint_staffing"))
    for at in (OLDEST, OLD, YOUNG):
        await deliver(city, scope(city), "staffing", shift(at), "tests")
    before = [await staff(city, at) for at in (OLDEST, OLD, YOUNG)]
    assert [line[1].value for line in before] == [5, 5, 5]
    keep = {"checkpoint_staffing": 40}
    assert [left.rows for left in retention.leave(city, keep, now=NOW, dry=True)] == [1]
    assert [left.rows for left in retention.leave(city, keep, now=NOW)] == [1]
    assert [await staff(city, at) for at in (OLDEST, OLD, YOUNG)] == [[], *before[1:]]
    first = datetime.combine(NOW.date() - timedelta(days=40), time(1), UTC)
    assert await staff(city, first) == [], "the night before has left already"
    with pytest.raises(Refused) as refusal:
        await deliver(city, scope(city), "staffing", [shift(YOUNG), shift(OLDEST, NOW)], "tests", language="en")
    assert [(r.row, r.column, r.why) for r in refusal.value.refusals] == [(2, "day", "day_left")]


async def staff(city: Database, at: datetime) -> list[Line]:
    async with city.scoped(scope(city)) as connection:
        return await staffing.read(connection, CITY, Moment(NOW, at))


async def test_settled_rows_leave_and_what_waits_stays(city: Database) -> None:
    """A refused row that waits never leaves, nor its delivery; nor do places as they were delivered, nor counts of any day."""
    with city.owner() as connection:
        connection.execute(text("DELETE FROM delivery"))
        noted = {
            name: connection.scalar(_DELIVERY, {"name": name, "day": at.date(), "code": CITY})
            for name, at in (("settled", OLD), ("half", OLD), ("waits", OLD), ("placed", OLD), ("young", YOUNG))
        }
        for name, nth, state, at in (
            ("settled", 1, "sent", OLD),
            ("half", 1, "dropped", OLD),
            ("half", 2, "open", None),
            ("waits", 1, "open", None),
            ("waits", 2, "sent", YOUNG),
        ):
            connection.execute(_ROW, {"id": noted[name], "nth": nth, "state": state, "at": at})
        connection.execute(_PLACE, {"id": noted["placed"]})
        told = sorted(connection.scalars(text("SELECT x::text FROM delivery_day x")))
    said = retention.leave(city, {"refused_row": 30, "delivery": 30}, now=NOW)
    assert [(left.table, left.days, left.rows) for left in said] == [("refused_row", (), 2), ("delivery", (), 1)]
    with city.owner() as connection:
        names = set(connection.scalars(text("SELECT file_name FROM delivery")))
        rows = connection.execute(
            text("SELECT d.file_name, r.nth FROM refused_row r JOIN delivery d ON d.id = r.delivery_id")
        )
        assert {tuple(row) for row in rows} == {("half", 2), ("waits", 1), ("waits", 2)}
        assert names == {"half", "waits", "placed", "young"}
        assert sorted(connection.scalars(text("SELECT x::text FROM delivery_day x"))) == told != []
    assert all(left.rows == 0 for left in retention.leave(city, {"refused_row": 30, "delivery": 30}, now=NOW))


def test_every_table_that_leaves_has_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows go before the deliveries that they point to."""
    monkeypatch.setenv("ARRIVAL_DAYS", "7")
    keep = KeepingSettings().by_table()
    assert list(keep)[-2:] == ["refused_row", "delivery"]
    assert (keep["delivery"], keep["refused_row"], keep["checkpoint_staffing"]) == (7, 7, 400)


async def test_every_figure_on_the_screens_stays(city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Summary, wall, children and what layers show, now and at a moment that is still held, are the same to the byte."""
    add_people(city)
    held_at = f"at={YOUNG + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    shown = [
        f"/api/features/{layer}?limit=1000" for layer in ("checkpoints", "tracks", "drones", "trails", "ground_patrols")
    ]
    plain = [f"/api/areas/{CITY}/summary?", f"/api/areas/{EAST}/summary?"]
    paths = [
        f"{path}&{at}" for path in (*plain, *shown, f"/api/areas/{CITY}/children?measure=total") for at in ("", held_at)
    ]
    # A live wall, and what nobody has seen for a day, also tell of what moves with the clock.
    paths += [f"/api/wall/{CITY}?{held_at}", f"/api/features/unseen?{held_at}"]
    async with running(city, monkeypatch) as found:
        await found.sign_in()
        before = [_steady(await found.client.get(path)) for path in paths]
        retention.leave(city, KEEP, now=NOW)
        for path, was in zip(paths, before, strict=True):
            assert _steady(await found.client.get(path)) == was, path


def _steady(answer: httpx.Response) -> Any:
    """Return an answer without the moment of the question, and without alerts, which are judged meanwhile."""
    assert answer.status_code in (200, 404), answer.text
    body = answer.json()
    if isinstance(body, dict):
        body.pop("at", None)
        body.get("blocks", {}).pop("alerts", None)
    return body
