"""The press desk: a picture against a screenshot, a large city against a small one, a batch over all counties."""

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright
from sqlalchemy import text

from bench.figures import Figure, Stage, bench
from bench.first_map import CHROMIUM, FLAGS
from bench.server import Server, serving
from geodata.database import Database
from geodata.installation import owner_installation
from geodata.model import Role
from geodata.press.figures import Vintage, ensure_vintage
from geodata.press.order import Order
from geodata.press.sheet import Sheet
from geodata.scope import Scope
from layers.render.picture.draw import Form
from layers.render.picture.gather import gather
from layers.render.picture.pool import Pool

COUNTY = "411202"
WIDTH, HEIGHT = 3840, 2160
TIMES = 5
UHD = Order(area=COUNTY, size="uhd", parts="township", layers=("hotels", "clinics"))
CITY = Order(area="411200", size="uhd", parts="township")


class Desk:
    """Gathers and draws as the server does: sheets from a database, drawn by a warm pool."""

    def __init__(self, url: str) -> None:
        """Take a database, and make sure that its newest hour is published."""
        self.database = Database(url)
        self.now = datetime.now(UTC)
        with self.database.owner() as connection:
            self.facts = owner_installation(connection)
            path = str(connection.scalar(text("SELECT path FROM area WHERE level = 'city'")))
            counties = "SELECT code FROM area WHERE level = 'county' AND place IS NOT NULL ORDER BY code"
            self.counties = [str(code) for code in connection.scalars(text(counties))]
        self.scope = Scope(Role.PRESS, (path,))
        self.vintage: Vintage = ensure_vintage(self.database, None, self.now)

    async def sheet(self, order: Order) -> Sheet:
        """Return what an order shows."""
        async with self.database.scoped(self.scope) as connection:
            return await gather(connection, order, self.vintage, installation=self.facts, now=self.now)

    async def seconds(self, order: Order, pool: Pool) -> float:
        """Return the median time of one PNG, from the order to the file."""
        found = []
        for _ in range(TIMES + 1):
            began = time.perf_counter()
            await pool.draw(await self.sheet(order), "png")
            found.append(time.perf_counter() - began)
        return median(found[1:])


def _measured(url: str, order: Order) -> float:
    async def run() -> float:
        desk = Desk(url)
        async with Pool(1) as pool:
            await pool.warm()
            try:
                return await desk.seconds(order, pool)
            finally:
                await desk.database.close()

    return asyncio.run(run())


@bench
def press(stage: Stage) -> list[Figure]:
    """One county's picture, warm, beside a screenshot of the live map at the same size, warm."""
    ours = _measured(stage.database_url("small"), UHD)
    with serving(stage.database_url("small")) as server:
        screenshot = median(_screenshots(server))
    return [Figure(f"PNG of a county, {WIDTH} x {HEIGHT}, against a screenshot", ours, screenshot, "s", "<= 0.5")]


def _screenshots(server: Server) -> list[float]:
    """Return the time from the address to the file, in a browser that is up and has the map's parts in its cache."""
    with sync_playwright() as playwright, closing(server.client()) as client:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
        context.set_default_timeout(300_000)
        context.add_cookies([{"name": c.name, "value": c.value or "", "url": server.url} for c in client.cookies.jar])
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        found = []
        for _ in range(3):
            began = time.perf_counter()
            page.goto(f"{server.url}/map?area={COUNTY}")
            page.wait_for_function("() => document.documentElement.dataset.map === 'idle'")
            # As Chromium itself takes it: Playwright would first wait for frames that software drawing never brings in time.
            devtools.send("Page.captureScreenshot", {"format": "png"})
            found.append(time.perf_counter() - began)
        browser.close()
        return found[1:]


@bench
def press_sizes(stage: Stage) -> list[Figure]:
    """The whole city's picture with 1,000,000 households behind it, and with 60,000."""
    small, city = (_measured(stage.database_url(size), CITY) for size in ("small", "city"))
    return [Figure("PNG of the city, 1,000,000 households against 60,000", city, small, "s", "<= 1.3")]


@bench
def press_batch(stage: Stage) -> list[Figure]:
    """All counties in PNG and PDF, by one process and by as many as there are cores; the memory of all together."""
    desk = Desk(stage.database_url("small"))
    cores = Pool().workers
    orders = [Order(area=code, size="a4") for code in desk.counties]

    async def run() -> tuple[float, float, float]:
        sheets = [await desk.sheet(order) for order in orders]
        await desk.database.close()
        forms: tuple[Form, ...] = ("png", "pdf")
        files = [(sheet, form) for sheet in sheets for form in forms]
        alone, _ = await _batch(files, 1)
        together, megabytes = await _batch(files, cores)
        return alone, together, megabytes

    alone, together, megabytes = asyncio.run(run())
    return [
        Figure(f"batch of all counties, {cores} cores against one", together, alone / cores, "s", "<= 1.3"),
        Figure("batch of all counties, peak memory", megabytes, None, "MB", "<= 1000"),
    ]


async def _batch(files: Sequence[tuple[Sheet, Form]], workers: int) -> tuple[float, float]:
    """Return the seconds that a warm pool takes, and the peak memory in MB of it and of this process."""
    async with Pool(workers) as pool:
        await pool.warm()
        # The first PDF of a process reads the font: each process draws one before the clock starts.
        await asyncio.gather(*(pool.draw(*files[1]) for _ in range(workers)))
        began = time.perf_counter()
        _ = [place async for place, _ in pool.draw_many(files)]
        return time.perf_counter() - began, sum(map(_peak, [os.getpid(), *pool.pids()]))


def _peak(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000
