"""Numbers of cases, venues, enterprises, consultations and indicators: the same as a recount of the rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.model import Role
from geodata.numbers import NUMBERS, Line, for_reader
from geodata.scope import Scope
from geodata.wall.declaration import Moment
from tests.layers.looking import NOW, ZONE, rows, run, scope, view
from tests.layers.reported import case_place, enterprise, indicator, link, venue
from tests.places import CITY, EAST, GRIDS, WEST

ONE, TWO = GRIDS[EAST]
TODAY = NOW.astimezone(ZONE).date()
OURS = ("case_places", "venues", "enterprises", "consultations", "indicators")


async def lines(
    city: Database, name: str, code: str = EAST, at: datetime | None = None, eyes: Scope | None = None
) -> list[Line]:
    async with city.scoped(eyes or scope(city)) as connection:
        found = await NUMBERS[name].read(connection, code, Moment(NOW, at))
    await city.close()
    return found


def values(found: Sequence[Line]) -> list[float | None]:
    return [line.value for line in found]


async def test_places_of_cases(tiny_city: Database) -> None:
    for nth, (area, days) in enumerate(((ONE, 1.0), (TWO, 13.9), (TWO, 14.5), (ONE, 20.5), (GRIDS[WEST][0], 2.0))):
        case_place(tiny_city, area, f"c{nth}", days, published=nth % 2 == 0)
    within, published = await lines(tiny_city, "case_places")
    assert (within.value, published.value, published.of) == (2, 1, 2)
    assert within.before == 2
    assert values(await lines(tiny_city, "case_places", CITY)) == [3, 2]
    assert values(await lines(tiny_city, "case_places", at=NOW - timedelta(days=6))) == [2, 1]
    assert await lines(tiny_city, "case_places", at=NOW - timedelta(days=40)) == []


async def test_places_of_cases_are_told_as_of_their_moment(tiny_city: Database) -> None:
    """What was corrected later bears no later time; where nothing was known a day before, that was not zero."""
    case_place(tiny_city, ONE, "c", 2.0)
    run(tiny_city, "UPDATE case_place SET reported_at = :at", at=NOW - timedelta(hours=1))
    at = NOW - timedelta(days=1, hours=12)
    then, _ = await lines(tiny_city, "case_places", at=at)
    assert (then.value, then.before, then.data_time, then.late) == (1, None, at, False)
    (drawn,) = rows(tiny_city, "case_places", view(at=at))
    assert drawn.data_time == at
    assert (await lines(tiny_city, "case_places"))[0].before == 1


async def test_venues(tiny_city: Database) -> None:
    venue(tiny_city, ONE, "V1", 100, {0.2: 130, 30.0: 10})
    venue(tiny_city, TWO, "V2", 100, {0.4: 100})
    venue(tiny_city, TWO, "V3", 100, {3.0: 900})
    venue(tiny_city, GRIDS[WEST][0], "V4", 100, {0.2: 200})
    over, counted, inside = await lines(tiny_city, "venues")
    assert (over.value, over.of, over.severe) == (1, 2, True)
    assert (counted.value, counted.of, inside.value) == (2, 3, 230)
    nobody = await lines(tiny_city, "venues", at=NOW - timedelta(days=9))
    assert [(line.value, line.late) for line in nobody] == [(None, True), (0, True), (None, True)]


async def test_enterprises(tiny_city: Database) -> None:
    yesterday = TODAY - timedelta(days=1)
    enterprise(tiny_city, ONE, "E1", {1.2: (True, None, 0), 0.01: (True, TODAY, 40)})
    enterprise(tiny_city, TWO, "E2", {1.2: (True, yesterday, 30), 0.01: (True, yesterday, 50)})
    enterprise(tiny_city, TWO, "E3", {0.01: (False, None, 0)})
    enterprise(tiny_city, GRIDS[WEST][0], "E4", {0.01: (True, TODAY, 99)})
    resumed, listed, back = await lines(tiny_city, "enterprises")
    assert (resumed.value, resumed.of, listed.value) == (2, 3, 2)
    assert (back.value, back.of, back.before) == (90, 300, 30)
    assert resumed.before == 1
    assert not resumed.late
    unheard = await lines(tiny_city, "enterprises", at=NOW - timedelta(days=9))
    assert [(line.value, line.late) for line in unheard] == [(None, True)] * 3


async def test_consultations(tiny_city: Database) -> None:
    link(tiny_city, ONE, TWO, {3: 7, 2: 2, 1: 4})
    link(tiny_city, TWO, ONE, {2: 1, 1: 3})
    cases, told = await lines(tiny_city, "consultations")
    assert (cases.value, cases.before, told.value, told.of) == (7, 3, 2, 2)
    assert values(await lines(tiny_city, "consultations", at=NOW - timedelta(days=2, hours=1))) == [7, 1]
    assert await lines(tiny_city, "consultations", WEST) == []


async def test_indicators(tiny_city: Database) -> None:
    indicator(tiny_city, EAST, "a", {1.1: 3.5, 0.1: 9}, target=8)
    indicator(tiny_city, EAST, "b", {2000: 33_172})
    indicator(tiny_city, CITY, "c", {0.1: 5})
    new, old = await lines(tiny_city, "indicators")
    assert (new.words.zh, new.value, new.before, new.target, new.late) == ("a", 9, 3.5, 8, False)
    assert (old.value, old.before, old.late) == (33_172, None, True)
    assert values(await lines(tiny_city, "indicators", at=NOW - timedelta(days=1))) == [3.5, 33_172]
    assert values(await lines(tiny_city, "indicators", CITY)) == [5]


@pytest.mark.parametrize(("name", "table"), [("indicators", "indicator_day"), ("consultations", "consultation_day")])
async def test_what_is_corrected_later_was_known_before(tiny_city: Database, name: str, table: str) -> None:
    """A past moment does not forget what it knew: neither for the number nor on the map."""
    indicator(tiny_city, EAST, "a", {1.1: 3})
    link(tiny_city, ONE, TWO, {1: 4})
    run(tiny_city, f"UPDATE {table} SET reported_at = :at", at=NOW - timedelta(hours=1))
    at = NOW - timedelta(hours=20)
    line = (await lines(tiny_city, name, at=at))[0]
    assert (line.value, line.data_time) == (4 if name == "consultations" else 3, at)
    (drawn,) = rows(tiny_city, name, view(at=at))
    assert (drawn.data_time, drawn.state) == (at, "busy" if name == "consultations" else "no_target")


async def test_an_enterprise_that_reports_again_was_known_before(tiny_city: Database) -> None:
    enterprise(tiny_city, ONE, "E1", {0.5: (True, TODAY - timedelta(days=3), 40)})
    run(tiny_city, "UPDATE enterprise_day SET reported_at = :at", at=NOW - timedelta(minutes=5))
    at = NOW - timedelta(hours=6)
    resumed, *_ = await lines(tiny_city, "enterprises", at=at)
    assert (resumed.value, resumed.data_time) == (1, at)
    (drawn,) = rows(tiny_city, "enterprises", view(at=at))
    assert (drawn.state, drawn.data_time) == ("resumed", at)


@pytest.mark.parametrize("name", OURS)
async def test_the_demo_city_equals_a_recount(name: str, database: Database) -> None:
    """Each county's figures add up to the city's, and are those of its rows."""
    everywhere = scope(database)
    with database.owner() as connection:
        counties = connection.scalars(text("SELECT code FROM area WHERE level = 'county' ORDER BY code")).all()
    of_city = await lines(database, name, "411200", eyes=everywhere)
    assert of_city
    if name == "indicators":
        assert len(of_city) == run(
            database, "SELECT count(*) FROM indicator i JOIN area a ON a.id = i.area_id WHERE a.code = '411200'"
        )
        return
    below = [await lines(database, name, code, eyes=everywhere) for code in counties]
    sums = [
        sum(line.value or 0 for line in column) for column in zip(*(found for found in below if found), strict=True)
    ]
    across = 0 if name != "consultations" else run(database, "SELECT count(*) FROM consultation WHERE nlevel(path) = 1")
    if across:
        assert of_city[1].of == sum(found[1].of or 0 for found in below if found) + across
    else:
        assert sums == values(of_city)
    recount = {
        "case_places": "SELECT count(*) FROM case_place "
        "WHERE coalesce(ended, began) >= CAST(:at AS timestamptz) - interval '14 days' AND began <= :at "
        "AND first_reported_at <= :at",
        "enterprises": "SELECT count(*) FROM (SELECT DISTINCT ON (enterprise_id) * FROM enterprise_day WHERE reported_at <= :at "
        "ORDER BY enterprise_id, day DESC) d WHERE resumed_on <= local_day(:at)",
        "venues": "SELECT count(*) FROM (SELECT DISTINCT ON (venue_id) * FROM venue_hour WHERE at <= :at "
        "AND at > CAST(:at AS timestamptz) - interval '2 hours' ORDER BY venue_id, hour DESC) h JOIN venue v ON v.id = venue_id "
        "WHERE headcount > capacity",
    }
    if name in recount:
        assert of_city[0].value == run(database, recount[name], at=NOW)


async def test_the_press_reads_none_of_them(tiny_city: Database) -> None:
    case_place(tiny_city, ONE, "c", 1)
    venue(tiny_city, ONE, "V1", 100, {0.2: 130})
    indicator(tiny_city, EAST, "a", {0.1: 9})
    press = scope(tiny_city, role=Role.PRESS)
    assert not {number.id for number in for_reader(press)} & set(OURS)
    for name in OURS:
        assert await lines(tiny_city, name, eyes=press) == []
