"""What the first map of the whole city costs over the wire, with nothing cached, at both sizes."""

from contextlib import closing

import httpx
from playwright.sync_api import sync_playwright

from bench.figures import Figure, Stage, bench
from bench.meter import metered
from bench.server import Server, serving

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--no-first-run",
]


@bench
def first_map(stage: Stage) -> list[Figure]:
    """Open /map in a fresh browser profile and add up what arrives."""
    sizes = {}
    for size in ("small", "city"):
        with serving(stage.database_url(size)) as server:
            sizes[size] = _bytes(server) / 1e6
    return [
        Figure("first map of 1,000,000 households", sizes["city"], 3, "MB", "<= 1"),
        Figure("first map, 1,000,000 against 60,000", sizes["city"], sizes["small"], "MB", "<= 1.1"),
    ]


def _bytes(server: Server) -> int:
    with (
        metered(httpx.URL(server.url).port or 80) as meter,
        sync_playwright() as playwright,
        closing(server.client()) as client,
    ):
        address = f"http://127.0.0.1:{meter.port}"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1920, "height": 1080})
        context.add_cookies([{"name": c.name, "value": c.value or "", "url": address} for c in client.cookies.jar])
        page = context.new_page()
        page.goto(f"{address}/map")
        page.wait_for_function("() => window.wangge && window.wangge.map")
        page.wait_for_timeout(6000)
        browser.close()
        return meter.bytes
