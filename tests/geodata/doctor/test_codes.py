from collections.abc import Callable
from itertools import permutations

import pytest

from geodata.doctor.codes import mend

KNOWN = frozenset({"411202001001", "411202001", "411202", "011202003", "SQ-001", "411281001001002"})
ALIASES = {"411203001001": "411202001001", "旧-7": "SQ-001"}
WIDE = str.maketrans("0123456789.E+", "０１２３４５６７８９．Ｅ＋")


def one(value: str) -> tuple[str | None, str, str]:
    found = mend([value], KNOWN, ALIASES)[0]
    return found.value, found.what, found.why


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_a_clean_code_stays_untouched(code: str) -> None:
    assert one(code) == (code, "", "")


@pytest.mark.parametrize(
    ("value", "wanted", "what"),
    [
        ("411202001001.0", "411202001001", "float"),
        ("411202001001.00", "411202001001", "float"),
        ("4.11202001001E+11", "411202001001", "scientific"),
        ("4.11202001001e11", "411202001001", "scientific"),
        ("4.11202E+5", "411202", "scientific"),
        ("11202003", "011202003", "leading_zeros"),
        ("４１１２０２００１００１", "411202001001", "full_width"),
        (" 411202001001 ", "411202001001", "spaces"),
        ("411202 001 001", "411202001001", "spaces"),
        ("411202001001\u200b", "411202001001", "spaces"),
        ("\ufeff411202001001", "411202001001", "spaces"),
        ("'411202001001", "411202001001", "quotes"),
        ('"411202001001"', "411202001001", "quotes"),
        ("‘411202001001’", "411202001001", "quotes"),
        ('="411202001001"', "411202001001", "quotes"),
        ("411203001001", "411202001001", "alias"),
        ("411202001000", "411202001", "trailing_zeros"),
        ("411202000000", "411202", "trailing_zeros"),
        ("ＳＱ－００１", "SQ-001", "full_width"),
    ],
)
def test_each_fault_alone(value: str, wanted: str, what: str) -> None:
    assert one(value) == (wanted, what, "")


FAULTS: dict[str, Callable[[str], str]] = {
    "alias": lambda _: "411203001001",
    "float": lambda code: code + ".0",
    "scientific": lambda code: f"{code[0]}.{code[1:]}E+{len(code) - 1}",
    "full_width": lambda code: code.translate(WIDE),
    "spaces": lambda code: f" {code}\t",
    "quotes": lambda code: f"'{code}",
}


PAIRS = [
    (first, second)
    for first, second in permutations(FAULTS, 2)
    # Only a bare code can be put into scientific notation, and an old one is old before anything else.
    if second != "alias" and (second != "scientific" or first == "alias") and (first, second) != ("scientific", "float")
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_faults_in_pairs(first: str, second: str) -> None:
    value, what, why = one(FAULTS[second](FAULTS[first]("411202001001")))
    assert (value, why) == ("411202001001", "")
    assert set(what.split()) == {first, second}


def test_leading_zeros_in_pairs() -> None:
    assert one("11202003.0") == ("011202003", "float leading_zeros", "")
    assert one(" １１２０２００３") == ("011202003", "spaces full_width leading_zeros", "")
    assert one("1.1202003E+7") == ("011202003", "scientific leading_zeros", "")


@pytest.mark.parametrize(
    "value", ["4.10202E+11", "4.11202E+11", "4.112020010E+11", "４.１１２０２Ｅ+11", "'4.11202E+11'", "4E+11"]
)
def test_digits_that_a_spreadsheet_has_lost_are_refused(value: str) -> None:
    found = mend([value], KNOWN, ALIASES)[0]
    assert (found.value, found.what, found.why) == (None, "", "code_lost_digits")
    assert found.facts["wanted"] == 12


@pytest.mark.parametrize("value", ["411202009009", "SQ-999", "3E5", "12A", "004"])
def test_an_unknown_code_is_left_to_whoever_knows_the_areas(value: str) -> None:
    assert one(value) == (value, "", "")


def test_new_codes_are_tidied_alone() -> None:
    assert [found.value for found in mend(["K-1", " K-2", "１０３.0", "3E5"], (), {})] == ["K-1", "K-2", "103", "3E5"]


def test_a_zero_more_is_not_guessed_where_two_codes_would_do() -> None:
    assert mend(["12"], {"012", "0012"}, {})[0].value == "12"


def test_cells_that_say_nothing() -> None:
    assert [(found.value, found.why) for found in mend(["", "  ", "-", "NULL", "#N/A"], KNOWN, ALIASES)] == [
        (None, "")
    ] * 5


def test_the_order_is_kept_and_a_million_clean_codes_take_no_time() -> None:
    codes = [f"{number:012d}" for number in range(200_000)]
    found = mend([*codes[::-1], "199999.0"], frozenset(codes), {})
    assert [one.value for one in found] == [*codes[::-1], codes[-1]]
