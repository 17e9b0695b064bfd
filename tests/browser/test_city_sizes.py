"""Figures of a city of millions in their places, out of the true stylesheets: none is cut, none lies over its neighbour."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from callbacks import numbers
from callbacks.markup import markup
from geodata.areas import AreaCard
from geodata.summaries import GROUPS
from geodata.words import say

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

ASSETS = Path(__file__).parents[2] / "assets"
NOW = datetime(2020, 2, 14, 15, 30, tzinfo=UTC)
CITY = AreaCard("411200", "三门峡市", "city", None, None, None, None, (), ())
POSTS = {
    "total": 33_172,
    "staffed": 33_172,
    "silent": 16_917,
    "seconds_per_pass": 28.4,
    "data_time": NOW,
    **dict.fromkeys(("passages", *numbers.OUTCOMES), 5_396_115),
}
SUMMARY = {
    "checkpoints": POSTS | {"hour": POSTS | {"began": NOW.replace(minute=0), "reports": 33_172}},
    "reports": {"received": 1_381, "expected": 1_381, "missing": 0, **dict.fromkeys(GROUPS, 12_345), "data_time": NOW},
}
TREND = """<div id="wall"><div data-side="left"><section class="panel"><div class="inside"><a class="small-chart">
  <span class="words">{words}</span><span class="value">15,396,115</span><svg class="chart"></svg></a>
  </div></section></div></div>"""
CUT = """() => [...document.querySelectorAll(".posts dt, .posts dd")].filter((at) => at.scrollWidth > at.clientWidth + 1)
  .map((at) => at.textContent)"""
OVER = """() => {
  const text = document.createRange();
  const edges = ["words", "value", "chart"].map((name) => document.querySelector(`.small-chart .${name}`));
  const [words, value] = edges.map((at) => { text.selectNodeContents(at); return text.getBoundingClientRect(); });
  return [value.left - words.right, edges[2].getBoundingClientRect().left - value.right].filter((gap) => gap < 0);
}"""


@pytest.fixture
def sheet(chromium: Browser) -> Iterator[Page]:
    """Return an empty page that asks nobody."""
    page = chromium.new_page()
    yield page
    page.close()


def show(page: Page, inside: str, language: str, sheets: tuple[str, ...], body: str = "") -> None:
    page.set_content(f'<html lang="{language}" class="{body}"><body class="{body}">{inside}</body></html>')
    for name in sheets:
        page.add_style_tag(path=ASSETS / name)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1280, 1440, 1920])
def test_no_figure_of_the_desk_is_cut(sheet: Page, language: str, width: int) -> None:
    sheet.set_viewport_size({"width": width, "height": width * 9 // 16})
    work = numbers.numbers(numbers.Shown(CITY, SUMMARY, (), NOW, language, {}))[1]
    show(sheet, f'<aside class="side">{markup(work)}</aside>', language, ("wangge.css",))
    assert sheet.evaluate(CUT) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(3840, 2160), (6656, 1792)])
def test_no_figure_of_the_wall_lies_over_its_line(sheet: Page, language: str, width: int, height: int) -> None:
    sheet.set_viewport_size({"width": width, "height": height})
    words = say("screen.trend_passages", language)
    show(sheet, TREND.format(words=words), language, ("wangge.css", "wall/wall.css"), "wall")
    assert sheet.evaluate(OVER) == []
