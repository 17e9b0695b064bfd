"""Display links: a screen signs in without a keyboard, reads its own areas, changes nothing, and ends by being revoked."""

import asyncio
import hashlib
import time
from collections.abc import Callable

import pytest
from httpx import Response
from sqlalchemy import text
from typer.testing import CliRunner

from app.commands.display import display
from app.front import SIGNED_OUT
from app.signin import COOKIE
from geodata import displays
from geodata.database import Database
from geodata.errors import BadValue, UnknownArea
from tests.app.running import Running, running, soon
from tests.app.test_reach import every_route
from tests.app.test_signin import Socket
from tests.places import CITY, EAST, WEST

PAGE = {"accept": "text/html"}
Typed = Callable[..., str]


@pytest.fixture
def typed(tiny_city: Database, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Return the command as somebody types it."""
    monkeypatch.setenv("DATABASE_URL", tiny_city.url)

    def run(*words: str) -> str:
        result = CliRunner().invoke(display, list(words), env={"COLUMNS": "200"})
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return run


def link(database: Database, area: str = EAST, name: str = "hall", programme: str | None = None) -> str:
    with database.owner() as connection:
        return displays.create(connection, name, area, programme, by="test")


async def enter(house: Running, token: str) -> Response:
    return await house.client.get(f"/display/{token}", headers=PAGE)


def test_a_link_from_its_first_day_to_its_last(typed: Typed, tiny_city: Database) -> None:
    printed = typed("create", "大厅", "--area", EAST, "--programme", "duty").strip()
    token = printed.rpartition("/display/")[2]
    assert printed.startswith("http://")
    with tiny_city.owner() as connection:
        row = connection.execute(text("SELECT * FROM display")).one()
        assert row.digest == hashlib.sha256(token.encode()).digest()
        assert token not in str(row)
    with pytest.raises(BadValue):
        typed("create", "大厅", "--area", EAST)
    with pytest.raises(UnknownArea):
        typed("create", "x", "--area", "424242")
    for name, programme in (("a b", "duty"), ("x\x07", "duty"), ("y", "no such id")):
        with pytest.raises(BadValue):
            typed("create", name, "--area", EAST, "--programme", programme)
    assert EAST in typed("list")
    typed("revoke", "大厅")
    with pytest.raises(BadValue):
        typed("revoke", "大厅")
    typed("create", "大厅", "--area", EAST)
    assert typed("list").count("大厅") == 2


async def test_a_screen_sees_its_subtree_and_nothing_else(house: Running, peopled_city: Database) -> None:
    answer = await enter(house, link(peopled_city))
    assert (answer.status_code, answer.headers["location"]) == (303, "/wall")
    assert "Max-Age=34560000" in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    summary = await house.client.get(f"/api/areas/{EAST}/summary")
    assert summary.json()["total"] == 12
    assert (await house.client.get(f"/api/areas/{WEST}/summary")).status_code == 404
    assert (await house.client.get(f"/api/areas/{CITY}/summary")).status_code == 404
    assert (await house.client.get("/")).headers["location"] == "/wall"
    with peopled_city.owner() as connection:
        assert connection.scalar(text("SELECT last_seen_at > now() - interval '1 minute' FROM display"))


async def test_whatever_a_screen_sends_is_refused(house: Running, peopled_city: Database) -> None:
    await enter(house, link(peopled_city, CITY))
    changes = [
        (method, route.path.replace("{", "").replace("}", ""))
        for route in every_route(house.server.router.routes)
        for method in getattr(route, "methods", None) or ()
        if method not in ("GET", "HEAD", "OPTIONS")
    ]
    assert len(changes) > 8
    for method, path in changes:
        if path in ("/login", "/logout", "/_dash-update-component"):
            continue
        answer = await house.client.request(method, path, headers={"x-wangge": "1"}, json={})
        assert answer.status_code == 403, (method, path)
        assert answer.json()["error"] == "not_allowed"


async def test_a_screen_outlives_every_restart(peopled_city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    token = link(peopled_city)
    async with running(peopled_city, monkeypatch) as first:
        await enter(first, token)
        kept = first.client.cookies[COOKIE]
    async with running(peopled_city, monkeypatch) as second:
        second.client.cookies.set(COOKIE, kept)
        assert (await second.client.get(f"/api/areas/{EAST}")).status_code == 200
        second.client.cookies.set(COOKIE, kept[:-1] + ("a" if kept[-1] != "a" else "b"))
        assert (await second.client.get(f"/api/areas/{EAST}")).status_code == 401


async def test_a_link_that_is_not_in_force_says_so(house: Running, peopled_city: Database) -> None:
    token = link(peopled_city)
    with peopled_city.owner() as connection:
        displays.revoke(connection, "hall")
    for asked in (token, "wd_nothing", "x" * 5000):
        answer = await enter(house, asked)
        assert answer.status_code == 404
        assert "大屏链接" in answer.text
        assert "set-cookie" not in answer.headers


async def test_revoking_closes_one_screen_within_a_second(house: Running, peopled_city: Database) -> None:
    """And leaves every other one, and people at their desks, alone."""
    sockets = {}
    for name in ("hall", "lobby"):
        await enter(house, link(peopled_city, name=name))
        sockets[name] = Socket(house, house.client.cookies[COOKIE], "http://wangge")
        assert (await sockets[name].next())["type"] == "websocket.accept"
    began = time.monotonic()
    with peopled_city.owner() as connection:
        displays.revoke(connection, "hall")
    closed = await sockets["hall"].next()
    assert time.monotonic() - began < 1
    assert (closed["code"], closed["reason"]) == (SIGNED_OUT, "signed_out")
    await asyncio.sleep(0.2)
    assert sockets["lobby"].outward.empty()
    sockets["lobby"].inward.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await asyncio.gather(*(socket.task for socket in sockets.values()))


async def test_a_screen_whose_area_moves_is_looked_at_anew(house: Running, peopled_city: Database) -> None:
    """What a screen sees follows the tree, and an open connection does not outlive that."""
    await enter(house, link(peopled_city, EAST + "001"))
    socket = Socket(house, house.client.cookies[COOKIE], "http://wangge")
    assert (await socket.next())["type"] == "websocket.accept"
    moved = text("UPDATE area SET parent_id = (SELECT id FROM area WHERE code = :to) WHERE code = :township")
    with peopled_city.owner() as connection:
        connection.execute(moved, {"to": WEST, "township": EAST + "001"})
    assert (await socket.next())["code"] == SIGNED_OUT
    await socket.task

    async def seen() -> bool:
        return (await house.client.get(f"/api/areas/{EAST}001")).status_code == 200

    await soon(seen)
