"""The live hub: what a wall is told, in which order, whose figures, and by how many readings."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import janus
import pytest
from dash.backends.ws import DashWebsocketCallback
from sqlalchemy import text

from callbacks import channel as channels
from callbacks import hub as hubs
from callbacks.channel import Wall
from callbacks.hub import Hub
from callbacks.line import Line
from callbacks.services import Services, current
from geodata import displays
from geodata.accounts import Principal
from geodata.database import Database
from geodata.installation import owner_installation
from geodata.model import Role
from geodata.scope import Scope
from geodata.wall import BLOCKS, Moment, read
from tests.app.listening import page
from tests.app.running import Running
from tests.places import CITY, EAST, GRIDS, WEST

RECORD = text("SELECT record_state(:door, :state, clock_timestamp(), 'survey', 'test', 'test')")


def record(city: Database, *doors: int, state: int = 1) -> None:
    """Change households, each in a transaction of its own."""
    for door in doors:
        with city.owner() as connection:
            connection.execute(RECORD, {"door": door, "state": state})


def doors(city: Database, area: str) -> list[int]:
    with city.owner() as connection:
        asked = "SELECT h.id FROM household h JOIN area a ON h.path <@ a.path WHERE a.code = :area ORDER BY 1"
        return list(connection.scalars(text(asked), {"area": area}))


async def truth(house: Running, area: str) -> dict[str, Any]:
    """Return what the API says of an area's homes at this moment."""
    found: dict[str, Any] = (await house.client.get(f"/api/areas/{area}/summary")).json()
    return found


async def test_first_everything_then_what_changed(house: Running, peopled_city: Database) -> None:
    await house.sign_in()
    wall = await page(house, area=EAST)
    first = await wall.read()
    assert set(first["blocks"]) == set(BLOCKS)
    assert (first["area"], first["layers"], first["scheme"]) == (EAST, [], False)
    assert wall.beats[0]["database"] is True
    record(peopled_city, doors(peopled_city, EAST)[0])
    second = await wall.read(1)
    assert second["seq"] > first["seq"]
    assert "households" in second["blocks"]
    assert "clinics" not in second["blocks"]
    assert "households" in second["layers"]
    counted = await truth(house, EAST)
    assert second["blocks"]["households"]["states"] == counted["households"]
    wall.leave()


async def test_a_wall_asks_for_what_it_shows(house: Running, peopled_city: Database) -> None:
    """For nothing else, for one area at a time, and anew after a time without a connection."""
    await house.sign_in()
    wall = await page(house, area=EAST, blocks=["clinics", "nonsense"], again=True)
    first = await wall.read()
    assert set(first["blocks"]) == {"clinics"}
    assert {"households", "areas"} <= set(first["layers"])
    wall.ask(area=WEST, blocks=["households"])
    assert (await wall.read())["area"] == WEST
    record(peopled_city, doors(peopled_city, WEST)[0])
    await wall.read_all()
    assert {said["area"] for said in wall.messages[1:]} == {WEST}
    wall.leave()


async def test_nobody_hears_of_a_foreign_area(house: Running, peopled_city: Database) -> None:
    with peopled_city.owner() as connection:
        token = displays.create(connection, "hall", EAST, by="test")
    await house.client.get(f"/display/{token}")
    own = await page(house)
    first = await own.read()
    assert first["area"] == EAST, "without an area it is the screen's own"
    for foreign in (WEST, CITY, "424242", "x'--"):
        stranger = await page(house, area=foreign)
        said = await stranger.read()
        assert (said["blocks"], said["error"]) == ({}, "error.unknown_area")
        stranger.leave()
    record(peopled_city, *doors(peopled_city, WEST)[:3])
    await own.read_all()
    for later in own.messages[1:]:
        assert later["blocks"].get("households", first["blocks"]["households"]) == first["blocks"]["households"]
    own.leave()


async def test_a_hundred_walls_are_one_reading_and_bursts_are_merged(house: Running, peopled_city: Database) -> None:
    """Every wall is told the same to the letter, in order, and the last of it is the truth."""
    await house.sign_in()
    walls = [await page(house, area=CITY) for _ in range(100)]
    for wall in walls:
        await wall.read(20)
    own = doors(peopled_city, CITY)
    for round_ in range(6):
        await asyncio.to_thread(record, peopled_city, *own[:10], state=1 + round_ % 3)
    await asyncio.gather(*(wall.read_all(2) for wall in walls))
    told = walls[0].raw[1:]
    assert all(wall.raw[1:] == told for wall in walls)
    assert 0 < len(told) < 60, "sixty changes are fewer messages"
    numbers = [said["seq"] for said in walls[0].messages]
    assert numbers == sorted(set(numbers))
    last = [said["blocks"]["households"] for said in walls[0].messages if "households" in said["blocks"]][-1]
    assert last["states"] == (await truth(house, CITY))["households"]
    for wall in walls:
        wall.leave()
    await asyncio.gather(*(wall.socket.task for wall in walls))


