"""A tablet: a browser with a folder of its own, so that it can be closed and opened again, carried by somebody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from geodata.demo.people import accounts
from tests.browser.conftest import FLAGS, PATIENCE_MS, Watched

PORTRAIT, LANDSCAPE = (800, 1280), (1280, 800)
NO_MAP = "HTMLCanvasElement.prototype.getContext = () => null"
"""Software draws maps slowly, and most of what a tablet does needs none."""
AHEAD = """(() => {
    const True = Date, off = 2 * 864e5;
    class Ahead extends True {
        constructor(...of) { of.length ? super(...of) : super(True.now() + off); }
        static now() { return True.now() + off; }
    }
    globalThis.Date = Ahead;
})()"""
"""A clock that is two days fast."""
WITHOUT_SIGNAL = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to fetch")
KNOWN = {row["username"]: row["password"] for row in accounts()}


@dataclass
class Tablet(Watched):
    """The page of a tablet, and what somebody does with it."""

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def sign_in(self, username: str = "grid", then: str = "/grid") -> None:
        self.page.goto(f"{self.address}/login?next={then}")
        self.enter(username)

    def enter(self, username: str = "grid") -> None:
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", KNOWN[username])
        self.page.click("button[type=submit]")
        self.settle()

    def settle(self) -> None:
        """Wait until the list of the day is there."""
        self.page.wait_for_selector(".counts, .alone:not([data-why=loading])")

    def ready(self) -> None:
        """Wait until the page would start without signal."""
        self.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    def cut(self, *, off: bool = True) -> None:
        """Take the signal away, or give it back."""
        self.context.set_offline(off)
        if off:
            self.page.wait_for_selector(".signal.is-away")
            # Chromium says that it is offline a moment before it is; what is sent meanwhile arrives, and its answer does not.
            self.page.wait_for_function("() => fetch('/healthz').then(() => false, () => true)")

    def turn(self) -> None:
        """Close the page and open an empty one: a page that is left by a link may be told of signal while it goes."""
        old, self.page = self.page, self.context.new_page()
        self.page.on("console", self._heard)
        old.close()

    def doors(self, state: str, most: int) -> list[int]:
        """Return households of a state, as the tablet shows them."""
        found: list[int] = self.page.evaluate(
            """async ([state, most]) => (await import('/assets/grid/app.js')).state.seen.doors
                .filter(door => door.state === state && !door.waiting.length).slice(0, most).map(door => door.id)""",
            [state, most],
        )
        return found

    def change(self, doors: list[int], to: str) -> None:
        """Change households one after the other by what the buttons call."""
        self.page.evaluate(
            """async ([doors, to]) => { const { act } = await import('/assets/grid/acts.js');
                for (const door of doors) await act.change(door, to, 'survey'); }""",
            [doors, to],
        )
        self.send()

    def send(self) -> None:
        """Try to send what waits, and wait for the end of it."""
        self.page.evaluate("async () => (await import('/assets/grid/sync.js')).sync()")

    def unsent(self, count: int) -> None:
        """Wait until the bar says how many changes wait; none says nothing of a number."""
        text = f"未发送（{count}）" if count else "未发送"
        self.page.wait_for_selector(f"[data-key=tab-unsent] span:text-is('{text}')")

    def kept(self) -> dict[str, Any]:
        """Return what lies on the device: rows by table with whose they are, caches, workers."""
        found: dict[str, Any] = self.page.evaluate(
            """async () => {
                const there = (await indexedDB.databases()).map(({ name }) => name);
                const rows = {};
                if (there.includes('wangge-grid')) {
                    const base = await new Promise(done => { const asked = indexedDB.open('wangge-grid');
                                                             asked.onsuccess = () => done(asked.result); });
                    for (const table of base.objectStoreNames) rows[table] = await new Promise(done => {
                        const asked = base.transaction(table).objectStore(table).getAll();
                        asked.onsuccess = () => done(asked.result.map(row => row.user || row.key)); });
                    base.close();
                }
                return { rows, caches: await caches.keys(),
                         workers: (await navigator.serviceWorker.getRegistrations()).length, local: localStorage.length };
            }"""
        )
        return found


@contextmanager
def tablet(
    chromium: Browser,
    address: str,
    folder: Path | None = None,
    *,
    size: tuple[int, int] = PORTRAIT,
    offline: bool = False,
    scripts: tuple[str, ...] = (NO_MAP,),
    taste: tuple[str, str] = ("dark", "zh"),
) -> Iterator[Tablet]:
    """Open a tablet; with a folder it is a browser of its own that keeps what it has. Nothing loud may have happened."""
    viewport: Any = {"width": size[0], "height": size[1]}
    if folder is None:
        context = chromium.new_context(viewport=viewport, timezone_id="Asia/Shanghai")
    else:
        context = chromium.browser_type.launch_persistent_context(
            folder,
            executable_path="/usr/bin/chromium",
            args=list(FLAGS),
            viewport=viewport,
            timezone_id="Asia/Shanghai",
            offline=offline,
        )
    context.set_default_timeout(PATIENCE_MS)
    for name, value in zip(("theme", "lang"), taste, strict=True):
        context.add_cookies([{"name": name, "value": value, "url": address}])
    for script in scripts:
        context.add_init_script(script)
    page: Page = context.pages[0] if context.pages else context.new_page()
    found = Tablet(page, address)
    context.on("request", found._asked)
    page.on("console", found._heard)
    page.on("pageerror", lambda error: found.loud.append(str(error)))
    try:
        yield found
    finally:
        context.close()
    found.expect(*WITHOUT_SIGNAL)
    assert found.foreign == []
    assert not found.loud, found.loud
