import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.doctor import days, moments

ZONE = "Asia/Shanghai"


def day(value: str) -> tuple[str | None, str, str]:
    found = days.mend([value])[0]
    return found.value, found.what, found.why


def moment(value: str) -> tuple[str | None, str, str]:
    found = moments.mend([value], ZONE)[0]
    return found.value, found.what, found.why


def clock(value: str) -> tuple[str | None, str, str]:
    found = moments.times([value])[0]
    return found.value, found.what, found.why


def test_what_is_clean_stays_untouched() -> None:
    assert day("2020-02-29") == ("2020-02-29", "", "")
    for value in ("2020-02-11T09:30:00+08:00", "2020-02-11T09:30:00Z", "2020-02-11 09:30:00.5+00:00"):
        assert moment(value) == (value, "", "")
    for value in ("09:30", "23:59:59", "00:00", "09:30:00"):
        assert clock(value) == (value, "", "")


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("2020年2月11日", "dates"), ("2020年02月11日", "dates"), ("2020年2月11号", "dates"), ("2020 年 2 月 11 日", "dates"),
        ("2020.2.11", "dates"), ("2020/2/11", "dates"), ("2020-2-11", "dates"), ("20200211", "dates"),
        ("二〇二〇年二月十一日", "dates"), ("2020年2月11日星期二", "dates"), ("2020-02-11 00:00:00", "dates"),
        ("2020-02-11T00:00:00", "dates"), ("2020年2月11日 上午9时30分", "dates"), ("43872", "excel_serials"),
        ("43872.0", "excel_serials"), ("43872.3958", "excel_serials"),
        ("２０２０－０２－１１", "full_width"), (" 2020-02-11", "spaces"), ("'2020-02-11", "quotes"),
        ("２０２０年２月１１日", "full_width dates"), (" 2020.2.11 ", "spaces dates"), ("'43872", "quotes excel_serials"),
        ("４３８７２", "full_width excel_serials"), ("'2020/2/11", "quotes dates"),
        ("　２０２０．２．１１", "spaces full_width dates"),
    ],
)  # fmt: skip
def test_days_with_faults_alone_and_in_pairs(value: str, what: str) -> None:
    assert day(value) == ("2020-02-11", what, "")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("11/2/20", "day_two_ways"), ("11/2/2020", "day_two_ways"), ("20.2.11", "day_two_ways"), ("02-30", "day_without_year"),
        ("2月11日", "day_without_year"), ("2020-02-30", "no_such_day"), ("2020年13月1日", "no_such_day"),
        ("20200230", "no_such_day"), ("昨天", "day"), ("2020-02", "day"), ("99999", "day"), ("12", "day"),
        ("2020-02-11 25:00", "day"),
    ],
)  # fmt: skip
def test_days_that_are_none_or_two_are_refused(value: str, why: str) -> None:
    assert day(value) == (None, "", why)


def test_a_year_at_the_end_is_read_where_only_one_way_is_left() -> None:
    assert day("25/2/2020")[0] == day("2/25/2020")[0] == "2020-02-25"
    assert day("2/2/2020")[0] == "2020-02-02"


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_comes_back_from_each_style(wanted: date) -> None:
    serial = str((wanted - date(1899, 12, 30)).days)
    styles = [f"{wanted.year}年{wanted.month}月{wanted.day}日", f"{wanted:%Y%m%d}", f"{wanted:%Y.%m.%d}", serial]
    assert {found.value for found in days.mend(styles)} == {str(wanted)}


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("2020-02-11T09:30:00", "zones"), ("2020-02-11 09:30:00", "zones"), ("2020-02-11T09:30:00+0800", "zones"),
        ("2020年2月11日 9时30分", "dates"), ("2020年2月11日9时30分", "dates"), ("2020年2月11日上午9点半", "dates"),
        ("2020/2/11 9:30", "dates"), ("2020.2.11 9:30:00", "dates"), ("20200211093000", "dates"), ("20200211 0930", "dates"),
        ("2020-2-11 9:30 AM", "dates"), ("43872.3958333333", "excel_serials"),
        ("２０２０年２月１１日　９：３０", "full_width dates"), (" 2020/2/11 9:30", "spaces dates"),
        ("'2020-02-11 09:30:00", "quotes zones"), ("'43872.3958333333", "quotes excel_serials"),
    ],
)  # fmt: skip
def test_moments_with_faults_alone_and_in_pairs(value: str, what: str) -> None:
    assert moment(value) == ("2020-02-11T09:30:00+08:00", what, "")


def test_seconds_since_1970_have_a_zone_of_their_own() -> None:
    assert moment("1581384600") == ("2020-02-11T01:30:00+00:00", "epochs", "")
    assert moment("1581384600123") == ("2020-02-11T01:30:00.123+00:00", "epochs", "")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("2020-02-11", "moment_without_time"), ("43872", "moment_without_time"), ("2020年2月11日", "moment_without_time"),
        ("11/2/20 9:30", "day_two_ways"), ("2月11日 9:30", "day_without_year"), ("2020-02-30 09:30", "no_such_day"),
        ("2020-02-30T09:30:00Z", "no_such_day"), ("2020-02-11 25:00", "no_such_time"), ("2020-02-11T09:61:00Z", "no_such_time"),
        ("2020年2月11日 晚上12点", "time_two_ways"), ("刚才", "moment"), ("9:30", "moment"), ("0000000001", "moment"),
        ("2020-02-11 08:00-09:00", "moment_stretch"), ("2020-02-11T08:00-09:00", "moment_stretch"),
        ("2020年2月11日8时至9时", "moment_stretch"), ("2020-02-11 8:00～9:00", "moment_stretch"),
    ],
)  # fmt: skip
def test_moments_that_are_none_or_two_are_refused(value: str, why: str) -> None:
    assert moment(value) == (None, "", why)


