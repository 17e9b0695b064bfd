import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.doctor.numbers import mend, numeral


def one(value: str, *, whole: bool = False) -> tuple[str | None, str, str]:
    found = mend([value], whole=whole)[0]
    return found.value, found.what, found.why


@pytest.mark.parametrize("value", ["0", "12", "-3", "+4", "12.5", "0.50", ".5", "12.0", "007", "1000000"])
def test_a_clean_number_stays_untouched(value: str) -> None:
    assert one(value) == (value, "", "")


@pytest.mark.parametrize(
    ("value", "wanted", "what"),
    [
        ("１２", "12", "full_width"),
        ("１２．５", "12.5", "full_width"),
        ("－３", "-3", "full_width"),
        ("−3", "-3", "full_width"),
        (" 12 ", "12", "spaces"),
        ("'12", "12", "quotes"),
        ("1,234", "1234", "thousands"),
        ("1,234,567.5", "1234567.5", "thousands"),
        ("1 234", "1234", "thousands"),
        ("12间", "12", "units"),
        ("12 户", "12", "units"),
        ("35.6元", "35.6", "units"),
        ("¥35.6", "35.6", "units"),
        ("1.2万", "12000", "units"),
        ("98.5%", "98.5", "percent"),
        ("百分之98", "98", "percent"),
        ("1.2E+3", "1200", "scientific"),
        ("十二", "12", "chinese_numerals"),
        ("两千零五", "2005", "chinese_numerals"),
        ("壹佰贰拾叁", "123", "chinese_numerals"),
        ("一万二千", "12000", "chinese_numerals"),
        ("二〇二〇", "2020", "chinese_numerals"),
        ("1,234户", "1234", "units thousands"),
        ("１，２３４", "1234", "full_width thousands"),
        ("１２间", "12", "full_width units"),
        ("十二间", "12", "units chinese_numerals"),
        ("９８．５％", "98.5", "full_width percent"),
        (" 1,234 ", "1234", "spaces thousands"),
        ("'1,234", "1234", "quotes thousands"),
        ("百分之九十八", "98", "percent chinese_numerals"),
        ("37.2℃", "37.2", "full_width units"),
    ],
)
def test_faults_alone_and_in_pairs(value: str, wanted: str, what: str) -> None:
    assert one(value) == (wanted, what, "")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("1,23", "number_comma"), ("12,3456", "number_comma"), ("1,234,56", "number_comma"),
        ("5分钟", "number_unit"), ("3公里", "number_unit"), ("20斤", "number_unit"),
        ("12或13", "number_unread"), ("约12", "number_unread"), (">100", "number_unread"), ("nan", "number_unread"),
        ("inf", "number_unread"), ("一百二", "number_unread"), ("三百五", "number_unread"), ("1.2.3", "number_unread"),
        ("12 13", "number_unread"), ("(12)", "number_unread"), ("#VALUE!", "number_unread"), ("万", "number_unread"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_in_two_ways_is_refused(value: str, why: str) -> None:
    assert one(value) == (None, "", why)


def test_whole_numbers_lose_their_point() -> None:
    assert one("12.0", whole=True) == ("12", "float", "")
    assert one("12", whole=True) == ("12", "", "")
    assert one("1,234.0户", whole=True) == ("1234", "units thousands float", "")
    assert one("12.5", whole=True) == (None, "", "whole_number")


@pytest.mark.parametrize("value", ["", "  ", "-", "—", "/", "NULL", "#N/A", "(空)"])
def test_cells_that_say_nothing(value: str) -> None:
    assert one(value)[::2] == (None, "")


def written(number: int) -> str:
    """Write a number below 10,000 as it is said."""
    text, gap = "", False
    for step, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // step % 10
        if digit:
            text += "零" * (gap and bool(text)) + "零一二三四五六七八九"[digit] + name
        gap = not digit
    return text or "零"


@given(st.integers(0, 9_999))
def test_numerals_up_to_thousands(number: int) -> None:
    assert numeral(written(number)) == number
    if 10 <= number < 20:
        assert numeral(written(number).removeprefix("一")) == number


@given(st.integers(-(10**9), 10**9), st.booleans())
def test_thousands_come_back(number: int, wide: bool) -> None:
    text = f"{number:,}"
    if wide:
        text = text.translate(str.maketrans("0123456789,-", "０１２３４５６７８９，－"))
    assert one(text)[0] == str(number)
