import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.model import Role
from geodata.news import Item, News, read
from geodata.scope import Scope
from tests.places import EAST


@pytest.fixture
async def heard(tiny_city: Database) -> AsyncIterator[tuple[News, "asyncio.Queue[Item]"]]:
    news, items = News(tiny_city), asyncio.Queue[Item]()
    news.subscribe(items.put_nowait)
    news.start()
    assert (await next_of(items)).what == "found"
    yield news, items
    await news.stop()
    await tiny_city.close()


async def next_of(items: "asyncio.Queue[Item]", seconds: float = 5) -> Item:
    return await asyncio.wait_for(items.get(), seconds)


def run(database: Database, statement: str) -> None:
    with database.owner() as connection:
        connection.execute(text(statement))


async def test_a_change_says_which_table_and_where(
    tiny_city: Database, heard: tuple[News, "asyncio.Queue[Item]"]
) -> None:
    news, items = heard
    run(tiny_city, f"UPDATE area SET name = 'x' WHERE code = '{EAST}'")
    item = await next_of(items)
    assert (item.what, item.table) == ("changed", "area")
    assert item.box is not None
    west, south, east, north = item.box
    assert 12_300_000 < west < east < 12_400_000
    assert 4_000_000 < south < north < 4_100_000
    run(tiny_city, "DELETE FROM session")
    assert await next_of(items) == Item("changed", "session")
    assert news.here


async def test_a_change_that_was_given_up_is_no_news(
    tiny_city: Database, heard: tuple[News, "asyncio.Queue[Item]"]
) -> None:
    _, items = heard
    with tiny_city.engine.connect() as connection:
        connection.execute(text("DELETE FROM session"))
        connection.rollback()
    with pytest.raises(TimeoutError):
        await next_of(items, 0.4)


async def test_a_cut_connection_is_lost_and_found(
    tiny_city: Database, heard: tuple[News, "asyncio.Queue[Item]"]
) -> None:
    news, items = heard
    run(
        tiny_city,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()",
    )
    assert (await next_of(items, 3)).what == "lost"
    assert (await next_of(items)).what == "found"
    assert news.here
    run(tiny_city, "DELETE FROM session")
    assert (await next_of(items)).table == "session"


async def test_a_subscriber_that_fails_does_not_silence_the_others(
    tiny_city: Database, heard: tuple[News, "asyncio.Queue[Item]"], caplog: pytest.LogCaptureFixture
) -> None:
    news, items = heard

    def fails(_: Item) -> None:
        raise RuntimeError("on purpose")

    end = news.subscribe(fails)
    after: asyncio.Queue[Item] = asyncio.Queue()
    news.subscribe(after.put_nowait)
    run(tiny_city, "DELETE FROM session")
    assert (await next_of(after)).table == (await next_of(items)).table == "session"
    assert "on purpose" in caplog.text
    end()
    end()


CHANGE = """SELECT record_change(1, 'change', 1::smallint, 1, now(), 'survey', 'test', 'x', gen_random_uuid(), true, NULL,
    NULL, NULL, 0)"""


async def test_a_change_of_one_household_is_told_right_after_its_commit(
    tiny_city: Database, heard: tuple[News, "asyncio.Queue[Item]"]
) -> None:
    """Not before; by whoever wrote it, with its place."""
    _, items = heard
    async with tiny_city.writing(Scope(Role.COMMAND, ("1",))) as connection:
        await connection.execute(text(CHANGE))
        with pytest.raises(TimeoutError):
            await next_of(items, 0.3)
    item = await next_of(items, 1)
    assert (item.what, item.table) == ("changed", "household")
    assert item.box is not None


async def test_what_a_writer_leaves_untold_is_told_by_a_listeners_pulse(
    tiny_city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer is gone right after its commit; nobody misses the change for longer than a pulse."""
    monkeypatch.setattr("geodata.news.PULSE_S", 0.2)
    news, items = News(tiny_city), asyncio.Queue[Item]()
    news.subscribe(items.put_nowait)
    news.start()
    assert (await next_of(items)).what == "found"
    run(tiny_city, f"SELECT set_config('app.home_paths', '1', true); {CHANGE}")
    assert (await next_of(items, 3)).table == "household"
    with tiny_city.owner() as connection:
        assert connection.scalar(text("SELECT count(*) FROM untold")) == 0
    await news.stop()
    await tiny_city.close()


@pytest.mark.parametrize("payload", ["", "null", "[]", "{}", "x", '{"table": "area"}', '{"box": null}'])
def test_what_cannot_be_read_counts_as_anything(payload: str) -> None:
    assert read(payload) == Item("found")


def test_a_box_is_read() -> None:
    assert read('{"table": "hotel", "box": "BOX(1 -2.5,3e2 4)"}') == Item("changed", "hotel", (1, -2.5, 300, 4))
    assert read('{"table": "hotel", "box": null}') == Item("changed", "hotel")
