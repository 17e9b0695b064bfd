"""Tiles: what they hold for whom, that they are kept until what they show changes, and given up when nobody waits."""

import asyncio
import gzip
import math
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import mapbox_vector_tile
import psycopg
import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.errors import BadTile, DatabaseAway, TooSlow
from geodata.model import Role
from geodata.scope import Scope
from layers.declaration import Layer
from layers.registry import all_layers
from layers.render.tile_cache import Tile, TileCache, TileKey
from layers.render.tile_readers import Arguments, TileReaders
from layers.render.tile_sql import TileFunction
from layers.render.tiles import TileServer
from tests.places import BEGAN, CITY, EAST, GRIDS, WEST

ZONE = ZoneInfo("Asia/Shanghai")


def address(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    side = 1 << z
    return z, int((lon + 180) / 360 * side), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)


PLACE = address(111.0045, 34.0045, 16)
"""The tile over the building of the first grid of the east county."""


def scope_of(database: Database, code: str, role: Role = Role.OFFICER) -> Scope:
    with database.owner() as connection:
        path = connection.scalar(text("SELECT path::text FROM area WHERE code = :code"), {"code": code})
    assert path
    return Scope(role, (path,))


@pytest.fixture
async def tiles(tiny_city: Database) -> AsyncIterator[TileServer]:
    server = TileServer(tiny_city, lambda: datetime.now(UTC), ZONE)
    yield server
    await server.close()


@pytest.fixture
def households() -> Layer:
    return all_layers()["households"]


def features(tile: Tile) -> list[dict[str, object]]:
    if not tile.body:
        return []
    decoded = mapbox_vector_tile.decode(gzip.decompress(tile.body))
    return [feature for layer in decoded.values() for feature in layer["features"]]


async def test_a_tile_holds_the_doors_of_its_reader(tiny_city: Database, tiles: TileServer, households: Layer) -> None:
    own = await tiles.tile(households, *PLACE, scope_of(tiny_city, GRIDS[EAST][0]))
    assert len(features(own)) == 6
    assert {feature["properties"]["state"] for feature in features(own)} == {"normal"}  # type: ignore[index]
    for code, role in ((GRIDS[EAST][1], Role.GRID), (CITY, Role.PRESS)):
        assert await tiles.tile(households, *PLACE, scope_of(tiny_city, code, role)) == Tile(b"", '"empty"')


async def test_below_doors_one_point_stands_for_a_building(
    tiny_city: Database, tiles: TileServer, households: Layer
) -> None:
    with tiny_city.owner() as connection:
        door = connection.scalar(text("SELECT min(id) FROM household"))
        connection.execute(
            text("SELECT record_state(:door, 1::smallint, :at, 'survey', 'test', 'test')"),
            {"door": door, "at": datetime.now(UTC)},
        )
    tile = await tiles.tile(households, *address(111.0045, 34.0045, 14), scope_of(tiny_city, CITY, Role.COMMAND))
    found = sorted((f["properties"]["state"], f["properties"]["households"]) for f in features(tile))  # type: ignore[index]
    assert found == [("wuhan", 6)]


async def test_a_tile_of_a_past_moment_shows_that_moment(
    tiny_city: Database, tiles: TileServer, households: Layer
) -> None:
    changed = BEGAN + timedelta(days=5)
    with tiny_city.owner() as connection:
        door = connection.scalar(text("SELECT min(id) FROM household"))
        connection.execute(
            text("SELECT record_state(:door, 1::smallint, :at, 'survey', 'test', 'test')"),
            {"door": door, "at": changed},
        )
    scope = scope_of(tiny_city, EAST)
    for at, expected in (
        (changed - timedelta(hours=1), 0),
        (changed + timedelta(hours=1), 1),
        (BEGAN - timedelta(days=1), None),
    ):
        states = [f["properties"]["state"] for f in features(await tiles.tile(households, *PLACE, scope, at))]  # type: ignore[index]
        assert (None if not states else states.count("wuhan")) == expected


async def test_a_kept_tile_is_forgotten_when_its_place_changes(
    tiny_city: Database, tiles: TileServer, households: Layer
) -> None:
    scope = scope_of(tiny_city, EAST)
    first = await tiles.tile(households, *PLACE, scope)
    with tiny_city.owner() as connection:
        connection.execute(
            text("SELECT record_state(min(id), 1::smallint, now(), 'survey', 'test', 'test') FROM household")
        )
        box = connection.execute(
            text(
                "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(mercator) e FROM household) x"
            )
        ).one()
    assert await tiles.tile(households, *PLACE, scope) is first
    tiles.changed("hotel", None)
    tiles.changed("household", (0.0, 0.0, 1.0, 1.0))
    assert await tiles.tile(households, *PLACE, scope) is first
    tiles.changed("household", (box[0], box[1], box[2], box[3]))
    assert (await tiles.tile(households, *PLACE, scope)).etag != first.etag


