import pytest

from layers.render.picture.fonts import BOLD, folded, mended, missing, named, place_of, width_em


@pytest.mark.parametrize(
    "text",
    [
        "三门峡市各区县住户总数（2020）",
        "Households, 1,234 · ≥ 5 ‰",
        "𠮷家乡 㙍口 𣲲村",
        "مرحبا بالعالم",
        "שלום",
        "😀 ✓ ■",
        "<b>HTML</b> $x_2$",
    ],
)
def test_what_some_font_draws_is_not_missing(text: str) -> None:
    assert missing(text) == ""
    assert mended(text) == text


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("家🤷🏽‍♀️户🤷", "🤷🏽"),
        ("a\x00b", "\x00"),
        ("a\u202eb", "\u202e"),
        ("\ue000", "\ue000"),
        ("\ud800", "\ud800"),
        ("\u0378", "\u0378"),
    ],
)
def test_what_no_font_draws_and_what_gives_orders_is_missing(text: str, lacking: str) -> None:
    assert missing(text) == lacking
    assert "\u0000" not in mended(text)


def test_a_name_keeps_its_length_with_geta_marks() -> None:
    assert mended("下🤷村") == "下〓村"
    assert mended("上\n 村\t") == "上 村"


def test_missing_characters_are_named_so_that_they_can_be_found() -> None:
    assert named("🤷\x00") == "🤷 U+1F937  U+0000"


def test_rare_characters_come_from_later_fonts() -> None:
    assert place_of("三") == 0
    assert place_of("ع") == 1
    assert place_of("𣲲") is not None
    assert place_of("𣲲", BOLD) == place_of("𣲲")
    assert place_of("🤷") is None


def test_widths_do_not_depend_on_what_was_drawn_before() -> None:
    from layers.render.picture.draw import draw
    from tests.picture_sheets import sheet

    before = width_em("测量 before")
    draw(sheet(), "png")
    width_em.cache_clear()
    assert width_em("测量 before") == before
    assert width_em("三门峡") == pytest.approx(3, abs=0.05)
    assert width_em("") == 0


def test_emoji_selectors_say_nothing() -> None:
    assert folded("☀️\u3000晴") == "☀ 晴"
