"""States of households over the last twenty days: drawn for many grids at once, relative to today, by the grid's code.

Times are whole seconds since 1970 in UTC; a household's intervals follow each other without a gap, the last is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata.demo.chance import Floats, Ints, Words, generator, seed, stir, uniform

DAYS = 20
"""How far back the demo's survey began."""
SCHEME = "five_colours"
"""The scheme that the demo's households are invented for: a file of `geodata/schemes`."""
FOLLOW_DAYS = 14
"""Days that this scheme follows whoever came back."""
OPEN = int(np.iinfo(np.int64).max)
"""End of an interval that still lasts."""
REASONS = ("survey", "returned", "cleared", "moved")
"""Why a state began: somebody asked, came back, was cleared off the list, moved in or out."""
_DAWN, _DUSK, _DAY = 8 * 3600, 20 * 3600, 86_400
_EPOCH = date(1970, 1, 1)


class State(IntEnum):
    """The states of the demo's scheme (`SCHEME`), most severe first; the number is the severity, and the row's id."""

    WUHAN = 1
    HUBEI = 2
    OTHER_CITY = 3
    UNSURVEYED = 4
    VACANT = 5
    NORMAL = 6


class Story(IntEnum):
    """What happened to a household in the last twenty days."""

    CALM = 0
    EMPTY = 1
    NOT_ASKED = 2
    ASKED_LATE = 3
    FOLLOWED = 4
    CLEARED = 5
    MOVED_IN = 6
    MOVED_OUT = 7


@dataclass(frozen=True)
class Clock:
    """The moment that everything is told from: seconds since 1970 of now and of the city's midnight, days for today."""

    now: int
    midnight: int
    today: int


def clock(now: datetime, zone: ZoneInfo) -> Clock:
    """The city's clock at a moment (aware)."""
    day = now.astimezone(zone).date()
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    return Clock(int(now.timestamp()), int(midnight.timestamp()), (day - _EPOCH).days)


def day_of(days: int) -> date:
    """The date of a day counted since 1970."""
    return _EPOCH + timedelta(days=days)


@dataclass(frozen=True)
class Intervals:
    """Columns (m,) ordered by household and time; `household` counts through the grids in their order."""

    household: Ints
    state: NDArray[np.int8]
    began: Ints
    ended: Ints
    reason: NDArray[np.int8]

    @property
    def newest(self) -> NDArray[np.bool_]:
        """Which interval of a household is the one that still lasts."""
        return np.asarray(self.ended == OPEN, dtype=np.bool_)


def draw(codes: Sequence[str], households: Sequence[int], at: Clock) -> Intervals:
    """Intervals of all households of these grids; the same for the same grids and the same moment of any day."""
    words = _words(codes, households)
    moods = _moods(codes)
    story, state = _stories(moods, households, words)
    late = np.repeat(moods[:, 3], households)
    return _ordered(_first(words, story, state, at), _second(words, story, state, late, at))


def _words(codes: Sequence[str], households: Sequence[int]) -> Words:
    """64 random bits for each household, from its grid's code and its place in the grid."""
    seeds = np.array([seed(code, "states") for code in codes], dtype=np.uint64)
    counts = np.asarray(households, dtype=np.int64)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    place = (np.arange(counts.sum()) - first).astype(np.uint64)
    with np.errstate(over="ignore"):
        return stir(np.repeat(seeds, counts) + place * np.uint64(0x9E3779B97F4A7C15), 1)


def _moods(codes: Sequence[str]) -> Floats:
    """Per grid (g, 4): how many came back, stand empty, were not asked, and how late it clears.

    Its county and village set the tone, so that neighbours resemble each other and a ranking has something to show.
    """
    moods = {}
    for key in {part for code in codes for part in (code[:6], code[:12], code)}:
        spread = {6: 0.25, 12: 0.35}.get(len(key), 0.3)
        moods[key] = generator(key, "mood").normal(0.0, spread, 4)
    tones = np.array([moods[c[:6]] + moods[c[:12]] + moods[c] for c in codes]).reshape(-1, 4)
    return np.asarray(np.exp(tones), dtype=np.float64)


_SHARES = {
    Story.EMPTY: 0.072,
    Story.NOT_ASKED: 0.041,
    Story.ASKED_LATE: 0.13,
    Story.FOLLOWED: 0.065,
    Story.CLEARED: 0.027,
    Story.MOVED_IN: 0.008,
    Story.MOVED_OUT: 0.008,
}
_MOOD_OF = {Story.EMPTY: 1, Story.NOT_ASKED: 2, Story.ASKED_LATE: 2, Story.FOLLOWED: 0, Story.CLEARED: 0}


