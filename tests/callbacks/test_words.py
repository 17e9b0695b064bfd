from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from callbacks.services import Taste
from callbacks.wording import age, clock, day, days_left, moment_of, number, stamp
from geodata.errors import BadValue

CITY = ZoneInfo("Asia/Shanghai")
NOW = datetime(2020, 2, 14, 20, 0, tzinfo=CITY)


@pytest.mark.parametrize(
    ("value", "written"), [(None, "—"), (0, "0"), (60214, "60,214"), (12.5, "12.5"), (12.0, "12"), (1234.5, "1,234")]
)
def test_a_missing_number_is_never_zero(value: float | None, written: str) -> None:
    assert number(value) == written


def test_a_moment_names_its_day_only_where_it_is_another() -> None:
    assert clock(datetime(2020, 2, 14, 3, 5, tzinfo=UTC), NOW, "zh") == "11:05"
    assert clock(datetime(2020, 2, 13, 20, 5, tzinfo=UTC), NOW, "zh") == "04:05"
    assert clock(datetime(2020, 2, 12, 3, 5, tzinfo=UTC), NOW, "zh") == "2月12日 11:05"
    assert clock(datetime(2019, 12, 31, 3, 5, tzinfo=UTC), NOW, "en") == "31 Dec 2019 11:05"
    assert day(date(2020, 2, 14), "en") == "14 Feb"


@pytest.mark.parametrize(
    ("ago", "zh", "en"),
    [
        (timedelta(seconds=-90), "刚刚", "just now"),
        (timedelta(seconds=59), "刚刚", "just now"),
        (timedelta(minutes=59), "59 分钟前", "59 min ago"),
        (timedelta(hours=47), "47 小时前", "47 h ago"),
        (timedelta(days=3), "3 天前", "3 d ago"),
    ],
)
def test_how_long_ago(ago: timedelta, zh: str, en: str) -> None:
    assert (age(NOW - ago, NOW, "zh"), age(NOW - ago, NOW, "en")) == (zh, en)


def test_no_time_of_data_is_no_data() -> None:
    assert stamp(None, NOW, "zh") == "无数据"
    assert stamp(NOW - timedelta(minutes=2), NOW, "zh") == "数据 19:58 · 2 分钟前"


def test_days_left_tell_due_from_overdue() -> None:
    assert [days_left(n, "zh") for n in (3, 0, -2, None)] == ["3 天", "今日到期", "逾期 2 天", "—"]


def test_a_moment_without_offset_is_city_time() -> None:
    assert moment_of("", CITY) is None
    assert moment_of("2020-02-14T08:00", CITY) == datetime(2020, 2, 14, 8, tzinfo=CITY)
    assert moment_of("2020-02-14", CITY) == datetime(2020, 2, 14, tzinfo=CITY)
    there = timezone(timedelta(hours=1))
    assert moment_of("2020-02-14T08:00+01:00", CITY) == datetime(2020, 2, 14, 8, tzinfo=there)


@pytest.mark.parametrize("asked", ["yesterday", "2020-02-30", "2020-02-14T25:00", "'; DROP", "9" * 50])
def test_a_moment_that_cannot_be_read_is_refused(asked: str) -> None:
    with pytest.raises(BadValue):
        moment_of(asked, CITY)


def test_taste_of_the_address_goes_before_the_cookie_before_the_browser() -> None:
    assert Taste.of({}, {}) == Taste("dark", "zh")
    assert Taste.of({}, {}, "en-GB,en") == Taste("dark", "en")
    assert Taste.of({"lang": "zh", "theme": "light"}, {}, "en") == Taste("light", "zh")
    assert Taste.of({"lang": "zh", "theme": "light"}, {"lang": "en", "theme": "dark"}) == Taste("dark", "en")
    assert Taste.of({"lang": "<b>", "theme": "x"}, {}) == Taste("dark", "zh")
