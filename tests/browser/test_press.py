"""The press desk in a real Chromium: from the form to a picture that somebody else has released, and back by its file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from geodata.demo.people import accounts
from tests.browser.conftest import Watched, begin
from tests.browser.tablets import NO_MAP

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SIZES = ((1440, 900), (1280, 800), (1920, 1080), (800, 1280))
CITY, COUNTY, TOWN_NAME = "411200", "411282", "灵宝市"
TOWNSHIP_DIGITS = 9
"""Of the code; frames are no smaller."""
PREVIEW = "**/api/press/preview"
SLOW_MS = 60_000
"""Two cores draw for everybody else meanwhile."""
PNG = b"\x89PNG\r\n\x1a\n"
TROUBLES = """async () => {
    const seen = e => { const b = e.getBoundingClientRect(); return b.width && b.height; };
    const touched = 'button, a, select, summary, textarea, label.choose, input:not([type=radio], [type=checkbox], [type=file])';
    const small = [...document.querySelectorAll(touched)].filter(e => seen(e) && !e.closest('p')).filter(e => {
        const b = e.getBoundingClientRect(); return b.width < 43.5 || b.height < 43.5; });
    const out = [...document.querySelectorAll('#press *')].filter(e => { const b = e.getBoundingClientRect();
        return seen(e) && !e.closest('.out-of-sight') && (b.right > innerWidth + 1 || b.left < -1); });
    const cut = [...document.querySelectorAll('#press button, #press label, #press legend, #press .tab, #press .facts > *')]
        .filter(e => seen(e) && !e.closest('.out-of-sight') && (e.scrollWidth > e.clientWidth + 1 && e.clientWidth));
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    const told = (what, found) => found.map(e => `${what} ${e.outerHTML.slice(0, 120)}`);
    return [...told('small', small), ...told('out', out), ...told('cut', cut),
        ...violations.flatMap(rule => rule.nodes.map(node => `${rule.id} ${node.html.slice(0, 120)}`))];
}"""


def signed_in(found: Watched, username: str) -> Watched:
    """Sign in without the form."""
    password = next(row["password"] for row in accounts() if row["username"] == username)
    sent = {"username": username, "password": password}
    assert found.page.request.post(f"{found.address}/login", form=sent, max_redirects=0).status == 303
    return found


def go(found: Watched, path: str) -> Page:
    """Follow a link, and wait until the desk stands."""
    found.page.goto(found.address + path)
    found.page.wait_for_selector("#press[data-state=ready]")
    return found.page


def drawn(page: Page) -> None:
    """Wait for the picture of what the form says now."""
    page.wait_for_selector("[data-picture=there]", timeout=SLOW_MS)


def asked(page: Page, name: str) -> str | None:
    found: str | None = page.evaluate("name => new URLSearchParams(location.search).get(name)", name)
    return found


@pytest.fixture(scope="module")
def media(chromium: Browser, own_url: str) -> Iterator[Watched]:
    """Return the media office's browser."""
    found = signed_in(begin(chromium, own_url, 1440, 900, "dark", "zh"), "press")
    yield found
    found.page.context.close()
    assert (found.foreign, found.loud) == ([], [])


@pytest.fixture(scope="module")
def chief(chromium: Browser, own_url: str) -> Iterator[Watched]:
    """Return the browser of the command centre, which approves."""
    found = signed_in(begin(chromium, own_url, 1280, 800, "light", "zh"), "command")
    yield found
    found.page.context.close()
    assert (found.foreign, found.loud) == ([], [])


def test_the_media_office_begins_here_and_the_picture_follows_the_form(media: Watched) -> None:
    """The old picture stays until the new one is there, what was overtaken is given up, and the address tells it all."""
    page = go(media, "/")
    assert page.url.split("?")[0] == f"{media.address}/press"
    drawn(page)
    assert page.locator(".frame img").get_attribute("src")
    assert "隐去" in page.inner_text(".facts")

    page.click("#area")
    page.keyboard.type(TOWN_NAME[:2])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.input_value("#area") == TOWN_NAME
    assert asked(page, "area") == COUNTY
    drawn(page)

    held: list[Route] = []
    page.route(PREVIEW, lambda route: held.append(route))  # noqa: PLW0108 - playwright marks the function
    before = page.locator(".frame img").get_attribute("src")
    page.check("input[name=language][value=both]", force=True)
    wait_for(page, lambda: len(held) == 1)
    assert page.locator(".stage").get_attribute("data-picture") == "drawing"
    assert page.locator(".frame img").get_attribute("src") == before
    assert page.evaluate("getComputedStyle(document.querySelector('.frame img')).opacity") == "0.4"
    page.fill("#note", "")
    page.locator("#note").press_sequentially("速报", delay=20)
    wait_for(page, lambda: len(held) == 2)
    assert [route.request.failure for route in held] == ["net::ERR_ABORTED", None]
    assert held[1].request.post_data_json["note"] == "速报"
    held[1].continue_()
    drawn(page)
    page.unroute(PREVIEW)
    assert page.locator(".frame img").get_attribute("src") != before
    media.expect("ERR_ABORTED")

    page.reload()
    drawn(page)
    assert (page.input_value("#area"), page.input_value("#note")) == (TOWN_NAME, "速报")
    assert page.is_checked("input[name=language][value=both]")


