from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.demo.rules import states
from geodata.demo.rules.states import OPEN, SCHEME, Intervals, State, clock, draw, due_days
from geodata.schemes import shipped

ZONE = ZoneInfo("Asia/Shanghai")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
GRIDS = st.dictionaries(st.from_regex(r"4112\d{11}", fullmatch=True), st.integers(0, 300), min_size=1, max_size=8)
NOON = datetime(2026, 5, 6, 4, 30, tzinfo=UTC)


def city(now: datetime = NOON, grids: int = 120) -> Intervals:
    codes = [
        f"4112{county:02d}{village:06d}{grid:03d}"
        for county in (2, 81)
        for village in range(grids // 4)
        for grid in (1, 2)
    ]
    return draw(codes, [330] * len(codes), clock(now, ZONE))


@settings(deadline=None, max_examples=40)
@given(now=MOMENTS, grids=GRIDS)
def test_intervals_follow_each_other_and_end_before_now(now: datetime, grids: dict[str, int]) -> None:
    at = clock(now, ZONE)
    drawn = draw(list(grids), list(grids.values()), at)
    assert sorted(set(drawn.household.tolist())) == list(range(sum(grids.values())))
    assert (drawn.began <= at.now).all()
    assert (drawn.began >= at.midnight - (states.DAYS + 1) * 86_400).all()
    same = drawn.household[1:] == drawn.household[:-1]
    assert (drawn.ended[:-1][same] == drawn.began[1:][same]).all()
    assert (drawn.began < drawn.ended).all()
    assert (drawn.ended[:-1][~same] == OPEN).all()
    assert drawn.newest.sum() == sum(grids.values())
    assert (drawn.state[1:][same] != drawn.state[:-1][same]).all()


@settings(deadline=None, max_examples=20)
@given(now=MOMENTS)
def test_the_fourteen_days_count_from_the_local_day(now: datetime) -> None:
    at = clock(now, ZONE)
    drawn = draw(["411202001001001"], [400], at)
    due = due_days(drawn.state, drawn.began, at)
    for state, began, day in zip(drawn.state.tolist(), drawn.began.tolist(), due.tolist(), strict=True):
        start = datetime.fromtimestamp(began, ZONE).date()
        assert (states.day_of(day) == start + timedelta(days=14)) if state <= State.OTHER_CITY else day == 0


def test_hours_of_work_except_early_today() -> None:
    drawn = city()
    hours = (drawn.began + 8 * 3600) // 3600 % 24
    assert hours.min() >= 8
    assert hours.max() < 20


def test_shares_are_those_of_a_city() -> None:
    drawn = city(grids=400)
    now = drawn.state[drawn.newest]
    share = {state: float((now == state).mean()) for state in State}
    assert 0.72 < share[State.NORMAL] < 0.86
    assert 0.06 < share[State.VACANT] < 0.13
    assert 0.03 < share[State.UNSURVEYED] < 0.08
    assert share[State.WUHAN] < share[State.HUBEI] < share[State.OTHER_CITY] < 0.08
    assert share[State.WUHAN] > 0.002
    assert len(drawn.household) / len(now) < 1.35


@pytest.mark.parametrize("hour", [16, 17, 20, 0, 4, 10, 15])
def test_at_any_hour_some_are_due_some_overdue_some_changed_today(hour: int) -> None:
    now = datetime(2026, 5, 6, hour, 20, tzinfo=UTC)
    at = clock(now, ZONE)
    drawn = city(now)
    due = due_days(drawn.state, drawn.began, at)[drawn.newest]
    assert (due == at.today).sum() > 20
    assert ((due > 0) & (due < at.today)).sum() > 20
    assert (due > at.today).sum() > 500
    assert (drawn.began >= at.midnight).sum() > 50


def test_every_grid_follows_somebody() -> None:
    drawn = draw([f"411202001001{n:03d}" for n in range(50)], [12] * 50, clock(NOON, ZONE))
    followed = drawn.newest & (drawn.state <= State.OTHER_CITY)
    assert set((drawn.household[followed] // 12).tolist()) == set(range(50))


def test_areas_differ_and_the_same_is_drawn_twice() -> None:
    one, two = city(), city()
    assert np.array_equal(one.began, two.began)
    now = one.state[one.newest].reshape(-1, 330)
    followed = (now <= State.OTHER_CITY).mean(axis=1)
    assert followed.max() > 4 * followed.min()


def test_the_rules_invent_households_of_the_shipped_scheme() -> None:
    rows = shipped(SCHEME).states
    assert {State(row.severity): row.code for row in rows} == {state: state.name.lower() for state in State}
    assert {row.code: row.follow_days for row in rows if row.severity <= State.OTHER_CITY} == dict.fromkeys(
        ("wuhan", "hubei", "other_city"), states.FOLLOW_DAYS
    )
