"""The building face in a real Chromium: opened, walked by keys, filtered, picked from, in the past, on paper."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from geodata.database import Database
from tests.browser.conftest import Watched
from tests.browser.test_map import axe

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

BEST = """SELECT b.id, ST_X(ST_Centroid(b.place)) AS lon, ST_Y(ST_Centroid(b.place)) AS lat, b.floors,
       count(*) AS doors, count(*) FILTER (WHERE due_on < local_day(now())) AS late
    FROM building b JOIN household h ON h.building_id = b.id
    WHERE b.kind {kind} 'house' GROUP BY b.id ORDER BY late DESC, doors DESC, b.id LIMIT 1"""
CUT = """() => [...document.querySelectorAll('.face-head *, .strip *, .facade *')].filter(e => {
    const [own, around] = [e.getBoundingClientRect(), e.parentElement.getBoundingClientRect()];
    const words = e.childElementCount === 0 && e.textContent.trim() && own.width && !e.closest('.out-of-sight');
    return words && (e.scrollWidth > e.clientWidth + 1 && e.clientWidth || own.right > around.right + 1.5); })
    .map(e => e.outerHTML.slice(0, 90))"""
SMALL = """() => [...document.querySelectorAll('.face button, .facade [data-home]')]
    .map(e => e.getBoundingClientRect()).filter(b => b.width && (b.width < 43.5 || b.height < 43.5)).length"""
BLACK = """() => [...document.querySelectorAll('.facade .pane')].every(pane => {
    const [of, ink] = [getComputedStyle(pane), getComputedStyle(pane.firstChild)];
    return of.backgroundColor === 'rgba(0, 0, 0, 0)' && of.backgroundImage === 'none' && ink.color === 'rgb(0, 0, 0)'
        && parseFloat(of.borderTopWidth) > 0 && pane.firstChild.getBoundingClientRect().height > 8; })"""
USUAL = """() => { const { taste, go } = wangge;
    if (taste().lang === 'en') document.querySelector('[data-taste=language]').click();
    if (taste().theme === 'light') document.querySelector('[data-taste=theme]').click();
    go({ face: '', pick: '', at: '', on: '' }); }"""
APART = """() => { const [face, facade] = [document.getElementById('face'), document.querySelector('.facade')];
    const edge = face.getBoundingClientRect().right - parseFloat(getComputedStyle(face).paddingRight);
    return facade.getBoundingClientRect().right <= edge + 1 && edge <= card.getBoundingClientRect().left + 1; }"""
WITHIN = """() => { const of = document.getElementById('face').getBoundingClientRect();
    return of.right <= innerWidth && of.left >= 0; }"""
WHERE = """place => { const map = wangge.map.own, frame = map.getContainer().getBoundingClientRect();
    const at = map.project(place); return [frame.left + at.x, frame.top + at.y]; }"""
THERE = "id => JSON.parse(document.querySelector('.facade')?.dataset.sheet || '{}').id === id"


def one(database: Database, kind: str) -> Any:
    with database.owner() as connection:
        return connection.execute(text(BEST.format(kind=kind))).one()


@pytest.fixture
def block(database: Database) -> Any:
    """Return the block of flats with most households overdue."""
    return one(database, "<>")


@pytest.fixture
def face(window: Watched) -> Iterator[Watched]:
    """Return the shared window with no face open; the reader's own taste and size come back afterwards."""
    size = window.page.viewport_size
    if "/map" not in window.page.url:
        window.open("/map")
    yield window
    window.page.emulate_media(media="screen")
    window.page.set_viewport_size(size or {"width": 1100, "height": 640})
    window.page.evaluate(USUAL)


def show(face: Watched, building: int) -> None:
    face.page.evaluate("asked => wangge.go(asked)", {"face": str(building), "pick": "", "at": ""})
    face.page.wait_for_function(THERE, arg=building)


def test_a_click_on_a_building_opens_it_and_back_closes_it(face: Watched, block: Any) -> None:
    # Doors lie so close on a block that with their layer on a click finds one of them.
    place = {"lon": str(block.lon), "lat": str(block.lat), "z": "17.5", "on": "grids,buildings"}
    face.page.evaluate("asked => wangge.go(asked)", place)
    face.rest()
    face.page.mouse.click(*face.page.evaluate(WHERE, [block.lon, block.lat]))
    face.page.wait_for_selector("#face .facade [data-home]")
    assert face.asked("face") == str(block.id)
    assert face.page.locator("#face .facade [data-home]").count() == block.doors
    assert face.page.locator("#face .floors .row").count() == block.floors
    assert face.page.inner_text("#face .floors .row >> nth=0").startswith(f"{block.floors}层")
    assert "数据" in face.page.inner_text("#face .stamp")
    face.page.go_back()
    face.page.wait_for_selector("#face", state="hidden")
    assert face.asked("face") is None


