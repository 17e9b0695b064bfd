"""Patrols on the map: frames a second while three drones move and the map pans, against the same page with an empty map."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import text

from bench.figures import Figure, Stage, bench
from bench.first_map import CHROMIUM, FLAGS
from bench.server import Server, serving
from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.model import Role
from geodata.scope import Scope

WHERE = "z=15.5&lat=34.7860&lon=111.1990"
LON, LAT = 111.199, 34.786
DRONES = 3
ROUNDS, SECONDS, FRAMES = 3, 8, 10
# The map pans in a circle by our own hand, as fast as frames come; what counts is frames that were really shown.
PAN = """async ([lng, lat, seconds, least]) => { const map = wangge.map.own, began = performance.now();
    let frames = 0, gone = 0;
    while ((gone = (performance.now() - began) / 1000) < seconds || frames < least) {
        map.jumpTo({ center: [lng + 0.004 * Math.sin(gone), lat + 0.003 * Math.cos(gone)] });
        await new Promise(requestAnimationFrame);
        frames += 1;
    }
    return frames / gone; }"""
MOVED = """() => { const found = (wangge.moving || []).filter(layer => layer.id === 'drones');
    return JSON.stringify(found.map(layer => layer.data.map(one => one.p))); }"""


@bench
def patrols(stage: Stage) -> list[Figure]:
    """Pan one page after the other, so that a slower minute of the machine slows both; the median of the ratios counts."""
    url = stage.database_url("small")
    with flying(url), serving(url) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        pairs = [(_panned(browser, server, WHERE), _panned(browser, server, f"on=&{WHERE}")) for _ in range(ROUNDS)]
        browser.close()
    ours, limit = sorted(pairs, key=lambda pair: pair[0] / pair[1])[len(pairs) // 2]
    return [Figure("frames while drones move and the map pans", ours, limit, "/s", ">= 0.5")]


def _panned(browser: Browser, server: Server, query: str) -> float:
    """Return the frames a second of one page; it is the only one open. Raises RuntimeError where no drone moved."""
    with closing(browser.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")) as context:
        context.set_default_timeout(300_000)
        with closing(server.client()) as client:
            cookies = [{"name": c.name, "value": c.value or "", "url": server.url} for c in client.cookies.jar]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{server.url}/map?{query}")
        page.wait_for_function("() => window.wangge && wangge.map && document.documentElement.dataset.map === 'idle'")
        page.wait_for_function(f"() => ({MOVED})().split('[').length > {DRONES + 2}")
        before = page.evaluate(MOVED)
        frames = median(float(page.evaluate(PAN, [LON, LAT, SECONDS / 2, FRAMES])) for _ in range(2))
        if page.evaluate(MOVED) == before:
            raise RuntimeError("no drone moved while the map panned")
        return frames


@contextmanager
def flying(url: str) -> Iterator[None]:
    """Let three drones fly over the middle of the map, told every second through the feed, until the block ends."""
    stop = threading.Event()
    database = Database(url)
    with database.owner() as connection:
        codes = list(connection.scalars(text("SELECT code FROM drone ORDER BY id LIMIT :n"), {"n": DRONES}))
        city = connection.scalar(text("SELECT path::text FROM area WHERE parent_id IS NULL"))
        assert city
    thread = threading.Thread(
        target=lambda: asyncio.run(_fly(Database(url), Scope(Role.COMMAND, (city,)), codes, stop))
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        with database.owner() as connection:
            connection.execute(
                text("UPDATE flight SET ended_at = now() WHERE code LIKE 'bench-%' AND ended_at IS NULL")
            )
        database.dispose()


async def _fly(database: Database, scope: Scope, codes: list[str], stop: threading.Event) -> None:
    """Tell twenty minutes of flight at once, and from then on where each drone is, every second."""
    began, told = datetime.now(UTC), timedelta(minutes=-20)
    while not stop.is_set():
        gone = datetime.now(UTC) - began
        seconds = range(int(told.total_seconds()), int(gone.total_seconds()))
        rows = [_position(code, nth, began, second) for nth, code in enumerate(codes) for second in seconds]
        await deliver(database, scope, "telemetry", rows, "bench")
        told = gone
        await asyncio.sleep(1)
    await database.close()


def _position(code: str, nth: int, began: datetime, second: int) -> dict[str, Any]:
    """Return where a drone is: up and down its own field in eight lanes, at ten metres a second."""
    lane, along = second // 160 % 8, second % 160
    return {
        "flight": f"bench-{code}-{began:%Y%m%d%H%M%S}",
        "drone": code,
        "at": (began + timedelta(seconds=second)).isoformat(),
        "lon": LON - 0.0087 + (along if lane % 2 else 160 - along) * 10 * 1.09e-5,
        "lat": LAT + 0.0052 * (nth - 1) - 0.002 + lane * 0.00055,
        "height_m": 90.0 + 10 * nth,
    }
