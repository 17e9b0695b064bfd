"""The same-trip query 同行查询 in the search field: `G1234 2月5日` is answered with one line, and nothing of who or where."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dash import html
from dash.development.base_component import Component
from sqlalchemy.ext.asyncio import AsyncConnection

from callbacks.parts import time_of
from callbacks.wording import day as written
from geodata import trips
from geodata.trips import Means, SameTrip
from geodata.words import say

_DAY = re.compile(
    r"(?:(?P<year>20\d\d)[年./-])?(?P<month>\d{1,2})(?:月|[./-])(?P<day>\d{1,2})(?:日|号)?$|(?P<word>今天|昨天|前天|today|yesterday)$",
    re.IGNORECASE,
)
_AGO = {"今天": 0, "today": 0, "昨天": 1, "yesterday": 1, "前天": 2}
_MEANS: tuple[tuple[str, Means], ...] = (
    (r"[GDCZTKSYL]\d{1,4}", "train"),
    (r"(?:[A-Z]{2}|[A-Z]\d|\d[A-Z])\d{3,4}", "flight"),
    (r"[\u4e00-\u9fff][A-Z][A-Z0-9]{4,6}[\u4e00-\u9fff]?", "car"),
)
_NAMED: dict[str, Means] = {
    "火车": "train",
    "航班": "flight",
    "客车": "coach",
    "大巴": "coach",
    "汽车": "car",
    "轮船": "ship",
}
_NAMED |= {"train": "train", "flight": "flight", "coach": "coach", "bus": "coach", "car": "car", "ship": "ship"}


@dataclass(frozen=True, slots=True)
class Trip:
    """What somebody asks about; the day is none while it is not written yet."""

    means: Means
    number: str
    day: date | None


def trip_of(words: str, today: date) -> Trip | None:
    """Return the trip that words ask about, none where they ask for something else.

    A number, perhaps with the means before it and the day behind it. A day without a year is the last one that has been.
    """
    plain = unicodedata.normalize("NFKC", words).strip()
    found = _DAY.search(plain)
    number = plain[: found.start()].strip() if found else plain
    on = _day(found, today) if found else None
    if found and on is None:
        return None
    first, _, rest = number.partition(" ")
    named = _NAMED.get(first.lower())
    if named and rest:
        normal = trips.normal(named, rest)
        return Trip(named, normal, on) if normal else None
    for form, means in _MEANS:
        normal = trips.normal(means, number)
        if normal and re.fullmatch(form, normal):
            return Trip(means, normal, on)
    return None


def _day(found: re.Match[str], today: date) -> date | None:
    """Return the day that was written, none where there is no such day or nobody has travelled on it yet."""
    if found["word"]:
        return today - timedelta(days=_AGO[found["word"].lower()])
    try:
        on = date(int(found["year"] or today.year), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    if not found["year"] and on > today + timedelta(days=1):
        on = on.replace(year=on.year - 1) if (on.month, on.day) != (2, 29) else on
    return on if on <= today + timedelta(days=1) else None


async def answered(connection: AsyncConnection, trip: Trip, now: datetime, language: str) -> Component:
    """Return the answer to a trip, or what is missing of the question."""
    if trip.day is None:
        return _unfinished(trip, now, language)
    found = await trips.same_trip(connection, trip.means, trip.number, trip.day, now)
    return answer(trip, trip.day, found, now, language)


def answer(trip: Trip, on: date, found: SameTrip, now: datetime, language: str) -> Component:
    """Return one line with the answer, what to do, and how old the list is."""
    kind = trips.ANSWERS[found.known]
    head = say(f"trip.{kind}", language, number=trip.number, day=_written(on, now, language))
    parts: list[Component] = [html.Strong(head), html.P(say(trips.advice(found), language))]
    if found.nearby:
        days = "、".join(_written(one, now, language) for one in found.nearby)
        parts.append(html.P(say("trip.nearby", language, days=days)))
    if found.told_at is not None:
        stamp = time_of(found.told_at, now, language)
        parts.append(html.P([stamp, f" · {say('trip.late', language)}" if found.late else None]))
    return _framed(parts, trip.means, kind, language)


def _unfinished(trip: Trip, now: datetime, language: str) -> Component:
    day = now.date() - timedelta(days=1)
    example = say("trip.example", language, number=trip.number, month=day.month, day=day.day)
    return _framed([html.Strong(say("trip.which_day", language)), html.P(example)], trip.means, "asks", language)


def _framed(parts: list[Component], means: Means, kind: str, language: str) -> Component:
    label = html.Span(f"{say('trip.kind', language)} · {say(f'trip.{means}', language)}", className="kind")
    return html.Div([label, *parts], className=f"trip {kind}", role="status")


def _written(on: date, now: datetime, language: str) -> str:
    return written(on, language, year=on.year != now.year)
