"""The page that leaves the office, in a real Chromium with the network off: the map is there, and nobody was asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from geodata.press.sheet import Sheet
from layers.render.picture.classes import classes
from layers.render.picture.page import page
from tests.moving_sheets import sheet

EVIL = '</script></title><img src=x onerror="document.evil=1"><b>粗体</b>'


@dataclass
class Opened:
    """A page out of a file, and what it did that it should not."""

    page: Page
    asked: list[str] = field(default_factory=list)
    loud: list[str] = field(default_factory=list)

    def colours(self) -> set[str]:
        """Return every colour of the map's frame."""
        with Image.open(BytesIO(self.page.locator("#frame").screenshot())) as picture:
            pixels: npt.NDArray[np.uint8] = np.asarray(picture.convert("RGB"))
        seen, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
        return {
            "#{:02X}{:02X}{:02X}".format(*colour) for colour, count in zip(seen, counts, strict=True) if count > 200
        }


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator["Opener"]:
    """Return what opens a sheet's page; at the end it must have asked nobody and said nothing."""
    opener = Opener(chromium, tmp_path)
    yield opener
    for found in opener.opened:
        found.page.context.close()
    assert [url for found in opener.opened for url in found.asked] == []
    assert [line for found in opener.opened for line in found.loud] == []


class Opener:
    """Writes pages into a folder and opens them with the network off."""

    def __init__(self, chromium: Browser, folder: Path) -> None:
        self.chromium, self.folder = chromium, folder
        self.opened: list[Opened] = []

    def __call__(self, shown: Sheet, width: int = 1280, height: int = 800) -> Opened:
        file = self.folder / f"{len(self.opened)}.html"
        file.write_text(page(shown), encoding="utf-8")
        context = self.chromium.new_context(viewport={"width": width, "height": height}, offline=True)
        context.set_offline(True)
        found = Opened(context.new_page())
        context.on("request", lambda request: request.url == file.as_uri() or found.asked.append(request.url))
        found.page.on("console", lambda message: found.loud.append(message.text))
        found.page.on("pageerror", lambda error: found.loud.append(str(error)))
        found.page.goto(file.as_uri())
        found.page.wait_for_function("document.documentElement.dataset.map === 'drawn'")
        self.opened.append(found)
        return found


def test_the_map_is_drawn_without_a_network(opened: Opener) -> None:
    own = sheet(demo=False)
    found = opened(own)
    assert found.page.locator("path.cell.value").count() == 7
    assert found.page.locator("path.cell.suppressed").count() == 1
    assert found.page.locator("path.cell.no_data").count() == 1
    known = classes(own)
    assert {known.colour(cell.value) for cell in own.cells if cell.value is not None} <= found.colours()
    assert found.page.locator(".symbol").count() == 2
    assert found.page.locator(".leaflet-control-scale-line").is_visible()
    assert "第3街道\n130" in found.page.locator(".name:not(.crowded)").all_inner_texts()


def test_an_area_tells_its_figure_when_it_is_pointed_at(opened: Opener) -> None:
    found = opened(sheet())
    box = found.page.locator("path.cell.suppressed").bounding_box()
    assert box is not None
    found.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.7)
    told = found.page.locator(".leaflet-tooltip")
    told.wait_for()
    assert told.inner_text().split("\n") == ["第7街道", "数量过小，不公布"]


def test_what_somebody_wrote_stays_text(opened: Opener) -> None:
    found = opened(sheet(title=EVIL, note=EVIL))
    assert found.page.title() == EVIL
    assert found.page.locator("h1").inner_text() == EVIL
    assert found.page.locator("img").count() == 0
    assert found.page.evaluate("document.evil") is None


def test_a_script_that_is_not_ours_does_not_run(opened: Opener) -> None:
    """Should a way around the escaping ever be found, the policy still stands before it."""
    found = opened(sheet())
    found.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.evil=1\">')")
    found.page.wait_for_timeout(100)
    assert found.page.evaluate("document.evil") is None
    assert any("Content Security Policy" in line for line in found.loud)
    found.loud.clear()
    found.asked.clear()


@pytest.mark.parametrize(("width", "height"), [(360, 720), (820, 1180), (1920, 1080), (3840, 2160), (6656, 1792)])
def test_from_phone_to_wall(opened: Opener, width: int, height: int) -> None:
    """The area fills the frame, nothing hangs out at the side, the legend is there."""
    found = opened(sheet(), width, height)
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    frame = found.page.locator("#frame").bounding_box()
    assert frame is not None
    boxes = [one.bounding_box() for one in found.page.locator("path.cell").all()]
    left, right = min(b["x"] for b in boxes if b), max(b["x"] + b["width"] for b in boxes if b)
    top, bottom = min(b["y"] for b in boxes if b), max(b["y"] + b["height"] for b in boxes if b)
    assert left >= frame["x"]
    assert right <= frame["x"] + frame["width"]
    assert max((right - left) / frame["width"], (bottom - top) / frame["height"]) > 0.8
    assert found.page.locator("aside li").first.is_visible()


def test_it_prints_with_its_map_and_legend(opened: Opener) -> None:
    found = opened(sheet())
    pdf = found.page.pdf(format="A4", landscape=True, print_background=True)
    assert pdf.startswith(b"%PDF")


def test_nothing_is_hidden_from_who_cannot_see_the_map(opened: Opener) -> None:
    found = opened(sheet())
    found.page.locator("summary").click()
    assert found.page.locator("details tr").count() == 9
