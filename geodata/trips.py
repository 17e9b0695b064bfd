"""Trips by train, flight, coach, car or ship: how their numbers are written, and whether a confirmed case was on one.

The answer names days and nothing else. It is of the whole city, whoever asks: a train does not end at a border.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.errors import BadValue

Means = Literal["train", "flight", "coach", "car", "ship"]
MEANS: tuple[Means, ...] = get_args(Means)
LATE_AFTER = timedelta(days=3)
"""The city's list of trips is late when nothing was added for longer."""
ANSWERS = {True: "yes", False: "no", None: "unknown"}
"""How `known` is written."""
_FORMS: dict[Means, str] = {
    "train": r"[A-Z]?\d{1,4}",
    "flight": r"[A-Z0-9]{2}\d{3,4}[A-Z]?",
    "coach": r"[\w]{1,20}",
    "car": r"[\u4e00-\u9fff][A-Z][A-Z0-9]{4,6}[\u4e00-\u9fff]?",
    "ship": r"[\w]{1,20}",
}
_SECRET = text("SELECT plate_secret()")
_SAME = text("SELECT known, told_at FROM same_trip(:means, :number, CAST(:days AS date[]))")


@dataclass(frozen=True, slots=True)
class SameTrip:
    """What is known of one means, number and day. `told_at` is when the list was last added to, none for no list at all."""

    known: bool | None
    """None where no list was ever delivered: that is not 'no'."""
    nearby: tuple[date, ...]
    """The day before or after on which a case took the same number: a night train has two days."""
    told_at: datetime | None
    late: bool


def normal(means: str, number: str) -> str | None:
    """Return a number as it is compared: `Ｇ1234`, `g 1234` and `G1234次` are G1234; none where it cannot be one."""
    plain = unicodedata.normalize("NFKC", number).upper()
    plain = re.sub(r"[\s\-‐-―·•・.]", "", plain)
    if means == "train":
        plain = plain.removesuffix("列车").removesuffix("次")
    elif means == "flight":
        plain = plain.removesuffix("航班").removesuffix("次")
    form = _FORMS.get(means)  # type: ignore[call-overload]
    return plain if form and re.fullmatch(form, plain) else None


def hidden(plate: str, secret: str) -> str:
    """Return the keyed hash of a plate that was made normal: 64 hexadecimal digits, from which nobody reads the plate."""
    return hmac.new(secret.encode(), plate.encode(), hashlib.sha256).hexdigest()


async def compared(connection: AsyncConnection, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return numbers that were made normal, (means, number), as the database holds them: plates as keyed hashes."""
    if not any(means == "car" for means, _ in pairs):
        return [number for _, number in pairs]
    secret = await connection.scalar(_SECRET) or ""
    return [hidden(number, secret) if means == "car" else number for means, number in pairs]


async def same_trip(connection: AsyncConnection, means: str, number: str, day: date, now: datetime) -> SameTrip:
    """Return whether a confirmed case was on it. Raises BadValue; to readers without homes nothing is known."""
    plain = normal(means, number)
    if means not in MEANS:
        raise BadValue(name="means", value=means[:40], wanted=", ".join(MEANS))
    if plain is None:
        raise BadValue(name="number", value="…", wanted="G1234, CZ3456, 豫M·12345")
    (stored,) = await compared(connection, [(means, plain)])
    days = [day - timedelta(days=1), day, day + timedelta(days=1)]
    row = (await connection.execute(_SAME, {"means": means, "number": stored, "days": days})).one_or_none()
    if row is None or row.told_at is None:
        return SameTrip(None, (), None, late=True)
    nearby = tuple(found for found in row.known if found != day) if means in ("train", "ship") else ()
    return SameTrip(day in row.known, nearby, row.told_at, late=now - row.told_at > LATE_AFTER)


def advice(found: SameTrip) -> str:
    """Return the key of the sentence that says what to do."""
    if found.known:
        return "trip.advice_yes"
    if found.known is None:
        return "trip.advice_unknown"
    return "trip.advice_nearby" if found.nearby else "trip.advice_no"