def wait_for(page: Page, true: Any, seconds: float = 10) -> None:
    """Wait until something is so here, while the browser goes on."""
    for _ in range(int(seconds * 20)):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come true in time")


def test_what_goes_wrong_is_said_where_the_picture_is(media: Watched) -> None:
    page = media.page
    go(media, f"/press?area={COUNTY}")
    drawn(page)
    body = '{"error": "too_slow", "message": "稍后再试。", "facts": {}}'
    page.route(PREVIEW, lambda route: route.fulfill(status=503, body=body, content_type="application/json"))
    page.check("input[name=language][value=en]", force=True)
    page.wait_for_selector("[data-picture=trouble][data-trouble=failed]")
    assert "稍后再试。" in page.inner_text(".frame [role=alert]")
    assert "表单已保留" in page.inner_text(".frame [role=alert]")
    assert page.is_visible(".frame img")
    page.unroute(PREVIEW)
    page.click(".frame [role=alert] button")
    drawn(page)

    page.context.set_offline(True)
    page.wait_for_selector("[data-picture=trouble][data-trouble=offline]")
    page.context.set_offline(False)
    drawn(page)

    page.fill("#title", "字" * 201)
    page.wait_for_selector("#title[aria-invalid=true]")
    assert page.is_disabled("#export")
    page.fill("#title", "𠮷" * 200)
    drawn(page)
    assert page.inner_text("#title-count") == "200/200"
    assert page.is_enabled("#export")
    page.reload()
    drawn(page)
    assert page.input_value("#title") == "𠮷" * 200, "what does not fit into an address is not lost by a reload"
    media.expect("503", "ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED")


def test_what_an_address_asks_for_and_is_not_for_the_public_is_said(media: Watched) -> None:
    page = go(media, "/press?area=nowhere&measure=overdue&at=2999-01-01T00:00&size=none&form=exe")
    drawn(page)
    assert "指标不对外公开" in page.inner_text("#area-told")
    assert asked(page, "area") == CITY
    media.expect("/api/areas/nowhere")
    assert (asked(page, "at"), asked(page, "size"), asked(page, "form")) == (None, None, None)
    page.check("input[name=time][value=exact]", force=True)
    page.wait_for_selector("input[type=date]:visible")
    assert asked(page, "at")


