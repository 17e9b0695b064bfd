"""What comes again of the same moment with other figures: a correction, which stands; in one delivery, a contradiction."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.feeds.floor import registry
from geodata.feeds.floor.refusal import Refused
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.places import EAST, GRIDS

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
DAY = str((NOW - timedelta(days=2)).date())
VILLAGE = GRIDS[EAST][0][:12]
FOUR = {"returned_wuhan": 1, "close_contact": 0, "fever_unexplained": 0}
REPORT: dict[str, Any] = {"village": VILLAGE, "day": DAY, "returned_outside": 4, **FOUR, "reported_at": NOW.isoformat()}
HOTLINE: dict[str, Any] = {"area": VILLAGE, "day": DAY, "received": 9, "closed": 4, "reported_at": NOW.isoformat()}
CODES: dict[str, Any] = {
    "area": VILLAGE,
    "day": DAY,
    "green": 9,
    "yellow": 1,
    "red": 0,
    "registered": 10,
    "population": 12,
}
CODES |= {"reported_at": NOW.isoformat()}
FIGURE: dict[str, Any] = dict(registry.get("indicators").example) | {
    "area": VILLAGE,
    "day": DAY,
    "reported_at": NOW.isoformat(),
}
TRIP: dict[str, Any] = dict(registry.get("case_trips").example) | {"area": VILLAGE, "reported_at": NOW.isoformat()}
STAY: dict[str, Any] = dict(registry.get("case_places").example) | {
    "area": VILLAGE,
    "kind": "home_area",
    "began": (NOW - timedelta(days=1)).isoformat(),
    "ended": None,
    "reported_at": NOW.isoformat(),
}
FEVER: dict[str, Any] = dict(registry.get("fever_report").example) | {
    "area": VILLAGE,
    "at": NOW.isoformat(),
    "reported_at": NOW.isoformat(),
}
TIP: dict[str, Any] = dict(registry.get("tip_offs").example) | {
    "area": VILLAGE,
    "at": NOW.isoformat(),
    "reported_at": NOW.isoformat(),
}
RETURN: dict[str, Any] = dict(registry.get("return_registrations").example) | {
    "area": VILLAGE,
    "arrives_on": str(NOW.date()),
    "at": NOW.isoformat(),
    "reported_at": NOW.isoformat(),
}
CODED = (
    (
        "return_registrations",
        RETURN,
        {"arrives_on": str(NOW.date() + timedelta(days=1))},
        "SELECT CAST(arrives_on AS text) FROM return_registration WHERE code = '" + RETURN["code"] + "'",
        None,
    ),
    ("case_trips", TRIP, {"number": "G1235"}, "SELECT number FROM case_trip", "G1235"),
    ("case_trips", TRIP, {"area": GRIDS[EAST][0]}, "SELECT a.code FROM case_trip JOIN area a ON a.id = area_id", None),
    ("case_places", STAY, {"published": not STAY["published"]}, "SELECT published FROM case_place", None),
    (
        "fever_report",
        FEVER | {"status": "open"},
        {"status": "followed_up"},
        "SELECT status FROM fever_report WHERE code = '" + FEVER["code"] + "'",
        "followed_up",
    ),
    (
        "tip_offs",
        TIP | {"status": "open"},
        {"status": "followed_up"},
        "SELECT status FROM tip_off WHERE code = '" + TIP["code"] + "'",
        "followed_up",
    ),
)
CASES = (
    ("village_report", REPORT, "returned_outside", "SELECT returned_outside FROM village_report WHERE day = :day"),
    ("hotline", HOTLINE, "closed", "SELECT closed FROM hotline_day WHERE day = :day"),
    ("health_codes", CODES, "yellow", "SELECT yellow FROM health_code_day WHERE day = :day"),
    ("indicators", FIGURE, "value", "SELECT value FROM indicator_day WHERE day = :day"),
)


@pytest.mark.parametrize(("kind", "row", "column", "held"), CASES, ids=[kind for kind, *_ in CASES])
async def test_a_correction_of_the_same_moment_stands(
    city: Database, everywhere: Scope, kind: str, row: dict[str, Any], column: str, held: str
) -> None:
    """An office that writes the day alone has no later moment for what it puts right."""
    corrected = row | {column: 7}
    told = []
    for sent in (row, corrected, corrected):
        done = await deliver(city, everywhere, kind, sent, "tests")
        told.append((done.accepted, done.repeated))
    assert told == [(1, 0), (1, 0), (0, 1)]
    assert one(city, held, day=DAY) == 7
    older = row | {"reported_at": (NOW - timedelta(hours=1)).isoformat()}
    assert (await deliver(city, everywhere, kind, older, "tests")).repeated == 1
    assert one(city, held, day=DAY) == 7


@pytest.mark.parametrize(("kind", "row", "change", "held", "value"), CODED)
async def test_so_does_one_of_a_thing_with_a_code(
    city: Database, everywhere: Scope, kind: str, row: dict[str, Any], change: dict[str, Any], held: str, value: object
) -> None:
    told = []
    for sent in (row, row | change, row | change):
        done = await deliver(city, everywhere, kind, sent, "tests")
        told.append((done.accepted, done.repeated))
    assert told == [(1, 0), (1, 0), (0, 1)]
    assert one(city, held) == (next(iter(change.values())) if value is None else value)


async def test_two_words_of_one_code_and_moment_contradict_each_other(city: Database, everywhere: Scope) -> None:
    with pytest.raises(Refused) as refused:
        await deliver(city, everywhere, "case_trips", [TRIP, TRIP | {"number": "G1235"}], "tests")
    assert [(r.row, r.why) for r in refused.value.refusals] == [(2, "said_twice")]


async def test_two_rows_that_contradict_each_other_are_told(city: Database, everywhere: Scope) -> None:
    """The same code twice is rather two villages than one: neither of them may vanish as `repeated`."""
    rows = [REPORT, REPORT, REPORT | {"returned_outside": 9}]
    with pytest.raises(Refused) as refused:
        await deliver(city, everywhere, "village_report", rows, "tests")
    assert [(r.row, r.column, r.why, r.facts["first"]) for r in refused.value.refusals] == [
        (3, "reported_at", "said_twice", 1)
    ]
    rows = [REPORT | {"day": "?"}, *rows]
    done = await deliver(city, everywhere, "village_report", rows, "tests", partial=True)
    assert (done.accepted, done.repeated, [(r.row, r.facts.get("first")) for r in done.refused]) == (
        1,
        1,
        [(1, None), (4, 2)],
    )
    assert one(city, "SELECT returned_outside FROM village_report WHERE day = :day", day=DAY) == 4


async def test_the_row_that_says_the_same_is_named_by_its_own_number(city: Database, everywhere: Scope) -> None:
    """Also where rows before it were refused."""
    drone = dict(registry.get("drones").example) | {"area": VILLAGE}
    rows = [{"code": "x y"}, drone, drone | {"camera_degrees": 60.0}]
    done = await deliver(city, everywhere, "drones", rows, "tests", partial=True)
    twice = [r for r in done.refused if r.why == "code_twice"]
    assert [(r.row, r.facts["first"]) for r in twice] == [(3, 2)]
