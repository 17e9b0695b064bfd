"""Schemes as data: what the check refuses, and how versions follow each other."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.colours import CLEARLY_APART, VIEWS, difference
from geodata.database import Database
from geodata.errors import BadScheme, BadValue
from geodata.households import household_list
from geodata.installation import current_scheme
from geodata.schemes import Scheme, State, add, begins, drawn_states, faults, read, shipped, shipped_names
from geodata.schemes.check import Refused
from geodata.summaries import summary
from geodata.words import LANGUAGES
from tests.layers.looking import NOW, ZONE, rows, run, scope, view
from tests.places import CITY, EAST, GRIDS
from tests.test_imports import PROJECT

FIVE, OTHER = shipped("five_colours"), shipped("health_code")
TODAY = NOW.astimezone(ZONE).date()


def changed(scheme: Scheme, which: str, /, **more: Any) -> list[State]:
    """Return a scheme's states, one of them changed (without `more`: left out)."""
    return [s.model_copy(update=more) if s.code == which else s for s in scheme.states if more or s.code != which]


def found(states: list[State]) -> set[tuple[str, str]]:
    return {(fault.key, fault.state) for fault in faults(states)}


@pytest.mark.parametrize("name", shipped_names())
def test_what_is_shipped_passes(name: str) -> None:
    assert faults(shipped(name).states) == []
    assert shipped(name).id == name


def test_the_shipped_schemes_give_the_same_colours_other_meanings() -> None:
    assert len(shipped_names()) == 2
    assert {s.colour for s in FIVE.states} == {s.colour for s in OTHER.states}
    assert not FIVE.by_code().keys() & OTHER.by_code().keys()
    assert len({s.follow_days for s in OTHER.states}) == 4
    assert [s.code for s in OTHER.states if s.automatic] == ["home_watch"]


@pytest.mark.parametrize(
    ("states", "fault"),
    [
        (changed(FIVE, "hubei", code="wuhan"), ("same_code", "wuhan")),
        (changed(FIVE, "hubei", severity=1), ("same_severity", "hubei")),
        (changed(FIVE, "hubei", letter="R"), ("same_sign", "hubei")),
        (changed(FIVE, "vacant", letter="0"), ("alike", "vacant")),
        (changed(FIVE, "wuhan", clears_to="gone"), ("no_such_state", "wuhan")),
        (changed(FIVE, "wuhan", clears_to=None), ("clears_to_nothing", "wuhan")),
        (changed(FIVE, "wuhan", clears_to="wuhan"), ("never_clear", "wuhan")),
        (changed(FIVE, "wuhan", clears_to="unsurveyed"), ("never_clear", "wuhan")),
        (changed(FIVE, "vacant", automatic=True), ("automatic", "vacant")),
        (changed(FIVE, "unsurveyed"), ("no_unsurveyed", "")),
        (changed(FIVE, "unsurveyed", hatch=None), ("not_hatched", "unsurveyed")),
        (changed(FIVE, "unsurveyed", follow_days=3), ("unsurveyed_followed", "unsurveyed")),
        (changed(FIVE, "vacant", hatch="diagonal"), ("hatched_alike", "unsurveyed")),
        (changed(FIVE, "unsurveyed", colour="#EDEFF2"), ("looks_safe", "unsurveyed")),
        (changed(FIVE, "unsurveyed", colour="#4BA05A"), ("looks_safe", "unsurveyed")),
        (changed(FIVE, "unsurveyed", colour="#8F8F8F"), ("looks_safe", "unsurveyed")),
    ],
)
def test_what_is_refused_says_what_to_change(states: list[State], fault: tuple[str, str]) -> None:
    assert fault in found(states)
    for one in faults(states):
        for language in LANGUAGES:
            assert not re.search(r"[{}]|None", one.sentence(language)), one.sentence(language)


def test_a_letter_that_reads_like_another_is_well_where_everybody_tells_the_colours_apart() -> None:
    assert found(changed(FIVE, "normal", letter="0")) == set(), "orange and white differ in every view"
    alike = next(fault for fault in faults(changed(FIVE, "vacant", letter="0")))
    assert alike.views == ("grey",)
    assert "黑白打印" in alike.what("zh")