def test_a_picture_leaves_by_one_button_and_a_template_keeps_the_form(media: Watched, tmp_path: Path) -> None:
    page = go(media, f"/press?area={CITY}&size=cover")
    drawn(page)
    assert page.locator(".primary:visible").count() == 1
    with page.expect_download(timeout=SLOW_MS) as caught:
        page.click("#export")
    caught.value.save_as(tmp_path / "picture.png")
    assert caught.value.suggested_filename.endswith(".png")
    assert (tmp_path / "picture.png").read_bytes().startswith(PNG)
    page.wait_for_selector("#export:not([aria-busy])")

    row = ".templates li:has-text('每日封面')"
    page.click(".templates summary")
    page.fill("#template-name", "每日封面")
    page.press("#template-name", "Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(row)
    page.check("input[name=size-screen][value=phone]", force=True)
    page.click(f"{row} .use")
    assert asked(page, "size") == "cover"
    page.click(f"{row} [data-key^=drop-]")
    page.wait_for_selector(row, state="detached")
    page.click(".templates [role=status] button")
    page.wait_for_selector(row)


def test_one_template_makes_a_picture_of_every_county(media: Watched) -> None:
    page = go(media, f"/press?area={CITY}&size=cover")
    page.click(".templates summary")
    page.fill("#template-name", "各区县封面")
    page.click(".templates .inside > .inline .button")
    page.click("li:has-text('各区县封面') [data-key^=batch-]")
    page.click(".templates .ask .primary")
    page.wait_for_selector(".batch")
    options = page.request.get(f"{media.address}/api/press/options").json()
    counties = sum(area["level"] == "county" for area in options["areas"])
    page.wait_for_function(
        "n => document.querySelector('.batch progress').value === n", arg=counties, timeout=2 * SLOW_MS
    )
    assert page.locator(".release").count() == counties
    assert page.locator(".release[data-state=draft]").count() == counties
    assert asked(page, "batch")


def test_another_person_releases_it_and_its_file_can_be_verified(
    media: Watched, chief: Watched, tmp_path: Path
) -> None:
    page = go(media, f"/press?area={COUNTY}&size=cover&title=二人审批")
    page.click("#submit")
    page.locator(".foot .ask label", has_text="PDF").locator("input").uncheck(force=True)
    page.click(".foot .ask .primary")
    page.click(".foot [role=status] a")
    row = ".release:has(h2:text-is('二人审批'))"
    page.wait_for_selector(f"{row}[data-state=draft]", timeout=SLOW_MS)
    assert page.is_disabled(f"{row} [data-act=approve]")
    assert "另一人审批" in page.inner_text(row)

    other = go(chief, "/press?view=releases")
    other.click(f"{row} [data-act=approve]")
    other.click(f"{row}[data-state=approved] [data-act=release]", timeout=SLOW_MS)
    other.wait_for_selector(f"{row}[data-state=released]", timeout=SLOW_MS)
    number = other.inner_text(f"{row} .number")
    assert "press" in other.inner_text(f"{row} dl")
    assert "command" in other.inner_text(f"{row} dl")
    assert troubles(other) == []
    with other.expect_download() as caught:
        other.click(f"{row} [data-form=png]")
    file = tmp_path / "released.png"
    caught.value.save_as(file)
    assert file.read_bytes().startswith(PNG)

    page.click("[data-view=verify]")
    page.set_input_files("#file", file)
    page.wait_for_selector("[data-verdict=genuine]")
    assert number in page.inner_text(".verdict-of")
    page.fill("#number", "none")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-verdict=unknown]")
    assert troubles(page) == []

    other.click(f"{row} [data-act=withdraw]")
    other.keyboard.type("数字有误")
    other.click(f"{row} .why .primary")
    other.wait_for_selector(f"{row}[data-state=withdrawn]", timeout=SLOW_MS)
    assert "数字有误" in other.inner_text(row)
    page.fill("#number", number)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-verdict=withdrawn]")


def troubles(page: Page) -> list[str]:
    """Return what sticks out, is cut, is too small to touch, or keeps somebody out."""
    found: list[str] = page.evaluate(TROUBLES)
    return found


def test_every_window_theme_and_language_holds_it_and_keys_reach_it(media: Watched) -> None:
    page = go(media, f"/press?area={COUNTY}&form=gif&at=2020-01-01T08:00:00%2B08:00")
    page.click(".templates summary")
    page.click("#submit")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.click("[data-key=theme]")
        assert troubles(page) == [], (width, height)
        page.click("[data-key=language]")
        page.wait_for_selector("#submit")
        assert troubles(page) == [], (width, height, "other language")
        page.click(".templates summary")
        frame, stage = (page.locator(at).bounding_box() for at in (".frame", ".easel"))
        assert frame is not None
        assert stage is not None
        assert frame["width"] <= stage["width"] + 1
        assert frame["height"] <= stage["height"] + 1
    page.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(e => e.id || e.name || e.dataset.key || e.tagName)(document.activeElement)"))
    wanted = {
        "to-map",
        "tab-releases",
        "area",
        "measure",
        "time",
        "parts",
        "title",
        "note",
        "language",
        "form",
        "export",
    }
    assert not {name for name in wanted - reached if page.locator(f"#{name}, [name={name}], [data-key={name}]").count()}
    assert "area" in reached


def test_an_area_is_found_as_the_desk_finds_it(chief: Watched) -> None:
    """By its name, code, and pinyin in full or in initials: the first that is found is the first of the desk's search."""
    page = go(chief, "/press")
    for words in ("灵宝", COUNTY, "lingbao", "lbs", "Ling Bao", "hubinqu", "hbq", "湖 区"):
        page.fill("#area", words)
        found = page.request.get(f"{chief.address}/api/search", params={"q": words}).json()
        first = next(one for one in found if one["kind"] == "area" and len(one["code"]) <= TOWNSHIP_DIGITS)
        assert first["title"] in page.locator("#areas li").first.inner_text(), words
    page.fill("#area", "wuchuke")
    assert page.locator("#areas [role=option]").count() == 0


def test_the_map_leads_to_a_picture_of_what_it_shows(chief: Watched) -> None:
    page = chief.page.context.new_page()
    page.add_init_script(NO_MAP)
    page.goto(f"{chief.address}/map?area={COUNTY}&measure=followed")
    page.click("#to-press", timeout=SLOW_MS)
    page.wait_for_selector("#press[data-state=ready]")
    assert page.input_value("#area") == TOWN_NAME
    assert COUNTY in (page.get_attribute("#to-map", "href") or "")
    page.close()
