import re
import tomllib
from pathlib import Path

import pytest

import geodata.doctor
import geodata.words
from geodata.doctor import booleans, codes, days, degrees, moments, numbers
from geodata.doctor.words import colour_names, mend
from geodata.schemes.files import shipped
from geodata.words import catalogue

STATES = shipped("five_colours").states
REMEMBERED = {"返汉": "wuhan", "在家": "normal", "绿码": "gone"}


def one(value: str) -> tuple[str | None, str, str]:
    found = mend([value], STATES, REMEMBERED)[0]
    return found.value, found.what, found.why


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.code)
def test_codes_stay_and_names_in_both_languages_are_read(state: object) -> None:
    assert one(state.code) == (state.code, "", "")
    for name in (state.zh, state.en, state.en.upper(), state.zh + "人员", state.code.upper()):
        assert one(name) == (state.code, "state_words", "")


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("红", "wuhan"),
        ("红色", "wuhan"),
        ("Red", "wuhan"),
        ("橙色", "hubei"),
        ("黄", "other_city"),
        ("绿色", "vacant"),
        ("白", "normal"),
    ],
)
def test_colours_mean_what_the_scheme_says(word: str, wanted: str) -> None:
    assert one(word) == (wanted, "state_words", "")


def test_another_scheme_gives_the_same_colours_another_meaning() -> None:
    assert mend(["红", "绿"], shipped("health_code").states, {})[1].value == "free_to_go"
    assert mend(["红"], shipped("health_code").states, {})[0].value == "sealed"


def test_faults_in_pairs() -> None:
    assert one(" 武汉返回 ") == ("wuhan", "spaces state_words", "")
    assert one("ｗｕｈａｎ") == ("wuhan", "full_width", "")
    assert one("'红色") == ("wuhan", "quotes state_words", "")


def test_what_somebody_mapped_once_is_remembered() -> None:
    assert one("返汉") == one("返 汉") == ("wuhan", "remembered", "")
    assert mend(["红"], STATES, {"红": "hubei"})[0].value == "hubei"


@pytest.mark.parametrize("word", ["蓝", "湖北", "绿码", "武汉或湖北", "x"])
def test_unknown_words_are_refused_with_the_list(word: str) -> None:
    found = mend([word], STATES, REMEMBERED)[0]
    assert (found.value, found.why) == (None, "unknown_word")
    assert "wuhan" in str(found.facts["states"])


def test_a_colour_that_two_states_share_means_neither() -> None:
    twins = [state.model_copy(update={"colour": "#FF0000"}) for state in STATES[:2]]
    assert mend(["红"], twins, {})[0].why == "unknown_word"


def test_colours_have_names() -> None:
    named = {"#FF0000": "红", "#FFA500": "橙", "#FFFF00": "黄", "#00A000": "绿", "#0000FF": "蓝", "#800080": "紫",
             "#FFFFFF": "白",
             "#000000": "黑", "#808080": "灰", "#E5484D": "红"}  # fmt: skip
    assert {colour: colour_names(colour)[0] for colour in named} == named


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("是", "true"), ("否", "false"), ("√", "true"), ("×", "false"), ("1", "true"), ("0", "false"), ("TRUE", "true"),
    ("有", "true"),
     ("无", "false"), (" Ｙ ", "true"), ("No", "false")],
)  # fmt: skip
def test_yes_and_no(value: str, wanted: str) -> None:
    assert booleans.mend([value])[0].value == wanted
    assert "yes_no" in booleans.mend([value])[0].mends


def test_yes_and_no_that_are_clean_or_neither() -> None:
    clean, empty, neither = booleans.mend(["true", "", "也许"])
    assert (clean.value, clean.what) == ("true", "")
    assert (empty.value, empty.why) == (None, "")
    assert neither.why == "yes_no"


def test_whatever_is_said_is_in_the_catalogue() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in Path(geodata.doctor.__file__).parent.glob("*.py"))
    known = catalogue()
    whys = set(re.findall(r'(?:refused|Unclear)\(\s*"(\w+)"', source))
    assert "code_lost_digits" in whys
    for why in whys | {"open_system", "no_place"}:
        assert f"refusal.{why}" in known, why
        assert f"suggestion.{why}" in known, why
    questions = re.findall(r'"(crs_\w+)"', source)
    assert questions
    for question in questions:
        assert {f"refusal.{question}", f"suggestion.{question}"} <= set(known)
    samples = [
        *codes.mend(["'１.0", "4.1E+1", "2", "10000000000", "旧", "411202000000"], {"02", "411202"}, {"旧": "02"}),
        *numbers.mend(["1,234户", "98%", "十", "１", "-", " 1", "1E+3"]), *numbers.mend(["1.0"], whole=True),
        *days.mend(["43872", "2020.2.11"]), *moments.mend(["1581384600", "2020-02-11 09:30"], "Asia/Shanghai"),
        *moments.times(["9:30"]), *degrees.mend(["1°", "1,5", "3m"]), *booleans.mend(["是"]),
        *moments.hours(["2020-02-11 8:00-9:00"], "Asia/Shanghai"), *mend(["红", "返汉"], STATES, REMEMBERED),
    ]  # fmt: skip
    used = {mend for sample in samples for mend in sample.mends}
    own = tomllib.loads((Path(geodata.words.__file__).parent / "doctor.toml").read_text(encoding="utf-8"))["mended"]
    assert used == set(own)