def _stories(moods: Floats, households: Sequence[int], words: Words) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Story and followed state (n,) of each household."""
    ones = np.ones(len(moods))
    factors = [moods[:, _MOOD_OF[story]] if story in _MOOD_OF else ones for story in _SHARES]
    ends = np.cumsum([share * factor for share, factor in zip(_SHARES.values(), factors, strict=True)], axis=0)
    ends *= np.minimum(1.0, 0.8 / ends[-1])
    drawn = uniform(words, 2)
    story = np.zeros(len(words), dtype=np.int8)
    for which, end in reversed(list(zip(_SHARES, ends, strict=True))):
        story[drawn < np.repeat(end, households)] = which
    origin = uniform(words, 3)
    state = np.where(origin < 0.13, State.WUHAN, np.where(origin < 0.38, State.HUBEI, State.OTHER_CITY))
    _at_least_one(households, story)
    return story, state.astype(np.int8)


def _at_least_one(households: Sequence[int], story: NDArray[np.int8]) -> None:
    """Let every grid have somebody to follow: its first household, where chance gave none."""
    counts = np.asarray(households)
    first = (np.cumsum(counts) - counts)[counts > 0]
    if len(first):
        has = np.add.reduceat((story == Story.FOLLOWED).astype(np.int64), first)
        story[first[has == 0]] = Story.FOLLOWED


@dataclass(frozen=True)
class _Begun:
    """One interval for some households: which, what, from when, and why."""

    household: Ints
    state: NDArray[np.int8]
    began: Ints
    reason: NDArray[np.int8]


def _first(words: Words, story: NDArray[np.int8], state: NDArray[np.int8], at: Clock) -> _Begun:
    """What the survey found twenty to fifteen days ago."""
    table = np.full(len(Story), State.NORMAL, dtype=np.int8)
    table[[Story.EMPTY, Story.MOVED_IN]] = State.VACANT
    table[[Story.NOT_ASKED, Story.ASKED_LATE]] = State.UNSURVEYED
    cleared = story == Story.CLEARED
    found = np.where(cleared, state, table[story]).astype(np.int8)
    asked = np.isin(story, (Story.CALM, Story.EMPTY))
    days = np.where(asked, DAYS - (uniform(words, 4) * 5).astype(np.int64), DAYS)
    days = np.where(cleared, _cleared_start(words), days)
    reason = np.where(cleared, REASONS.index("returned"), REASONS.index("survey")).astype(np.int8)
    return _Begun(np.arange(len(words)), found, moments(days, uniform(words, 5), at), reason)


def _cleared_start(words: Words) -> Ints:
    """Days ago on which somebody who is off the list by now came on it."""
    return np.asarray(FOLLOW_DAYS + (uniform(words, 6) * (DAYS - FOLLOW_DAYS + 1)).astype(np.int64), dtype=np.int64)


def _second(words: Words, story: NDArray[np.int8], state: NDArray[np.int8], late: Floats, at: Clock) -> _Begun:
    """What changed since; nothing for those whom nothing happened to."""
    u = uniform(words, 7)
    slow = uniform(words, 8) < 0.15
    days = np.select(
        [story == Story.ASKED_LATE, story == Story.FOLLOWED, story == Story.CLEARED],
        [
            (u * 13).astype(np.int64),
            _followed_since(words, late),
            np.maximum(_cleared_start(words) - FOLLOW_DAYS - slow, 0),
        ],
        (u * 15).astype(np.int64),
    )
    who = np.flatnonzero(~np.isin(story, (Story.CALM, Story.EMPTY, Story.NOT_ASKED)))
    table = np.full(len(Story), State.NORMAL, dtype=np.int8)
    table[Story.MOVED_OUT] = State.VACANT
    became = np.where(story == Story.FOLLOWED, state, table[story]).astype(np.int8)
    reasons = np.full(len(Story), REASONS.index("moved"), dtype=np.int8)
    reasons[Story.ASKED_LATE], reasons[Story.FOLLOWED], reasons[Story.CLEARED] = 0, 1, 2
    return _Begun(who, became[who], moments(days[who], uniform(words[who], 9), at), reasons[story[who]])


def _followed_since(words: Words, late: Floats) -> Ints:
    """Days ago on which the followed came back: mostly 0..13, some 14 (due today), more where a grid is late."""
    u, v = uniform(words, 10), uniform(words, 11)
    overdue = 0.05 + np.minimum(0.03 * late**2, 0.4)
    days = np.select([v < 0.05, v < overdue], [np.full(len(u), FOLLOW_DAYS), FOLLOW_DAYS + 1 + u * 4], u * FOLLOW_DAYS)
    return np.asarray(days.astype(np.int64), dtype=np.int64)


def moments(days_ago: Ints, share: Floats, at: Clock) -> Ints:
    """A moment between 8 and 20 o'clock of each day; of today only what has passed, from midnight on if it is early."""
    passed = at.now - at.midnight
    begin, end = (_DAWN, min(passed, _DUSK)) if passed > _DAWN + 1800 else (0, passed)
    today = at.midnight + begin + (share * (end - begin)).astype(np.int64)
    back = np.where((days_ago == 0) & (passed < 60), 1, days_ago)
    before = at.midnight - back * _DAY + _DAWN + (share * (_DUSK - _DAWN)).astype(np.int64)
    return np.asarray(np.where(back == 0, today, before), dtype=np.int64)


def _ordered(first: _Begun, second: _Begun) -> Intervals:
    """Both sets by household and time, each interval ending where the next begins."""
    household = np.concatenate([first.household, second.household])
    began = np.concatenate([first.began, second.began])
    order = np.lexsort((began, household))
    household, began = household[order], began[order]
    ended = np.full(len(began), OPEN)
    same = household[1:] == household[:-1]
    ended[:-1][same] = began[1:][same]
    state = np.concatenate([first.state, second.state])[order]
    return Intervals(household, state, began, ended, np.concatenate([first.reason, second.reason])[order])


def due_days(state: NDArray[np.int8], began: Ints, at: Clock) -> Ints:
    """The day since 1970 on which each is due to be cleared; 0 where nothing is followed. The zone's offset is today's."""
    local_day = (began - at.midnight) // _DAY + at.today
    return np.asarray(np.where(state <= State.OTHER_CITY, local_day + FOLLOW_DAYS, 0), dtype=np.int64)