@pytest.mark.parametrize(
    "value",
    [
        "2020-02-11 08:00-09:00",
        "2020-02-11 8:00—9:00",
        "2020年2月11日8时至9时",
        "2020/2/11 上午8点到9点",
        "2020-2-11 8:00~9:00",
    ],
)
def test_a_stretch_of_an_hour_is_that_hour_and_no_offset(value: str) -> None:
    found = moments.hours([value], ZONE)[0]
    assert found.value is not None
    assert datetime.fromisoformat(found.value) == datetime.fromisoformat("2020-02-11T08:00:00+08:00")
    assert "hours" in found.mends
    assert not re.match(moments.CLEAN, value), "a whole column must not pass it by"


def test_the_last_hour_of_a_day_ends_at_24() -> None:
    for end in ("24:00", "0:00", "24时"):
        assert moments.hours([f"2020-02-11 23:00-{end}"], ZONE)[0].value == "2020-02-11T23:00+08:00"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("2020-02-11 08:00-10:00", "moment_stretch"),
        ("2020-02-11 8时至18时", "moment_stretch"),
        ("2020-02-11", "moment_without_time"),
    ],
)
def test_a_longer_stretch_is_no_hour_nor_is_a_day(value: str, why: str) -> None:
    assert moments.hours([value], ZONE)[0].why == why


def test_midnight_of_a_spreadsheet_is_an_hour_among_hours() -> None:
    """Its cells have no time of day; in a column of days alone nobody means midnight."""
    first, second = moments.hours(["2020-02-11", "2020-02-11T01:00:00"], ZONE)
    assert (first.value, first.what) == ("2020-02-11T00:00:00+08:00", "day_alone")
    assert second.value == "2020-02-11T01:00:00+08:00"
    assert [found.why for found in moments.hours(["2020-02-11", "2020-02-12"], ZONE)] == ["moment_without_time"] * 2


def test_a_shift_may_end_at_24() -> None:
    told = [(found.value, found.what, found.why) for found in moments.clocks(["24:00", "24时", "9:30", "24:30", ""])]
    assert told == [
        ("24:00", "", ""),
        ("24:00", "times", ""),
        ("09:30", "times", ""),
        (None, "", "no_such_time"),
        (None, "", ""),
    ]


def test_an_offset_behind_seconds_stays_one() -> None:
    assert moment("2020-02-11T08:00:00-09:00") == ("2020-02-11T08:00:00-09:00", "", "")


@given(st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)))  # noqa: DTZ001
def test_every_moment_comes_back_from_each_style(written: datetime) -> None:
    wanted = written.replace(microsecond=0, tzinfo=ZoneInfo(ZONE))
    serial = (written.replace(microsecond=0) - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001
    half = "上午" if wanted.hour < 12 else "下午"
    styles = [
        f"{wanted:%Y-%m-%d %H:%M:%S}",
        f"{wanted.year}年{wanted.month}月{wanted.day}日 {wanted.hour}时{wanted.minute}分{wanted.second}秒",
        f"{wanted:%Y%m%d%H%M%S}",
        f"{serial:.9f}",
    ]
    if wanted.hour % 12:
        styles.append(f"{wanted:%Y/%m/%d} {half}{wanted.hour % 12}:{wanted:%M:%S}")
    for found in moments.mend(styles, ZONE):
        assert found.value is not None
        assert datetime.fromisoformat(found.value) == wanted


@pytest.mark.parametrize(
    ("value", "wanted", "what"),
    [
        ("9:30", "09:30", "times"), ("9时30分", "09:30", "times"), ("上午9点半", "09:30", "times"),
        ("下午3点", "15:00", "times"),
        ("中午12点", "12:00", "times"), ("凌晨12:30", "00:30", "times"), ("晚上8点", "20:00", "times"),
        ("9:30 pm", "21:30", "times"),
        ("12:00 AM", "00:00", "times"), ("下午15:30", "15:30", "times"), ("8点整", "08:00", "times"),
        ("0.3958333333", "09:30", "excel_serials"), ("９：３０", "09:30", "full_width times"),
        (" 9:30", "09:30", "spaces times"),
        ("'09:30", "09:30", "quotes"),
    ],
)  # fmt: skip
def test_times_of_day(value: str, wanted: str, what: str) -> None:
    assert clock(value) == (wanted, what, "")


@pytest.mark.parametrize(
    ("value", "why"),
    [("24:00", "no_such_time"), ("9:60", "no_such_time"), ("上午13:00", "time_two_ways"), ("晚上12点", "time_two_ways"),
     ("13:00 pm", "no_such_time"), ("早", "time_of_day"), ("9", "time_of_day"), ("1.5", "time_of_day")],
)  # fmt: skip
def test_times_that_are_none_are_refused(value: str, why: str) -> None:
    assert clock(value) == (None, "", why)
