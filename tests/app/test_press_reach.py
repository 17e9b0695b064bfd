"""The press has no path to a household, a name, a telephone, a track, or a small count: every route, layer and callback.

The city stands twice. In one of them stand planted names, telephones and tracks, and other small counts of people than in
the other. Whatever the press asks, no planted word comes back, and both cities give the same answer to the byte: so nothing
that was planted had a part in it, whatever a route does. A route, layer or callback that is added is asked too, or fails the
test until `tests/app/test_reach.py` covers it.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from geodata.database import Database
from geodata.model import Role
from geodata.press.figures import ensure_vintage
from geodata.scope import Scope
from geodata.wall import BLOCKS, for_reader
from tests.app.test_reach import (
    COVERED,
    WITHOUT_CITY_DATA,
    Ask,
    answer,
    callback_asks,
    people,
    routes,
    running,
    server_of,
)
from tests.lending import Lender, name_of
from tests.places import CITY, EAST, GRIDS

NAME, TELEPHONE, TRACK = "赵钱孙李", "13912345678", "TRACK-OF-A-DRONE"
WORDS = (NAME, TELEPHONE, TRACK, "住客甲")
PROTECTED = "/api/press"
"""Where figures are told that were protected; that they give nothing back: tests/geodata/press/test_attack.py."""
PARTS = 6
"""All requests are asked in so many tests."""
PLANTED = (
    f"UPDATE area SET leader = '{NAME}', telephone = '{TELEPHONE}' WHERE level IN ('grid', 'village', 'township')",
    f"UPDATE building SET address = address || '{NAME}', name = '{NAME}'",
    f"UPDATE drone SET name = '{TRACK}', code = '{TRACK}' || id",
    f"UPDATE flight SET code = '{TRACK}' || id",
    f"UPDATE patrol_event SET code = '{TRACK}' || id",
    f"UPDATE gate_state SET entered_by = '{NAME}'",
    f"UPDATE closure SET entered_by = '{NAME}'",
    f"UPDATE gate SET name = '{NAME}' || id",
    f"UPDATE checkpoint SET name = '{NAME}' || id",
    f"UPDATE fever_report SET code = '{NAME}' || id",
    "INSERT INTO display (name, digest, created_by, area_id) "
    f"SELECT '{NAME}', '\\x01', '{NAME}', id FROM area WHERE code = '{CITY}'",
    "INSERT INTO ground_patrol (code, team, started_at, area_id) "
    "SELECT '住客甲' || id, '住客甲', now() - interval '9 minutes', id FROM area WHERE level = 'grid'",
)
OTHERWISE = (
    "UPDATE hotel_day SET occupied = 3 + hotel_id % 2",
    "UPDATE checkpoint_hour SET passed = 2, home_quarantine = 1, central_quarantine = 4, turned_back = 3",
    "UPDATE village_report SET returned_wuhan = 2, close_contact = 3",
    "DELETE FROM patrol_event WHERE id % 2 = 0",
    "UPDATE track_point SET height_m = 33",
    "UPDATE gate SET state = 'open'",
    "UPDATE checkpoint_staffing SET on_duty = 9",
)


@pytest.fixture(scope="session")
def planted_templates(lender: Lender, peopled_template: str) -> tuple[str, str]:
    """Return the names of two cities: with planted words and counts, and without."""
    plain = lender.new(peopled_template)
    with plain.owner() as connection:
        connection.execute(text("DELETE FROM account"))
    people(plain)
    with plain.owner() as connection:
        connection.execute(
            text("UPDATE account_area SET area_id = (SELECT id FROM area WHERE code = :city)"), {"city": CITY}
        )
    plain.dispose()  # nobody may be connected to what is copied
    planted = lender.new(name_of(plain))
    with planted.owner() as connection:
        for statement in (*PLANTED, *OTHERWISE):
            connection.execute(text(statement))
        for household in range(1, 25, 5):
            _ill(connection, household)
    for database in (plain, planted):
        ensure_vintage(database, None, datetime.now(UTC))
        database.dispose()
    return name_of(planted), name_of(plain)


def _ill(connection: Connection, household: int) -> None:
    """Let one household be in a state that is followed, and due today."""
    connection.execute(
        text("UPDATE household SET state_id = 1, due_on = local_day(now()) WHERE id = :id"), {"id": household}
    )


@pytest.fixture
def planted(lender: Lender, planted_templates: tuple[str, str]) -> Iterator[tuple[Database, Database]]:
    with ExitStack() as lent:
        first, second = (lent.enter_context(lender.lent(template)) for template in planted_templates)
        yield first, second


async def asked(
    databases: tuple[Database, Database], asks: list[Ask], monkeypatch: pytest.MonkeyPatch
) -> list[tuple[Ask, tuple[int, bytes], tuple[int, bytes]]]:
    """Ask both cities everything as the press."""
    found = []
    async with AsyncExitStack() as stack:
        clients = [(await stack.enter_async_context(running(database, monkeypatch)))[1] for database in databases]
        for ask in asks:
            first, second = await asyncio.gather(*(answer(client, ask, Role.PRESS) for client in clients))
            found.append((ask, first, second))
    return found


def judge(found: list[tuple[Ask, tuple[int, bytes], tuple[int, bytes]]]) -> None:
    for ask, first, second in found:
        said = first[1].decode("utf-8", "replace") + json.dumps(first[1].decode("utf-8", "replace"))
        for word in WORDS:
            assert word not in said, f"{ask} tells {word}"
            assert json.dumps(word)[1:-1] not in said, f"{ask} tells {word}"
        if not ask.path.startswith(PROTECTED):
            assert first == second, f"{ask}: {first[1][:500]!r} … {second[1][:500]!r}"
        assert first[0] < 500, f"{ask}: {first}"


async def test_every_route_is_asked(planted: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch) -> None:
    """A route that is added must be covered by tests/app/test_reach.py, and is then asked below as the press too."""
    async with running(planted[0], monkeypatch) as (application, _):
        assert routes(server_of(application)) - set(COVERED) - set(WITHOUT_CITY_DATA) == set()


@pytest.mark.parametrize("part", range(PARTS))
async def test_no_route_tells_the_press_what_was_planted(
    part: int, planted: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every request of every route, its layers and moments, over areas of every level."""
    asks = [ask for route in sorted(COVERED)[part::PARTS] for ask in COVERED[route]()]
    assert asks
    judge(await asked(planted, asks, monkeypatch))


