"""The data desk in a real Chromium: a file from a department to the database, and a refused row put right."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from geodata.database import Database
from tests.browser.conftest import Watched, begin
from tests.browser.test_press import TROUBLES, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SLOW_MS = 120_000
DAY = (datetime.now(UTC) - timedelta(days=1)).date()
HEADS = ("村代码", "日期", "外地返回", "武汉返回", "密接", "不明发热", "上报时间", "户主姓名")
FIELDS = ("village", "day", "returned_outside", "returned_wuhan", "close_contact", "fever_unexplained", "reported_at")
VILLAGES = tuple(f"4112020010{n:02d}" for n in range(1, 6))
NOWHERE = "411202001099"
OFFICE, CODE = "湖滨区卫健委", "HB-WJ"
SEEN = TROUBLES.replace("#press", "#admin")


def reports(*villages: str) -> bytes:
    """Return village reports as a spreadsheet program in Chinese saves them."""
    lines = [HEADS, *((village, str(DAY), "4444", "1", "0", "0", f"{DAY} 16:40", "张三") for village in villages)]
    return "\r\n".join(",".join(line) for line in lines).encode("gb18030")


@pytest.fixture(scope="module")
def keeper(chromium: Browser, own_url: str) -> Iterator[Watched]:
    """Return the data office's browser."""
    found = signed_in(begin(chromium, own_url, 1280, 800, "light", "zh"), "admin")
    yield found
    found.page.context.close()
    assert found.foreign == []


def go(found: Watched, view: str) -> Page:
    found.page.goto(f"{found.address}/admin?view={view}")
    found.page.wait_for_selector("#admin[data-state=ready]")
    return found.page


def bring(page: Page, content: bytes, name: str = "村级日报.csv") -> None:
    page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.wait_for_selector(".stage:not([aria-busy=true]) .seen", timeout=SLOW_MS)


def outcome(page: Page, button: str, wanted: str) -> str:
    page.click(f"#{button}:not([disabled])")
    page.wait_for_selector(f".report[data-outcome={wanted}]", timeout=SLOW_MS)
    return page.inner_text(".report")


def add_office(page: Page) -> None:
    """Add an office, and give it a token."""
    for value, field in zip((OFFICE, CODE, "411202"), page.locator(".step-form input").all(), strict=True):
        field.fill(value)
    page.click(".step-form button[type=submit]")
    office = page.locator(f"[data-sender={CODE}]")
    office.locator(".row-of select").first.select_option("village_report")
    office.locator(".row-of > button").click()
    assert page.inner_text(".fresh code").startswith("ws_")


def say_columns(page: Page) -> None:
    """Say of each column of the file which field it is."""
    for head, field in zip(HEADS, FIELDS, strict=False):
        chosen = page.locator(f"select[data-head='{head}']")
        if chosen.input_value() != field:
            chosen.select_option(field)
    page.wait_for_selector("#missing", state="detached", timeout=SLOW_MS)
    page.wait_for_selector(".stage:not([aria-busy=true]) .seen", timeout=SLOW_MS)


def correct(page: Page) -> None:
    """Correct the row that was refused: first wrongly, then as it should have been."""
    row = page.locator(".refused-row", has_text="村级日报.csv").first
    row.locator("[aria-invalid=true]").fill("nowhere")
    row.locator(".send").click()
    page.wait_for_selector(".refused-row .answer.severe:not(:empty)")
    row.locator("[aria-invalid=true]").fill("411202002001")
    row.locator(".send").click()
    page.wait_for_selector(".refused-row.done")


