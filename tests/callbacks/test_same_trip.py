"""What somebody types into the search field about a trip, and the line that answers."""

from datetime import UTC, date, datetime

import pytest

from callbacks.markup import markup
from callbacks.same_trip import Trip, answer, trip_of
from geodata.trips import SameTrip

TODAY = date(2020, 2, 11)
NOW = datetime(2020, 2, 11, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "trip"),
    [
        ("G1234 2020-02-05", Trip("train", "G1234", date(2020, 2, 5))),
        ("Ｇ１２３４次　２月５日", Trip("train", "G1234", date(2020, 2, 5))),
        ("g1234 2/5", Trip("train", "G1234", date(2020, 2, 5))),
        ("k599 12月30日", Trip("train", "K599", date(2019, 12, 30))),
        ("CZ3456 昨天", Trip("flight", "CZ3456", date(2020, 2, 10))),
        ("豫M·12345 2.1", Trip("car", "豫M12345", date(2020, 2, 1))),
        ("客车 豫M·12345 2月1日", Trip("coach", "豫M12345", date(2020, 2, 1))),
        ("train 1234 today", Trip("train", "1234", TODAY)),
        ("G1234", Trip("train", "G1234", None)),
        ("G1234 2月30日", None),
        ("G1234 2020-05-01", None),
        ("411202001001", None),
        ("湖滨区", None),
        ("1号楼", None),
        ("hubin", None),
        ("", None),
    ],
)
def test_a_trip_is_understood_however_it_is_written(words: str, trip: Trip | None) -> None:
    assert trip_of(words, TODAY) == trip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("known", [True, False, None])
def test_the_answer_is_said_with_its_time_and_what_to_do(known: bool | None, language: str) -> None:
    trip = Trip("train", "G1234", date(2020, 2, 5))
    told = None if known is None else NOW
    html = markup([answer(trip, date(2020, 2, 5), SameTrip(known, (), told, late=False), NOW, language)])
    assert "G1234" in html
    assert 'role="status"' in html
    assert ("stamp" in html) == (known is not None)
    assert {True: "trip yes", False: "trip no", None: "trip unknown"}[known] in html