async def test_no_callback_tells_the_press_what_was_planted(
    planted: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(planted[0], monkeypatch) as (_, client):
        _, listed = await answer(client, Ask("GET", "/_dash-dependencies"), Role.PRESS)
    judge(await asked(planted, callback_asks(json.loads(listed)), monkeypatch))


async def test_search_finds_no_planted_word(
    planted: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words themselves are asked for: nothing is found, of course without saying the word back."""
    asks = [Ask("GET", f"/api/search?q={word}") for word in WORDS]
    for _, first, _ in await asked(planted, asks, monkeypatch):
        assert json.loads(first[1]) == []


async def test_what_was_planted_is_there_for_others(
    planted: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test would pass on a city in which nothing stands."""
    paths = {
        f"/api/areas/{GRIDS[EAST][0]}": NAME,
        "/api/features/grids?limit=50": TELEPHONE,
        "/api/features/drones?limit=50": TRACK,
        "/api/features/checkpoints?limit=50": NAME,
        "/api/features/hotels?limit=50": '"occupied":3',
    }
    async with running(planted[0], monkeypatch) as (_, client):
        for path, word in paths.items():
            _, said = await answer(client, Ask("GET", path), Role.COMMAND)
            assert word in json.dumps(json.loads(said), ensure_ascii=False, separators=(",", ":")), path


def test_the_press_reads_no_table_of_work(planted: tuple[Database, Database]) -> None:
    """What no route asks for is closed too: of every table with a scope, the press sees rows of places and figures alone."""
    database = planted[0]
    with database.owner() as connection:
        path = connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": CITY})
        tables = connection.scalars(
            text("SELECT DISTINCT tablename FROM pg_policies WHERE 'wangge_app' = ANY (roles) ORDER BY 1")
        ).all()
    seen = set()
    for table in tables:
        with database.owner_scoped(Scope(Role.PRESS, (str(path),))) as connection:
            granted = connection.scalar(
                text("SELECT has_any_column_privilege('wangge_app', CAST(:table AS regclass), 'SELECT')"),
                {"table": table},
            )
            if granted and connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first():
                seen.add(table)
    shops = {"shop", "shop_day", "shop_price"}
    assert seen <= {"area", "area_alias", "hotel", "clinic", "programme", "published_figure"} | shops
    assert {"area", "hotel", "clinic", "published_figure"} <= seen


def test_blocks_say_whom_they_are_for() -> None:
    assert for_reader(Scope(Role.PRESS, ("1",))) == {"clinics", "hotels"}
    assert for_reader(Scope(Role.COMMAND, ("1",))) == set(BLOCKS)
