"""A real Chromium before a real server over the demo city. Every page is watched: no foreign request, no console error."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from geodata.database import Database
from geodata.demo.people import accounts
from tests.app.running import served
from tests.lending import Lender

FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--no-first-run",
)
PATIENCE_MS = 90_000
AXE = Path(__file__).parent / "axe.min.js"
LOUD = re.compile(r"error|warning")
COARSE = "Object.defineProperty(window, 'devicePixelRatio', { value: 0.5 })"
"""Only the map asks for it: software then draws a quarter of the map's pixels, and the page around it stays as it is."""
USUAL = """() => { const { taste, go } = wangge;
    if (taste().lang === 'en') document.querySelector('[data-taste=language]').click();
    if (taste().theme === 'light') document.querySelector('[data-taste=theme]').click();
    document.getElementById('layers').open = false;
    const search = document.getElementById('search');
    if (search.value) search.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    document.activeElement.blur();
    go({ area: '', at: '', measure: '', on: '' }); }"""
SETTLED = """() => { const choice = document.querySelector('#below [data-ask=measure]');
    return !document.getElementById('past').childElementCount && choice && !choice.selectedIndex
        && document.documentElement.lang === 'zh-CN' && document.querySelector('#side').ariaLabel === '数据面板'; }"""
THERE = """({ lon, lat, z }) => { const map = wangge.map.own, { lng, lat: north } = map.getCenter();
    return Math.hypot(lng - lon, north - lat) < 1e-4 && Math.abs(map.getZoom() - z) < 0.02; }"""


@dataclass
class Watched:
    """A page, where its server is, and everything it should not have done."""

    page: Page
    address: str
    foreign: list[str] = field(default_factory=list)
    loud: list[str] = field(default_factory=list)

    def sign_in(self, username: str = "command", then: str = "") -> None:
        """Sign in through the form, as a person does, and go to an address."""
        known = {row["username"]: row["password"] for row in accounts()}
        self.page.goto(f"{self.address}/login?next={quote(then, safe='')}")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", known[username])
        self.page.click("button[type=submit]")
        self.settle()

    def open(self, path: str) -> None:
        """Follow a link, as if it had been typed."""
        self.page.goto(self.address + path)
        self.settle()

    def go(self, **asked: str) -> None:
        """Ask the open page for another view, as its own links do: a page that loads compiles its map's shaders anew."""
        self.page.evaluate("asked => wangge.go(asked)", asked)
        if "z" in asked:
            self.page.wait_for_function(THERE, arg={name: float(asked[name]) for name in ("lon", "lat", "z")})
        self.rest()

    def settle(self) -> None:
        """Wait until the figures are there and the map draws nothing more."""
        self.page.wait_for_selector("#numbers h1, #numbers .notice")
        self.rest()

    def rest(self) -> None:
        """Wait until the map has stayed as it is for a moment, and the address says where it is."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_function(
            "() => document.documentElement.dataset.map === 'idle' && /[?&]z=/.test(location.search)"
            " && !wangge.map.own.isMoving()"
        )
        self.page.wait_for_timeout(100)

    def heading(self, wanted: str) -> None:
        """Wait until the panel speaks of an area."""
        self.page.wait_for_function("name => document.querySelector('#numbers h1')?.textContent === name", arg=wanted)

    def asked(self, name: str) -> str | None:
        """Return one part of the address."""
        found: str | None = self.page.evaluate("name => new URLSearchParams(location.search).get(name)", name)
        return found

    def expect(self, *words: str) -> None:
        """Allow the console to speak of what a test brings about on purpose."""
        self.loud = [line for line in self.loud if not any(word in line for word in words)]

    def _heard(self, message: ConsoleMessage) -> None:
        if LOUD.search(message.type):
            self.loud.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "blob:", "data:")):
            self.foreign.append(request.url)


@pytest.fixture(scope="session")
def server_url(database: Database) -> Iterator[str]:
    """Return the address of a server over the demo city that nobody changes."""
    with served(database.url) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the machine's own Chromium, with WebGL in software."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


def begin(
    chromium: Browser, address: str, width: int, height: int, theme: str, lang: str, *, still: bool = False
) -> Watched:
    """Open a page of its own, with nobody signed in; `still` for somebody who wants the map to jump and not to fly."""
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce" if still else "no-preference",
    )
    context.set_default_timeout(PATIENCE_MS)
    chosen = {"theme": theme, "lang": lang}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in chosen.items()])
    context.add_init_script(path=AXE)
    context.add_init_script(COARSE)
    found = Watched(context.new_page(), address)
    context.on("request", found._asked)
    found.page.on("console", found._heard)
    found.page.on("pageerror", lambda error: found.loud.append(str(error)))
    return found


@pytest.fixture
def watch(chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """Return what opens a watched page at an address; at the end nothing foreign and nothing loud may have happened."""
    opened: list[Watched] = []

    def open_one(address: str, width: int = 1100, height: int = 720, theme: str = "dark", lang: str = "zh") -> Watched:
        opened.append(begin(chromium, address, width, height, theme, lang))
        return opened[-1]

    yield open_one
    for found in opened:
        found.page.context.close()
    assert [url for found in opened for url in found.foreign] == []
    assert [line for found in opened for line in found.loud] == []


@pytest.fixture(scope="session")
def commander(chromium: Browser, server_url: str) -> Iterator[Watched]:
    """Return one page of the command centre for many tests: a browser that holds the scripts starts much sooner.

    Software draws every pixel of every frame here, so its window is low and its map does not fly.
    """
    found = begin(chromium, server_url, 1100, 640, "dark", "zh", still=True)
    found.sign_in()
    yield found
    found.page.context.close()


@pytest.fixture
def window(commander: Watched) -> Iterator[Watched]:
    """Return the window of the command centre, signed in, with whatever was open; nothing may be foreign or loud."""
    cookies = commander.page.context.cookies()
    commander.foreign.clear()
    commander.loud.clear()
    yield commander
    commander.page.context.add_cookies(cookies)
    assert commander.foreign == []
    assert commander.loud == []


@pytest.fixture
def desk(window: Watched) -> Watched:
    """Return the desk of the command centre as somebody finds it who opens it; it is loaded anew only after trouble."""
    page = window.page
    if "/map" not in page.url or page.evaluate("!window.wangge?.map || 'trouble' in document.documentElement.dataset"):
        window.open("/map")
    page.evaluate(USUAL)
    window.heading("三门峡市")
    page.wait_for_function(SETTLED)
    page.click("[data-tool=fit]")
    window.rest()
    return window


@pytest.fixture(scope="module")
def own_city(lender: Lender, demo_template: str) -> Iterator[Database]:
    """Return a demo city of this file's own, which its tests change."""
    with lender.lent(demo_template) as found:
        yield found


@pytest.fixture(scope="module")
def own_url(own_city: Database) -> Iterator[str]:
    """Return the address of a server over it."""
    with served(own_city.url) as client:
        yield str(client.base_url).rstrip("/")