def test_keys_walk_it_enter_picks_and_escape_closes(face: Watched, block: Any) -> None:
    show(face, block.id)
    at = "() => document.activeElement.textContent"
    face.page.locator("#face .facade [tabindex='0']").focus()
    top = face.page.evaluate(at)
    walked = []
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        face.page.keyboard.press(key)
        walked.append(face.page.evaluate(at))
    assert len({top, *walked}) == 4
    assert walked[-1] == top
    face.page.keyboard.press("PageDown")
    assert " 1层 " in face.page.evaluate(at)
    assert face.page.locator("#face .facade [tabindex='0']").count() == 1
    face.page.keyboard.press("Enter")
    face.page.wait_for_selector("#card .verdict")
    assert (face.asked("pick") or "").startswith("households:")
    assert face.page.locator("#face [aria-selected=true]").count() == 1
    assert face.page.evaluate(APART), "the card stands beside the face"
    face.page.keyboard.press("Escape")
    face.page.wait_for_function("() => !card.childElementCount")
    face.page.keyboard.press("Escape")
    face.page.wait_for_selector("#face", state="hidden")


def test_the_strip_counts_and_dims_the_rest(face: Watched, block: Any) -> None:
    show(face, block.id)
    counts = [int(n) for n in face.page.locator("#face .only strong").all_inner_texts()]
    assert counts[0] == block.doors == sum(counts[3:])
    assert counts[1] == block.late > 0
    face.page.click("#face [data-only=over]")
    assert face.page.locator("#face [data-home]:not(.dim)").count() == block.late
    assert "逾" in face.page.inner_text("#face [data-home]:not(.dim) >> nth=0")
    face.page.evaluate("wangge.face.follow(true)")
    face.page.wait_for_timeout(200)
    assert face.page.get_attribute("#face [data-only=over]", "aria-pressed") == "true", "news keep the filter"
    face.page.click("#face [data-only='']")
    assert face.page.locator("#face .dim").count() == 0


def test_the_past_is_shown_as_it_was(face: Watched, block: Any) -> None:
    show(face, block.id)
    now = face.page.get_attribute("#face .facade", "data-sheet")
    face.page.evaluate("wangge.go({at: new Date(Date.now() - 6 * 864e5).toISOString().slice(0, 16)})")
    face.page.wait_for_selector("#face .then >> text=历史时刻")
    assert face.page.get_attribute("#face .facade", "data-sheet") != now
    face.page.click("#face .back")
    face.page.wait_for_selector("#face .then", state="detached")
    assert face.page.get_attribute("#face .facade", "data-sheet") == now


def test_on_paper_every_state_keeps_its_letter_without_a_background(face: Watched, block: Any) -> None:
    show(face, block.id)
    face.page.emulate_media(media="print")
    for width, height in ((718, 1047), (1047, 718), (1047, 1511)):
        face.page.set_viewport_size({"width": width, "height": height})
        assert face.page.evaluate("document.documentElement.scrollWidth") <= width
        assert face.page.evaluate(BLACK)
        assert face.page.evaluate(CUT) == []
    assert not face.page.is_visible("#map")
    assert face.page.is_visible("#face .on-paper")
    letters = set(face.page.locator("#face .pane b").all_inner_texts())
    assert letters <= set(face.page.locator("#face .only .swatch").all_inner_texts())
    face.page.emulate_media(media="screen")
    for paper in ("A4", "A3"):
        assert len(re.findall(rb"/Type\s*/Page\b", face.page.pdf(format=paper))) == 1


def test_a_village_house_opens_its_street(face: Watched, database: Database) -> None:
    house = one(database, "=")
    show(face, house.id)
    rows = face.page.locator("#face .facade.street .floors .row")
    assert rows.count() > 3
    assert face.page.locator("#face [aria-current=true]").count() == 1
    assert face.page.evaluate(CUT) == []
    assert axe(face) == []
    face.page.locator("#face [aria-current=true]").click()
    face.page.wait_for_selector("#card .verdict")


def test_nothing_is_cut_or_too_small_and_nobody_is_kept_out(face: Watched, block: Any) -> None:
    show(face, block.id)
    for width, height, tap in ((1440, 900, None), (800, 1280, None), (1280, 800, ("theme", "language"))):
        face.page.set_viewport_size({"width": width, "height": height})
        for what in tap or ():
            face.page.click(f"[data-taste={what}]")
        if tap:
            face.page.wait_for_selector("#face .unit >> text=Unit 1")
        assert face.page.evaluate(CUT) == [], (width, height)
        assert face.page.evaluate(SMALL) == 0, (width, height)
        assert face.page.evaluate(WITHIN)
        if width != 800:
            assert axe(face) == [], (width, height)


def test_what_is_not_there_says_so(face: Watched) -> None:
    face.page.evaluate("wangge.go({face: '999999999'})")
    face.page.wait_for_selector("#face .notice")
    assert "没有这个对象" in face.page.inner_text("#face")
    face.page.click("#face .close")
    face.page.wait_for_selector("#face", state="hidden")
    face.expect("404")
