import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.doctor.degrees import mend


def one(value: str) -> tuple[str | None, str, str]:
    found = mend([value])[0]
    return found.value, found.what, found.why


@pytest.mark.parametrize("value", ["111.2034", "34", "-33.5", "0", "37512345.67", "4.1E+6"])
def test_what_is_clean_stays_untouched(value: str) -> None:
    assert one(value) == (value, "", "")


@pytest.mark.parametrize(
    "value",
    [
        "111°12′30″E", "111°12'30\"E", "111°12'30''E", "111°12′30″", "111º12'30\"", "111°12’30”", "111度12分30秒", "111 12 30",
        "111:12:30", "111-12-30", "111°12.5′", "111°12.5", "111 12.5E", "E111°12′30″", "东经111度12分30秒", "东经111°12′30″",
        "111° 12′ 30″ E", "111°12′30.0″e",
    ],
)  # fmt: skip
def test_degrees_minutes_seconds_in_every_style(value: str) -> None:
    assert one(value) == ("111.208333333", "degrees", "")


@pytest.mark.parametrize(
    ("value", "wanted", "what"),
    [
        ("111,2034", "111.2034", "comma_decimals"), ("34,785", "34.785", "comma_decimals"), ("34.5°", "34.5", "degrees"),
        ("34.5N", "34.5", "degrees"), ("北纬34.5", "34.5", "degrees"), ("S34.5", "-34.5", "degrees"),
        ("111°12′30″W", "-111.208333333", "degrees"), ("512,345.67", "512345.67", "thousands"),
        ("3,847,123", "3847123", "thousands"), ("37512345.67m", "37512345.67", "units"), ("512345米", "512345", "units"),
        ("１１１．２０３４", "111.2034", "full_width"), (" 111.2034", "111.2034", "spaces"), ("'111.2034", "111.2034", "quotes"),
        ("１１１，２０３４", "111.2034", "full_width comma_decimals"),
        ("１１１°１２′３０″", "111.208333333", "full_width degrees"),
        (" 111°12′30″ ", "111.208333333", "spaces degrees"), ("'111,2034", "111.2034", "quotes comma_decimals"),
        ("512,345.67米", "512345.67", "units thousands"),
    ],
)  # fmt: skip
def test_faults_alone_and_in_pairs(value: str, wanted: str, what: str) -> None:
    assert one(value) == (wanted, what, "")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("111°60′00″", "degrees_sixty"), ("111°12′60″", "degrees_sixty"), ("111 34", "degrees_unread"),
        ("111.2,34.7", "degrees_unread"), ("111.2 34.7", "degrees_unread"), ("E111°12′30″W", "degrees_unread"),
        ("111.5°12′", "degrees_unread"), ("abc", "degrees_unread"), ("NaN", "degrees_unread"), ("inf", "degrees_unread"),
        ("滨湖路1号", "degrees_unread"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(value: str, why: str) -> None:
    assert one(value) == (None, "", why)


def test_cells_that_say_nothing() -> None:
    assert [one(value)[::2] for value in ("", " ", "-", "NULL")] == [(None, "")] * 4


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 5_999), st.sampled_from("EWNS"))
def test_all_angles_come_back_to_the_millimetre(degrees: int, minutes: int, hundredths: int, side: str) -> None:
    wanted = (degrees + minutes / 60 + hundredths / 360_000) * (-1 if side in "WS" else 1)
    seconds = f"{hundredths / 100:.2f}"
    for text in (
        f"{degrees}°{minutes}′{seconds}″{side}",
        f"{side}{degrees}度{minutes}分{seconds}秒",
        f"{degrees} {minutes} {seconds} {side}",
    ):
        value, _, why = one(text)
        assert why == ""
        assert float(value or "nan") == pytest.approx(wanted, abs=1e-8)
