"""An hour is counted and protected once, by one, whole or not at all; and read inside one's areas."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geodata.database import Database
from geodata.errors import BadValue, DatabaseAway
from geodata.model import Role
from geodata.press import vintages
from geodata.press.figures import Figure, Vintage, ensure_vintage, measures, measures_here, published
from geodata.press.protect import CannotProtect
from geodata.scope import Scope
from tests.places import EAST, GRIDS, WEST

NOW = datetime.now(UTC)
EVERYWHERE = "SELECT code FROM area WHERE level <> 'grid'"


def rows(database: Database, query: str, **binds: Any) -> list[Any]:
    with database.owner() as connection:
        return list(connection.execute(text(query), binds).all())


def scope_of(database: Database, code: str, role: Role = Role.PRESS) -> Scope:
    [row] = rows(database, "SELECT path::text FROM area WHERE code = :code", code=code)
    return Scope(role, (row.path,))


async def told(database: Database, measure: str, at: datetime, *, area: str = "") -> dict[str, Figure]:
    codes = [row.code for row in rows(database, EVERYWHERE)]
    area = area or rows(database, "SELECT code FROM area WHERE level = 'city'")[0].code
    async with database.scoped(scope_of(database, area)) as connection:
        found = await published(connection, measure, at, codes)
    await database.close()
    return found


def test_the_hour_is_the_citys_and_made_once(demo_city: Database) -> None:
    first = ensure_vintage(demo_city, None, NOW)
    assert first.at <= NOW < first.at + timedelta(hours=1)
    assert first.data_time is not None
    assert first.data_time <= first.at
    again = ensure_vintage(demo_city, first.at + timedelta(minutes=59), NOW + timedelta(days=2))
    assert again == first
    assert rows(demo_city, "SELECT count(*) AS n FROM vintage")[0].n == 1


def test_the_future_is_refused(tiny_city: Database) -> None:
    with pytest.raises(BadValue):
        ensure_vintage(tiny_city, NOW + timedelta(hours=2), NOW)
    assert rows(tiny_city, "SELECT count(*) AS n FROM vintage")[0].n == 0


async def test_before_the_first_data_there_is_none(demo_city: Database) -> None:
    made = ensure_vintage(demo_city, NOW - timedelta(days=3000), NOW)
    assert made.data_time is None
    for measure in measures():
        found = await told(demo_city, measure, made.at)
        assert {figure.shown for figure in found.values()} == {"no_data"}, measure


async def test_what_is_told_is_what_was_counted(demo_city: Database) -> None:
    """Every published count equals a recount of that hour; every count below five is withheld, and zeros are told."""
    made = ensure_vintage(demo_city, NOW - timedelta(days=3, hours=5), NOW)
    true = {
        row.code: row
        for row in rows(
            demo_city,
            "SELECT a.code, count(*) AS n, count(*) FILTER (WHERE s.follow_days IS NOT NULL) AS followed, "
            "count(*) FILTER (WHERE NOT s.surveyed) AS unsurveyed FROM household_state h "
            "JOIN scheme_state s ON s.id = h.state_id JOIN area a ON h.path <@ a.path "
            "WHERE valid @> CAST(:at AS timestamptz) AND a.level <> 'grid' GROUP BY a.code",
            at=made.at,
        )
    }
    totals = await told(demo_city, "households", made.at)
    assert sum(figure.shown == "value" for figure in totals.values()) > 100
    for measure in ("followed", "unsurveyed"):
        found = await told(demo_city, measure, made.at)
        shares = await told(demo_city, f"{measure}_share", made.at)
        for code, row in true.items():
            n = getattr(row, measure)
            assert 0 < n < 5 or found[code].shown in ("value", "suppressed")
            assert not (0 < n < 5) or found[code].shown == "suppressed"
            assert found[code].shown != "value" or found[code].value == n
            assert totals[code].shown != "value" or totals[code].value == row.n
            both = found[code].shown == totals[code].shown == "value"
            assert shares[code].shown == ("value" if both else "suppressed")
        assert found["411200"].shown == "value", "the whole city is large enough"


async def test_rooms_and_clinics(demo_city: Database) -> None:
    made = ensure_vintage(demo_city, None, NOW)
    rooms = await told(demo_city, "rooms", made.at)
    assert rooms["411200"].shown == "value"
    assert 0 <= (rooms["411200"].value or 0) <= 100
    clinics = await told(demo_city, "clinics", made.at)
    assert clinics["411200"].value == rows(demo_city, "SELECT count(*) AS n FROM clinic WHERE status = 'open'")[0].n


async def test_states_are_measures_in_the_schemes_words(demo_city: Database) -> None:
    made = ensure_vintage(demo_city, None, NOW)
    async with demo_city.scoped(scope_of(demo_city, "411200")) as connection:
        here = await measures_here(connection)
        for measure in here:
            assert await published(connection, measure, made.at, ["411200"])
        with pytest.raises(BadValue):
            await published(connection, "nonsense", made.at, ["411200"])
    await demo_city.close()
    assert {m.words.zh for m in here.values()} >= {"住户总数", "在管住户"}
    assert [measure for measure in here if measure.startswith("state:")]


async def test_one_reads_inside_ones_areas_alone(tiny_city: Database) -> None:
    made = ensure_vintage(tiny_city, None, NOW)
    found = await told(tiny_city, "clinics", made.at, area=EAST)
    assert set(found) == {EAST, f"{EAST}001", f"{EAST}001001"}


def test_nobody_but_the_owner_reads_which_cells_were_needed(demo_city: Database) -> None:
    ensure_vintage(demo_city, None, NOW)
    assert rows(demo_city, "SELECT count(*) AS n FROM withheld_cell")[0].n > 0
    with pytest.raises(DBAPIError), demo_city.owner_scoped(scope_of(demo_city, "411200", Role.ADMIN)) as connection:
        connection.execute(text("SELECT * FROM withheld_cell"))


def test_what_is_published_is_never_rewritten(demo_city: Database) -> None:
    ensure_vintage(demo_city, None, NOW)
    for change in ("UPDATE published_figure SET figures = '{}'", "UPDATE vintage SET threshold = 3"):
        with pytest.raises(DBAPIError), demo_city.owner() as connection:
            connection.execute(text(change))


def test_a_late_entry_changes_no_hour_that_was_published(demo_city: Database) -> None:
    at = NOW - timedelta(days=2)
    ensure_vintage(demo_city, at, NOW)
    before = rows(demo_city, "SELECT * FROM published_figure ORDER BY area_id")
    with demo_city.owner() as connection:
        connection.execute(text("DELETE FROM hotel_day"))
    ensure_vintage(demo_city, at, NOW)
    assert rows(demo_city, "SELECT * FROM published_figure ORDER BY area_id") == before


def test_two_at_once_make_one(tiny_city: Database) -> None:
    def make(_: int) -> Vintage:
        own = Database(tiny_city.url)
        made = ensure_vintage(own, None, NOW)
        own.dispose()
        return made

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(make, range(2)))
    assert both[0] == both[1]
    assert rows(tiny_city, "SELECT count(*) AS n FROM vintage")[0].n == 1


def test_ended_in_the_middle_it_leaves_nothing(tiny_city: Database) -> None:
    """The backend is ended while it waits to write its rows; asked again, the hour is made."""
    blocker, own = Database(tiny_city.url), Database(tiny_city.url)
    ended: list[BaseException] = []

    def make() -> None:
        try:
            ensure_vintage(own, None, NOW)
        except (DatabaseAway, DBAPIError) as error:
            ended.append(error)

    with blocker.owner() as connection:
        connection.execute(text("LOCK TABLE withheld_cell, published_figure IN ACCESS EXCLUSIVE MODE"))
        thread = threading.Thread(target=make)
        thread.start()
        waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        while not (found := rows(tiny_city, waiting)):
            pass
        rows(tiny_city, "SELECT pg_terminate_backend(:pid)", pid=found[0].pid)
        thread.join(20)
    assert ended
    assert rows(tiny_city, "SELECT count(*) AS n FROM vintage")[0].n == 0
    ensure_vintage(own, None, NOW)
    assert rows(tiny_city, "SELECT count(*) AS n FROM vintage")[0].n == 1
    for database in (blocker, own):
        database.dispose()


def test_an_area_that_moves_takes_its_figures_along_but_not_their_sums(tiny_city: Database) -> None:
    made = ensure_vintage(tiny_city, None, NOW)
    with tiny_city.owner() as connection:
        connection.execute(
            text("UPDATE area SET parent_id = (SELECT id FROM area WHERE code = :to) WHERE code = :code"),
            {"code": f"{EAST}001", "to": WEST},
        )
    query = "SELECT f.path::text, f.tree::text, a.path::text AS now FROM published_figure f JOIN area a ON a.id = f.area_id "
    for code in (f"{EAST}001", f"{EAST}001001"):
        [row] = rows(tiny_city, query + "WHERE a.code = :code AND vintage = :at", code=code, at=made.at)
        assert row.path == row.now != row.tree


async def test_what_cannot_be_protected_is_not_told(tiny_city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve homes in all are too few; and where the proof fails, nothing is published."""
    made = ensure_vintage(tiny_city, None, NOW)
    found = await told(tiny_city, "households", made.at)
    assert {figure.shown for figure in found.values()} == {"value", "suppressed"}
    assert len(GRIDS[EAST]) == 2

    def refuse(*_: object) -> None:
        raise CannotProtect("")

    monkeypatch.setattr("geodata.press.homes.protect", refuse)
    other = ensure_vintage(tiny_city, NOW - timedelta(hours=3), NOW)
    found = await told(tiny_city, "households", other.at)
    assert {figure.shown for figure in found.values()} == {"suppressed"}


def test_the_threshold_is_a_setting(tiny_city: Database) -> None:
    with tiny_city.owner() as connection:
        assert vintages.threshold_of(connection) == 5
        for said, counts in (("10", 10), ("1", 3), ("1000", 100)):
            connection.execute(
                text(
                    "INSERT INTO setting VALUES ('press_threshold', :said) ON CONFLICT (name) DO UPDATE SET value = :said"
                ),
                {"said": said},
            )
            assert vintages.threshold_of(connection) == counts