def test_from_an_office_to_the_database_and_back_for_one_row(keeper: Watched, own_city: Database) -> None:
    page = go(keeper, "senders")
    add_office(page)
    page.click("[data-view=arrivals]")
    page.wait_for_selector(".late-row")
    assert OFFICE in page.locator("tbody tr").first.inner_text(), "who has not reported stands first"

    page.click("[data-view=import]")
    page.select_option("#kind", "village_report")
    page.select_option("#sender", label=OFFICE)
    bring(page, reports(*VILLAGES, NOWHERE))
    assert "GB18030" in page.inner_text(".seen header")
    assert "张三" not in page.inner_text(".seen")
    say_columns(page)
    assert page.evaluate(SEEN) == []
    assert "6" in outcome(page, "dry-run", "tried")
    assert said_four(own_city) == 0, "a dry run writes nothing"
    page.check("#partial")
    outcome(page, "take", "taken")
    assert said_four(own_city) == len(VILLAGES)
    page.reload()
    page.wait_for_selector(".report[data-outcome=taken]")
    page.click("#other-file")
    page.select_option("#kind", "village_report")
    page.select_option("#sender", label=OFFICE)
    bring(page, reports(*VILLAGES))
    assert page.locator(f"select[data-head='{HEADS[0]}']").input_value() == "village", "remembered of the office"

    page.click("[data-view=quarantine]")
    page.wait_for_selector(".refused-row .fields")
    assert page.evaluate(SEEN) == []
    correct(page)
    assert said_four(own_city) == len(VILLAGES) + 1
    keeper.expect("422")
    assert keeper.loud == []


def book(**sheets: str) -> bytes:
    """Return a book with a sheet of one village's report each."""
    made, content = openpyxl.Workbook(), io.BytesIO()
    made.active.append(["填表说明"])
    for name, village in sheets.items():
        for line in reports(village).decode("gb18030").splitlines():
            made[name].append(line.split(",")) if name in made else made.create_sheet(name).append(line.split(","))
    made.save(content)
    return content.getvalue()


def test_of_a_book_with_several_sheets_one_is_chosen(keeper: Watched, own_city: Database) -> None:
    page = go(keeper, "import")
    if page.locator("#other-file").is_visible():
        page.click("#other-file")
    page.select_option("#kind", "village_report")
    bring(page, book(第一周=NOWHERE, 第二周="411202002002"), "村级周报.xlsx")
    assert page.locator("#sheet option").all_inner_texts() == ["第一周", "第二周"]
    assert NOWHERE in page.inner_text(".seen")
    page.select_option("#sheet", "第二周")
    page.wait_for_function("() => document.querySelector('.seen header')?.textContent.includes('第二周')")
    assert page.input_value("#sheet") == "第二周"
    say_columns(page)
    assert page.evaluate(SEEN) == []
    outcome(page, "dry-run", "tried")
    before = said_four(own_city)
    outcome(page, "take", "taken")
    assert said_four(own_city) == before + 1
    assert (keeper.foreign, keeper.loud) == ([], [])


def test_two_tabs_tell_the_same_of_one_file(keeper: Watched, own_city: Database) -> None:
    """What was said of it is still said after a reload; what one tab has taken, the other shows as taken."""
    page = go(keeper, "import")
    page.wait_for_selector("#other-file, .start")
    if page.is_visible("#other-file"):
        page.click("#other-file")
    page.select_option("#kind", "village_report")
    bring(page, reports(VILLAGES[0], NOWHERE).replace(b"4444", b"4445"), "两个标签页.csv")
    say_columns(page)
    page.check("#partial")
    outcome(page, "dry-run", "tried")
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(".report[data-outcome=tried]", timeout=SLOW_MS)
    assert other.is_checked("#partial")
    outcome(page, "take", "taken")
    outcome(other, "take", "taken")
    assert other.locator("#take").count() == 0
    other.close()
    with own_city.owner() as connection:
        taken = connection.scalar(text("SELECT count(*) FROM village_report WHERE returned_outside = 4445"))
    assert taken == 1


def said_four(city: Database) -> int:
    """Return how many villages reported what only this test's file says."""
    said = text("SELECT count(*) FROM village_report WHERE day = :day AND returned_outside = 4444")
    with city.owner() as connection:
        return int(connection.scalar(said, {"day": DAY}) or 0)


@pytest.mark.parametrize(("width", "height", "theme", "lang"), [(1440, 900, "dark", "en"), (800, 1280, "dark", "zh")])
def test_every_view_fits_and_can_be_touched(
    chromium: Browser, own_url: str, width: int, height: int, theme: str, lang: str
) -> None:
    found = signed_in(begin(chromium, own_url, width, height, theme, lang), "command")
    for view, there in {
        "arrivals": ".figures",
        "quarantine": ".sheet-head",
        "senders": ".step-form",
        "import": ".drop",
    }.items():
        page = go(found, view)
        page.wait_for_selector(there)
        page.wait_for_timeout(500)
        assert page.evaluate(SEEN) == [], view
    assert (found.foreign, found.loud) == ([], [])
    found.page.context.close()
