import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.render.picture.fonts import width_em
from layers.render.picture.wrapping import NOT_FIRST, NOT_LAST, fitted, wrapped

LONG = "三门峡市各区县住户总数（二〇二〇年二月），按乡镇街道汇总；数据由网格员逐户登记，数量过小的单元不予公布。"
mixed = st.text(alphabet="三门峡市，。（）《》、 abc-1,234 مرحبا", min_size=1, max_size=120)


@settings(deadline=None)
@given(mixed, st.integers(4, 30))
def test_no_line_is_wider_than_its_room_and_nothing_is_lost(text: str, room: int) -> None:
    lines = wrapped(text, room)
    kept = "".join(lines).replace(" ", "")
    assert kept == text.replace(" ", "")
    for line in lines:
        assert width_em(line) <= room or len(line) <= 2


def test_punctuation_neither_begins_nor_strands_at_the_end_of_a_line() -> None:
    for room in range(6, 30):
        for line in wrapped(LONG, room):
            assert line[0] not in NOT_FIRST
            assert line[-1] not in NOT_LAST


def test_words_are_kept_whole_where_they_can_be() -> None:
    assert wrapped("Households by county", 6) == ("Households", "by county")
    assert all(width_em(line) <= 5 for line in wrapped("Supercalifragilistic", 5))


@pytest.mark.parametrize("box", [(1800, 200), (300, 110), (900, 150)])
@pytest.mark.parametrize("text", [(LONG * 5)[:200], "Household " * 20, "مرحبا بالعالم " * 14, "三"])
def test_a_title_of_two_hundred_characters_fits_whole(box: tuple[int, int], text: str) -> None:
    lines = fitted(text.strip(), *box, largest=46, smallest=9, weight=700)
    assert lines.whole
    assert lines.width <= box[0]
    assert lines.height <= box[1]


def test_a_short_title_keeps_its_size_and_stands_in_even_lines() -> None:
    assert fitted("住户总数", 900, 200, largest=46, smallest=16).size == 46
    first, second = fitted("三门峡市各区县住户总数分布", 46 * 12, 200, largest=46, smallest=30).lines
    assert abs(len(first) - len(second)) <= 1


def test_what_cannot_fit_says_that_something_is_left_out() -> None:
    lines = fitted(LONG * 4, 200, 40, largest=20, smallest=12)
    assert not lines.whole
    assert lines.lines[-1].endswith("…")
    assert lines.height <= 40
