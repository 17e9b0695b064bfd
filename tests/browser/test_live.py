"""The connection of a wall in a real Chromium: a change is there within a second, a loss is said, and everything heals."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from sqlalchemy import text

from geodata import displays
from geodata.database import Database
from tests.app.running import free_port
from tests.browser.bare_wall import LISTENS
from tests.browser.conftest import Watched
from tests.browser.test_map import let_in
from tests.lending import Lender

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

COUNTY = "411202"
OVERDUE = "told.blocks.households && told.blocks.households.overdue"
CLEAR = """SELECT record_state(h.id, s.id, now(), 'survey', 'test', 'test') FROM household h, scheme_state s, area a
    WHERE s.code = 'normal' AND h.due_on < current_date - 1 AND a.code = :area AND h.path <@ a.path ORDER BY h.id LIMIT 1"""


class Stage:
    """A server over a city of its own, on a port that it keeps when it is started again."""

    def __init__(self, city: Database, application: str) -> None:
        self.city = city
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "-m", "uvicorn", application, "--factory", "--port", str(self.port)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        environment = {**os.environ, "DATABASE_URL": self.city.url}
        self._process = subprocess.Popen([*self._command, "--log-level", "error"], env=environment)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.address}/healthz").status_code == httpx.codes.OK:
                    return
            time.sleep(0.1)
        raise AssertionError("the server did not come up")

    def kill(self) -> None:
        """End the server as a power cut would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def link(self, area: str, name: str) -> str:
        """Return the path of a new display link."""
        with self.city.owner() as connection:
            return f"/display/{displays.create(connection, name, area, by='test')}"

    def clear(self, area: str = COUNTY) -> int:
        """Clear one overdue household of an area; return how many are left overdue in it by the database's own count."""
        left = text(
            "SELECT count(*) FROM household h JOIN area a ON h.path <@ a.path "
            "WHERE a.code = :area AND h.due_on < (now() AT TIME ZONE city_zone())::date"
        )
        with self.city.owner() as connection:
            connection.execute(text(CLEAR), {"area": area})
            return int(connection.scalar(left, {"area": area}) or 0)


@pytest.fixture(scope="module")
def stage(lender: Lender, demo_template: str) -> Iterator[Stage]:
    """Return a running server with the bare wall."""
    with lender.lent(demo_template) as city:
        found = Stage(city, "tests.browser.bare_wall:application")
        found.start()
        yield found
        found.kill()


@pytest.fixture
def screen(watch: Callable[..., Watched], stage: Stage, request: pytest.FixtureRequest) -> Watched:
    """Return a screen of one county that has signed in by its link and shows figures."""
    found = watch(stage.address)
    found.page.add_init_script(LISTENS)
    found.page.goto(stage.address + stage.link(COUNTY, request.node.name[:60]))
    found.page.goto(stage.address + "/map")
    found.page.wait_for_function(f"() => {OVERDUE} !== undefined")
    return found


def shows(screen: Watched, overdue: int, seconds: float) -> None:
    screen.page.wait_for_function(f"n => {OVERDUE} === n", arg=overdue, timeout=seconds * 1000)


def said(screen: Watched, kind: str, seconds: float) -> None:
    screen.page.wait_for_selector(f"[data-lost={kind}] #lost .of-{kind}", timeout=seconds * 1000)


def healed(screen: Watched, seconds: float) -> None:
    screen.page.wait_for_function("() => !document.documentElement.dataset.lost", timeout=seconds * 1000)


def test_a_change_is_on_the_wall_within_a_second(screen: Watched, stage: Stage) -> None:
    assert screen.page.evaluate("told.messages[0].area") == COUNTY
    assert screen.page.evaluate("Object.keys(told.blocks).length") > 3
    for _ in range(3):
        left = stage.clear()
        shows(screen, left, 1)
        last = screen.page.evaluate("told.messages.at(-1)")
        assert "households" in last["layers"]
        assert "clinics" not in last["blocks"], "only what changed is sent"
    assert screen.page.evaluate("told.out_of_order") == 0


def test_a_page_that_asks_for_another_area_hears_of_that_alone(screen: Watched, stage: Stage) -> None:
    screen.page.evaluate("listen({area: '411202002', blocks: ['households']})")
    screen.page.wait_for_function("() => told.area === '411202002' && told.blocks.households")
    assert screen.page.evaluate("Object.keys(told.blocks)") == ["households"]
    before = screen.page.evaluate("told.messages.length")
    left = stage.clear("411202002")
    shows(screen, left, 1)
    screen.page.wait_for_timeout(500)
    since = screen.page.evaluate("n => told.messages.slice(n).map(m => m.area)", before)
    assert set(since) == {"411202002"}
    screen.page.evaluate("listen({area: '411281', blocks: null})")
    screen.page.wait_for_function("() => told.messages.at(-1).error === 'error.unknown_area'")


def test_a_killed_server_is_said_and_its_return_heals(screen: Watched, stage: Stage) -> None:
    screen.page.evaluate("window.same = true")
    stage.kill()
    try:
        said(screen, "server", 10)
        left = stage.clear()
        screen.page.wait_for_timeout(6000)
    finally:
        stage.start()
    healed(screen, 30)
    shows(screen, left, 15)
    assert screen.page.evaluate("window.same"), "it healed without a reload"
    again = screen.page.evaluate("told.messages.at(-1)")
    assert {"households", "areas"} <= set(again["layers"]), "every layer's tiles are asked for anew"
    shows(screen, stage.clear(), 15)
    assert screen.page.evaluate("told.out_of_order") == 0
    screen.expect("ERR_CONNECTION", "WebSocket")


def test_a_server_that_stops_answering_is_said(screen: Watched, stage: Stage) -> None:
    """Nobody closes the connection: a pulled cable, or a process that stands still."""
    assert stage._process is not None
    stage._process.send_signal(signal.SIGSTOP)
    try:
        said(screen, "server", 10)
    finally:
        stage._process.send_signal(signal.SIGCONT)
    healed(screen, 30)
    shows(screen, stage.clear(), 15)
    screen.expect("ERR_", "WebSocket", "Heartbeat")


def test_a_database_that_is_away_is_said_and_its_return_heals(screen: Watched, stage: Stage) -> None:
    let_in(stage.city, everybody=False)
    try:
        said(screen, "database", 10)
        screen.page.wait_for_timeout(3000)
    finally:
        let_in(stage.city, everybody=True)
    healed(screen, 30)
    shows(screen, stage.clear(), 15)
    assert screen.page.evaluate("told.lost.at(-1)") == "database"
    screen.expect("503")


def test_a_revoked_link_stops_the_screen_within_a_second(screen: Watched, stage: Stage) -> None:
    with stage.city.owner() as connection:
        name = connection.scalar(text("SELECT name FROM display WHERE revoked_at IS NULL ORDER BY id DESC LIMIT 1"))
        displays.revoke(connection, str(name))
    said(screen, "revoked", 1)
    assert "链接已停用" in screen.page.inner_text("#lost .of-revoked")
    covers = screen.page.evaluate(
        """() => { const b = document.querySelector('#lost .of-revoked').getBoundingClientRect();
                   return b.width >= innerWidth && b.height >= innerHeight; }"""
    )
    assert covers, "nothing of what it showed can still be read"
    count = screen.page.evaluate("told.messages.length")
    stage.clear()
    screen.page.wait_for_timeout(3000)
    assert screen.page.evaluate("told.messages.length") == count
    assert screen.page.evaluate("document.documentElement.dataset.lost") == "revoked"
    screen.expect("401", "WebSocket")
