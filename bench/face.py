"""The building face: from the click that asks for it to its picture on the screen, in headless Chromium."""

from contextlib import closing
from statistics import median

from playwright.sync_api import Page, sync_playwright

from bench.figures import Figure, Stage, bench
from bench.first_map import CHROMIUM, FLAGS
from bench.server import Server, serving
from bench.tower import FLOORS, ROOMS, UNITS, tower
from geodata.database import Database

GRID = "411202001001001"
TIMES = 7
# A click as a person's: what happens in it is counted, and so is the frame in which the last door is painted.
CLICK = """async () => {
    const doors = () => document.querySelectorAll('.facade [data-home]').length;
    const began = performance.now();
    document.querySelector('#card a.to-face').click();
    while (doors() !== %d) await new Promise(requestAnimationFrame);
    await new Promise(done => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel();
        port1.onmessage = done; port2.postMessage(0); }));
    return performance.now() - began; }"""


@bench
def face(stage: Stage) -> list[Figure]:
    """Open and close the face of the largest building several times; the median counts."""
    database = Database(stage.database_url("small"))
    with tower(database, GRID) as building, serving(stage.database_url("small")) as server:
        seconds = median(_opened(server, building)) / 1000
    database.dispose()
    return [Figure(f"building face of {UNITS} x {FLOORS} x {ROOMS}, click to painted", seconds, None, "s", "<= 0.5")]


def _opened(server: Server, building: int) -> list[float]:
    with sync_playwright() as playwright, closing(server.client()) as client:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(60_000)
        context.add_cookies([{"name": c.name, "value": c.value or "", "url": server.url} for c in client.cookies.jar])
        page = context.new_page()
        page.goto(f"{server.url}/map?area={GRID}&pick=buildings:{building}")
        page.wait_for_selector("#card a.to-face")
        page.wait_for_function("() => document.documentElement.dataset.map === 'idle'")
        found = [_once(page) for _ in range(TIMES + 1)][1:]
        browser.close()
    return found


def _once(page: Page) -> float:
    page.wait_for_timeout(500)
    milliseconds = float(page.evaluate(CLICK % (UNITS * FLOORS * ROOMS)))
    page.click("#face .close")
    page.wait_for_selector("#face", state="hidden")
    page.wait_for_function("() => !document.querySelector('#face .facade')")
    return milliseconds