async def test_a_slow_page_gets_the_whole_state_when_it_has_caught_up(
    house: Running, peopled_city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds nobody up, nothing piles up for it, and what it is told last is the truth."""
    monkeypatch.setattr(channels, "GAP_S", 0.01)
    await house.sign_in()
    slow, quick = await page(house, room=1, area=CITY), await page(house, area=CITY)
    await slow.read()
    await quick.read()
    own = doors(peopled_city, CITY)
    for nth in range(24):
        record(peopled_city, own[nth % 12], state=1 + nth % 3)
        await quick.read(2)
    await slow.read_all(3)
    assert len(slow.messages) < len(quick.messages)
    whole = [said for said in slow.messages[1:] if set(said["blocks"]) == set(BLOCKS)]
    assert whole
    assert "households" in whole[-1]["layers"], "it may have missed that tiles are old"
    last = next(said for said in reversed(slow.messages) if "households" in said["blocks"])
    assert last["blocks"]["households"]["states"] == (await truth(house, CITY))["households"]
    slow.leave()
    quick.leave()


async def test_a_channel_ends_with_its_last_wall(house: Running) -> None:
    await house.sign_in()
    before = len(asyncio.all_tasks())
    walls = [await page(house, area=area) for area in (EAST, WEST, GRIDS[EAST][0])]
    for wall in walls:
        await wall.read()
        wall.leave()
    await asyncio.gather(*(wall.socket.task for wall in walls))
    await asyncio.sleep(hubs.BEAT_S + 0.5)
    assert len(asyncio.all_tasks()) <= before


@pytest.fixture
async def services(tiny_city: Database) -> AsyncIterator[Services]:
    own = Database(tiny_city.url)
    with own.owner() as connection:
        installation = owner_installation(connection)
    yield Services(own, installation, lambda: datetime.now(UTC))
    await own.close()


def line_of(services: Services) -> tuple[Line, "janus.Queue[str]"]:
    """Return a line of the whole city as Dash would open it."""
    with services.database.owner() as connection:
        path = connection.scalar(text("SELECT path::text FROM area WHERE parent_id IS NULL"))
    who = Principal(1, "x", Role.COMMAND, Scope(Role.COMMAND, (str(path),)), (CITY,))
    queue: janus.Queue[str] = janus.Queue()
    return Line(who, DashWebsocketCallback({}, 'r"1', queue, threading.Event())), queue


async def test_a_line_writes_what_dash_would(services: Services) -> None:
    """Where this fails, Dash has changed the form of its messages: mend callbacks/line.py."""
    line, queue = line_of(services)
    data = {"at": "2020-02-14", "words": 'a "b" 三门峡', "n": [1, None, True]}
    line.push("wall-news", json.dumps(data))
    line._socket.set_prop_sync("wall-news", "data", data)
    ours, theirs = queue.sync_q.get_nowait(), queue.sync_q.get_nowait()
    assert json.loads(ours) == json.loads(theirs)
    line._socket._shutdown_event.set()
    line.push("wall-news", "1")
    assert queue.sync_q.empty()
    await queue.aclose()


async def test_a_new_day_makes_everything_old_and_may_bring_other_colours(services: Services) -> None:
    now = datetime(2020, 2, 14, 23, 59, 59, tzinfo=services.installation.zone)
    clock = {"now": now}
    moved = replace(services, clock=lambda: clock["now"])
    hub, (line, queue) = Hub(moved), line_of(services)
    hub.lines[line.page, "wall"] = line
    there = hub._channel(line.principal.scope, CITY)
    wall = Wall(line, frozenset({"households", "clinics"}))
    there.enter(wall)
    try:
        first = await told(queue)
        assert first["scheme"] is False
        await hub._begin_day()
        with services.database.owner() as connection:
            made = "INSERT INTO colour_scheme VALUES (2, :city, '2020-02-15', 'x', 'x')"
            connection.execute(text(made), {"city": services.installation.city_code})
        clock["now"] = now + timedelta(seconds=2)
        await hub._begin_day()
        second = await told(queue)
        assert (second["scheme"], set(second["blocks"])) == (True, {"households", "clinics"})
        assert "households" in second["layers"]
        async with services.database.scoped(line.principal.scope) as connection:
            fresh = await read(connection, CITY, Moment(moved.now()), ["households"])
        assert second["blocks"]["households"] == fresh["households"]
        clock["now"] = now + timedelta(seconds=4)
        await hub._begin_day()
        with pytest.raises(TimeoutError):
            await told(queue, 0.5)
    finally:
        there.leave(wall)
        await queue.aclose()


async def test_time_alone_makes_tiles_old(services: Services) -> None:
    """Where nobody reports any more, no news comes of it: the posts of an open map must fall silent all the same."""
    hub, (line, queue) = Hub(services), line_of(services)
    there = hub._channel(line.principal.scope, CITY)
    wall = Wall(line, frozenset({"clinics"}))
    there.enter(wall)
    try:
        await told(queue)
        await hub._tick()
        layers = set((await told(queue))["layers"])
        assert {"checkpoints", "hotels", "clinics", "alerts"} <= layers
        assert layers.isdisjoint({"households", "boundaries", "names", "grids"}), "these are old by a change alone"
    finally:
        there.leave(wall)
        await queue.aclose()


async def told(queue: "janus.Queue[str]", seconds: float = 5) -> dict[str, Any]:
    said = json.loads(await asyncio.wait_for(queue.async_q.get(), seconds))
    found: dict[str, Any] = said["payload"]["props"]["data"]
    return found


async def test_a_connection_of_nobody_is_refused_a_second_time(services: Services) -> None:
    assert hubs._known(None) == hubs._still_known(None, {}) == hubs.SIGNED_OUT
    token = current.set(line_of(services)[0].principal)
    assert hubs._known(None) is hubs._still_known(None, {}) is True
    current.reset(token)