async def test_a_change_during_the_cut_is_not_lost(tiny_city: Database, tiles: TileServer, households: Layer) -> None:
    cutting = asyncio.ensure_future(tiles.tile(households, *PLACE, scope_of(tiny_city, EAST)))
    await asyncio.sleep(0)
    tiles.changed("household", None)
    await cutting
    assert len(tiles.cache) == 0


async def test_many_who_want_one_tile_share_one_query(
    tiny_city: Database, tiles: TileServer, households: Layer
) -> None:
    scope = scope_of(tiny_city, EAST)
    found = await asyncio.gather(*(tiles.tile(households, *PLACE, scope) for _ in range(20)))
    assert all(tile is found[0] for tile in found)


async def test_the_first_who_asks_goes_away_and_the_next_still_gets_the_tile(
    tiny_city: Database, tiles: TileServer, households: Layer
) -> None:
    scope = scope_of(tiny_city, EAST)
    first, second = (asyncio.ensure_future(tiles.tile(households, *PLACE, scope)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert features(await second)
    assert first.cancelled()
    third, fourth = (asyncio.ensure_future(tiles.tile(households, *PLACE, scope_of(tiny_city, WEST))) for _ in range(2))
    await asyncio.sleep(0)
    fourth.cancel()
    assert await third == await tiles.tile(households, *PLACE, scope_of(tiny_city, WEST))


async def test_everybody_who_waits_is_told_that_the_database_is_away(tiny_city: Database, households: Layer) -> None:
    away = Database("postgresql://nobody@/nothing?host=/nowhere")
    server = TileServer(away, lambda: datetime.now(UTC), ZONE)
    scope = scope_of(tiny_city, EAST)
    told = await asyncio.gather(*(server.tile(households, *PLACE, scope) for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in told] == [DatabaseAway] * 3
    await server.close()


@pytest.mark.parametrize("wrong", [(16, -1, 5), (16, 1 << 16, 5), (12, 1, 1), (23, 0, 0), (-1, 0, 0), (400, 0, 0)])
async def test_an_address_outside_is_refused(
    tiny_city: Database, tiles: TileServer, households: Layer, wrong: tuple[int, int, int]
) -> None:
    with pytest.raises(BadTile):
        await tiles.tile(households, *wrong, scope_of(tiny_city, EAST))


SLEEP = TileFunction(
    "tile_sleep",
    "CREATE OR REPLACE FUNCTION pg_temp.tile_sleep(text, text, int, int, int, timestamptz, date, timestamptz) RETURNS bytea "
    "LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$",
    "SELECT pg_temp.tile_sleep($1, $2, $3, $4, $5, $6, $7, $8)",
    uses_present=False,
    uses_today=False,
)
NOTHING = Arguments("", "", 0, 0, 0, datetime.now(UTC), datetime.now(UTC).date(), None)


def sleeping(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%tile_sleep($1%' "
            "AND pid <> pg_backend_pid() AND datname = current_database()"
        ).fetchone()
        assert row
        return int(row[0])


async def test_giving_up_cancels_the_query_on_the_server(tiny_city: Database) -> None:
    readers = TileReaders(tiny_city, 2)
    task = asyncio.ensure_future(readers.cut(SLEEP, NOTHING))
    await eventually(lambda: sleeping(tiny_city.url) == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await eventually(lambda: sleeping(tiny_city.url) == 0)
    await readers.close()


async def test_the_statement_timeout_holds(tiny_city: Database) -> None:
    hasty = Database(tiny_city.url, timeout_s=0.2)
    readers = TileReaders(hasty, 1)
    for _ in range(2):
        with pytest.raises(TooSlow):
            await readers.cut(SLEEP, NOTHING)
    await readers.close()
    await hasty.close()


async def test_a_database_that_is_away_is_said(tiny_city: Database, households: Layer) -> None:
    away = Database("postgresql://nobody@/nothing?host=/nowhere")
    server = TileServer(away, lambda: datetime.now(UTC), ZONE)
    with pytest.raises(DatabaseAway):
        await server.tile(households, *PLACE, scope_of(tiny_city, EAST))
    await server.close()


async def eventually(holds: Callable[[], bool], seconds: float = 5) -> None:
    for _ in range(int(seconds / 0.05)):
        if await asyncio.to_thread(holds):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come true")


def key(x: int) -> TileKey:
    return TileKey("households", 16, x, 0, ("1", "1"), "", "")


def test_the_cache_is_bounded_and_lets_the_oldest_go() -> None:
    cache = TileCache(3 * (1000 + TileCache.OVERHEAD))
    for x in range(3):
        cache.put(key(x), Tile(bytes(1000), str(x)), ("household",))
    assert cache.get(key(0)) is not None
    cache.put(key(3), Tile(bytes(1000), "3"), ("household",))
    assert cache.get(key(1)) is None
    assert cache.get(key(0)) is not None
    assert cache.bytes <= cache.most_bytes
    cache.clear()
    assert (len(cache), cache.bytes) == (0, 0)