def test_nothing_looks_safe_by_its_letter_alone() -> None:
    grey = next(f for f in faults(changed(FIVE, "unsurveyed", colour="#8F8F8F")) if f.key == "looks_safe")
    assert "grey" in grey.views, "as light as the green in a black-and-white print, whatever hue and letter"


COLOUR = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@settings(deadline=None, max_examples=30)
@given(order=st.permutations(FIVE.states), colours=st.lists(COLOUR, min_size=6, max_size=6))
def test_the_order_of_rows_does_not_matter_and_what_passes_never_looks_safe(
    order: list[State], colours: list[str]
) -> None:
    painted = [s.model_copy(update={"colour": colours[s.severity - 1]}) for s in order]
    assert {f.key for f in faults(painted)} == {f.key for f in faults(sorted(painted, key=lambda s: s.severity))}
    if not faults(painted):
        by_code = {s.code: s.colour for s in painted}
        for calm in ("vacant", "normal"):
            assert min(difference(by_code["unsurveyed"], by_code[calm], v) for v in VIEWS) >= CLEARLY_APART


def test_every_hatch_is_drawn_by_the_map_and_by_the_pages() -> None:
    css = (PROJECT / "assets/wangge.css").read_text(encoding="utf-8")
    script = (PROJECT / "assets/grid/hatch.js").read_text(encoding="utf-8")
    for hatch in ("diagonal", "cross", "dots"):
        assert f".swatch.hatch-{hatch}" in css
        assert hatch == "diagonal" or f'"{hatch}"' in script, "diagonal is what is drawn otherwise"


@pytest.mark.parametrize(
    "words", ["no TOML", "id = 'x'", 'id = "x"\nversion = 2020-01-01\nzh = "x"\nen = "x"\nstates = []']
)
def test_a_file_that_cannot_be_read_is_told_so(tmp_path: Path, words: str) -> None:
    file = tmp_path / "x.toml"
    file.write_text(words, encoding="utf-8")
    with pytest.raises((BadValue, Refused)):
        read(file)
    with pytest.raises(BadValue):
        shipped("../five_colours")


# ── versions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def bring(city: Database, scheme: Scheme, begin: date | None = None) -> date:
    with city.owner() as connection:
        return add(connection, scheme, begin)


def refusals(city: Database, scheme: Scheme, begin: date | None = None) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        bring(city, scheme, begin)
    return [(fault.key, fault.state) for fault in refusal.value.faults]


def give(city: Database, door: int, code: str, days: float = 3, newest: bool = False) -> None:
    """Let a household be of a state of the first version, or of the newest that has it."""
    run(
        city,
        "SELECT record_state(:door, (SELECT id FROM scheme_state WHERE code = :code ORDER BY id * :sign LIMIT 1)::smallint, "
        "now() - make_interval(secs => :seconds), 'returned', 'test', 'test')",
        door=door,
        code=code,
        sign=-1 if newest else 1,
        seconds=days * 86_400,
    )


def turned(**colours: str) -> Scheme:
    """Return the five colours without orange, the other way round in severity, some of them painted anew."""
    kept = [s for s in FIVE.states if s.code != "hubei"]
    states = [s.model_copy(update={"severity": 7 - s.severity, "colour": colours.get(s.code, s.colour)}) for s in kept]
    return FIVE.model_copy(update={"states": tuple(sorted(states, key=lambda s: s.severity))})


