"""A map book as paper: every door in it once, nothing unsurveyed looks safe, the code opens the grid, fonts are inside."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from layers.render.book import qr
from layers.render.book.binding import CODE, bind
from layers.render.book.ticks import named
from tests.layers.book.volumes import book, door, leaf, states
from tests.papers import drawn, fonts, pages

DPI = 300
MIXED = (door(0, "back", -2), door(1, "back", 0), door(2, "back", 5), door(3, "unsurveyed"), door(4), door(5))


def pixel(dpi: int, mm: float) -> int:
    return int(mm / 25.4 * dpi)


def test_a_sheet_says_what_it_is_whose_and_as_of_when() -> None:
    (page,) = pages(bind(book(leaf(MIXED))))
    for said in (
        "内部资料",
        "演示数据",
        "市场第1网格",
        "邹网格长",
        "0398-5550100",
        "三门峡市 · 湖滨区 · 湖滨街道 · 市场社区",
        "数据时间 2020-02-14 08:05",
        "wang 制作于 2020-02-14 09:30",
        "1/1",
    ):
        assert said in page


def test_every_door_stands_once_on_the_list_what_is_urgent_first() -> None:
    (page,) = pages(bind(book(leaf(MIXED))))
    listed = page[page.index("逐户清单") :]
    assert Counter(one for one in MIXED if named(one, "zh") in listed) == Counter(MIXED)
    for one in MIXED:
        assert listed.count(named(one, "zh")) == 1
    heads = ["逾期未销号 1", "今日到期 1", "未排查 1", "在管未到期 1", "其他户 2"]
    compact = " ".join(listed.split())
    assert all(head in compact for head in heads), compact
    assert "逾2天" in compact
    assert "2-19" in compact, "the day on which the followed one is due"


def test_a_grid_of_many_households_flows_on_and_is_numbered() -> None:
    doors = tuple(door(n) for n in range(330))
    found = pages(bind(book(leaf(doors))))
    assert len(found) >= 3
    said = "".join(found)
    for nth, page in enumerate(found, 1):
        assert f"市场第1网格 {nth}/{len(found)}" in page
        assert "内部资料" in page
        assert "数据时间 2020-02-14 08:05" in page
    for one in doors:
        assert said.count(f"{named(one, 'zh')}\n") + said.count(f"{named(one, 'zh')} ") == 1, one


def test_what_nobody_asked_never_looks_safe(tmp_path: Path) -> None:
    """Its colour is its own, a hatch lies on it, its letter is a question mark; also without colour it is no white."""
    shown = drawn(bind(book(leaf((door(0, "unsurveyed"),)))), 1, tmp_path, DPI)
    grey, pale = np.array([0x6B, 0x7A, 0x8C]), np.array([0xC9, 0xD1, 0xDA])
    assert np.all(np.abs(shown.astype(int) - grey) < 6, axis=2).sum() > 2_000
    assert np.all(np.abs(shown.astype(int) - pale) < 6, axis=2).sum() > 200
    (page,) = pages(bind(book(leaf((door(0, "unsurveyed"),)))))
    assert page.count("?") >= 3, "in the counts, on the plan, on the face and on the list"


def test_a_state_that_the_scheme_does_not_know_is_to_be_asked() -> None:
    (page,) = pages(bind(book(leaf((door(0, "normal"),), faces=()), states=states()[:2])))
    assert "未排查 1" in " ".join(page.split())


def test_the_code_opens_the_same_grid_on_the_tablet(tmp_path: Path) -> None:
    """What is drawn is, module by module, what segno makes of the address; a quiet zone is around it."""
    one = book(leaf(MIXED))
    url = qr.address(one, "411202001001001")
    assert url == "http://10.0.0.7:8050/grid?area=411202001001001"
    dark = drawn(bind(one), 1, tmp_path, DPI).sum(axis=2) < 380
    rows = qr.matrix(url)
    count = len(rows) + 2 * qr.QUIET_MODULES
    side = (CODE[2] - CODE[0]) / count
    seen = [
        [
            bool(dark[pixel(DPI, CODE[1] + (y + 0.5) * side), pixel(DPI, CODE[0] + (x + 0.5) * side)])
            for x in range(count)
        ]
        for y in range(count)
    ]
    framed = [[False] * count for _ in range(qr.QUIET_MODULES)]
    wanted = [
        *framed,
        *([False] * qr.QUIET_MODULES + row + [False] * qr.QUIET_MODULES for row in rows),
        *framed,
    ]
    assert seen == wanted


def test_fonts_are_inside_and_rare_characters_are_no_boxes(tmp_path: Path) -> None:
    content = bind(book(leaf(MIXED, name="㟃峪𠀂村第1网格 مرحبا"), name="𡐓石村"))
    listed = fonts(content, tmp_path)
    assert len(listed) >= 3, "two weights, and those that have what the Chinese one lacks"
    assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in listed), listed
    (page,) = pages(content)
    assert any("HanaMinB" in row[0] for row in listed)
    assert "㟃峪𠀂村第1网格" in page
    assert "𡐓石村" in page
    assert "〓" not in page


def test_the_same_book_is_the_same_bytes() -> None:
    one = book(leaf(MIXED))
    assert bind(one) == bind(one)
    assert bind(one) != bind(book(leaf(MIXED[:5])))


def test_a_grid_without_homes_says_so_and_not_that_all_is_well() -> None:
    (page,) = pages(bind(book(leaf(buildings=()))))
    assert "本网格没有登记住户。没有记录不等于没有情况" in page
    assert "本网格没有登记楼栋" in page


def test_a_grid_that_nothing_is_known_of_is_a_sheet_all_the_same() -> None:
    (page,) = pages(bind(book(leaf(outline=None, data_time=None, buildings=(), fixtures=(), around=(), leader=""))))
    for said in ("没有边界", "数据时间：没有数据", "网格长未登记", "没有登记住户"):
        assert said in page


@pytest.mark.parametrize(("language", "said"), [("zh", "逐户清单"), ("en", "Households")])
def test_both_languages(language: str, said: str) -> None:
    (page,) = pages(bind(book(leaf(MIXED), language=language)))
    assert said in page
    assert ("内部资料" in page) == (language == "zh")


def test_what_hangs_outside_the_plan_does_not_leave_it(tmp_path: Path) -> None:
    """Outlines that reach far beyond the frame are cut at it."""
    shown = drawn(bind(book(leaf(MIXED))), 1, tmp_path, DPI)
    margin = shown[pixel(DPI, 60) : pixel(DPI, 150), : pixel(DPI, 9)]
    assert (margin > 250).all()


def test_progress_is_told_grid_by_grid() -> None:
    told: list[tuple[int, int]] = []
    bind(book(leaf(MIXED), leaf()), lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