async def test_a_new_version_paints_what_households_carried_before(tiny_city: Database) -> None:
    give(tiny_city, 1, "wuhan")
    give(tiny_city, 2, "vacant")
    assert bring(tiny_city, turned(wuhan="#7A1FA2")) == TODAY
    give(tiny_city, 3, "other_city", 0.0, newest=True)
    own = Database(tiny_city.url)
    async with own.scoped(scope(tiny_city)) as reader:
        drawn = await drawn_states(reader, CITY, TODAY)
        counts = (await summary(reader, CITY, now=NOW + timedelta(minutes=1)))["households"]
        listed = await household_list(reader, GRIDS[EAST][0], today=TODAY)
        before = await drawn_states(reader, CITY, TODAY - timedelta(days=1))
        assert await begins(reader, CITY, TODAY)
        assert not await begins(reader, CITY, TODAY + timedelta(days=1))
        with pytest.raises(BadScheme):
            await drawn_states(reader, "000000", TODAY)
    await own.close()
    assert [s.code for s in drawn] == ["normal", "vacant", "unsurveyed", "other_city", "wuhan"]
    assert {s.code: s.colour for s in drawn}["wuhan"] == "#7A1FA2"
    assert [s.code for s in before][:2] == ["wuhan", "hubei"], "yesterday is drawn as it was"
    assert counts == {"wuhan": 1, "vacant": 1, "other_city": 1, "normal": 21}
    assert [home["state"] for home in listed] == ["wuhan", "other_city", "normal", "normal", "normal", "vacant"]
    building = {row.state for row in rows(tiny_city, "households", view(zoom=14))}
    assert building == {"normal"}, "the version in force says what is worst, also of states given before"
    assert {row.state for row in rows(tiny_city, "buildings", view(zoom=16))} == {"normal"}
    assert len(rows(tiny_city, "households", view(zoom=14))) == 4, "one point a building, not one a version"
    then = rows(tiny_city, "households", view(zoom=14, at=NOW - timedelta(days=2)))
    assert sorted(row.state for row in then) == ["normal", "normal", "normal", "wuhan"]
    due = "SELECT due_on - local_day(since) FROM household WHERE id = 1"
    assert run(tiny_city, due) == 14, "days that were promised stay"


async def test_what_a_version_lacks_and_somebody_carries_is_drawn_all_the_same(tiny_city: Database) -> None:
    bring(tiny_city, turned())
    give(tiny_city, 1, "hubei", 0.0)  # as the undoing of an entry would
    own = Database(tiny_city.url)
    async with own.scoped(scope(tiny_city)) as reader:
        codes = [state.code for state in await drawn_states(reader, CITY, TODAY)]
        entered = [state.code for state in await current_scheme(reader, CITY, TODAY)]
        long_ago = [state.code for state in await drawn_states(reader, CITY, date(2019, 1, 1))]
    await own.close()
    assert codes == ["normal", "vacant", "hubei", "unsurveyed", "other_city", "wuhan"]
    assert "hubei" not in entered
    assert long_ago == [s.code for s in FIVE.states], "before the first version, the first"
    assert "hubei" in {row.state for row in rows(tiny_city, "households", view())}


def test_versions_that_would_lose_somebody_are_refused(tiny_city: Database) -> None:
    give(tiny_city, 1, "hubei")
    assert refusals(tiny_city, turned()) == [("carried", "hubei")]
    tomorrow = TODAY + timedelta(days=1)
    give(tiny_city, 1, "normal", 1)
    assert refusals(tiny_city, turned(), tomorrow) == [("needed_until", "hubei")]
    calm = tuple(changed(FIVE, "hubei", follow_days=None, clears_to=None))
    assert refusals(tiny_city, FIVE.model_copy(update={"states": calm})) == [("other_kind", "hubei")]
    assert refusals(tiny_city, FIVE, date(2019, 12, 31)) == [("not_after", "")]
    assert ("carried", "normal") in refusals(tiny_city, OTHER)
    faulty = FIVE.model_copy(update={"states": tuple(changed(FIVE, "unsurveyed", hatch=None))})
    assert refusals(tiny_city, faulty) == [("not_hatched", "unsurveyed")]
    assert run(tiny_city, "SELECT count(*) FROM colour_scheme") == 1


def test_a_version_nobody_used_yet_is_replaced_on_the_same_day(tiny_city: Database) -> None:
    bring(tiny_city, FIVE)
    bring(tiny_city, turned())
    assert run(tiny_city, "SELECT count(*) FROM scheme_state") == 6 + 5
    give(tiny_city, 1, "vacant", 0.0, newest=True)
    assert refusals(tiny_city, FIVE) == [("not_after", "")]
    assert bring(tiny_city, FIVE, TODAY + timedelta(days=1)) == TODAY + timedelta(days=1)
