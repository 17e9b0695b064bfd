"""The kinds of columns that feeds share: codes, counts, moments with their time zone, places in WGS 84."""

import re
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from geodata.arrival.keyed import keyed, plain
from geodata.arrival.somebody import is_grouped

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=10)
"""How far a sender's clock may run ahead of ours. A report from the future would outlive every true one after it."""

KEY = "feed_key"
"""Under which the context of a check carries the secret of personal numbers."""
_NO_KEY = secrets.token_hex(32)
"""Where a row is only checked: what comes out means nothing anywhere, but it is never the number itself."""
COMING = timedelta(days=92)
"""How far ahead somebody may announce what they will do."""


def fault(why: str, column: str = "") -> PydanticCustomError:
    """Return a fault that our own check found; `why` names its sentence, `column` says where pydantic cannot know."""
    return PydanticCustomError(why, "refused", {"column": column} if column else None)


def _written_as_moment(value: Any) -> Any:
    # Pydantic would read 20200211 as seconds since 1970.
    if isinstance(value, datetime) or (isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", value)):
        return value
    raise fault("moment")


def _likely(moment: datetime) -> datetime:
    if moment < EARLIEST:
        raise fault("too_old")
    if moment > datetime.now(UTC) + AHEAD:
        raise fault("too_new")
    return moment


def _whole_hour(moment: datetime) -> datetime:
    if moment.minute or moment.second or moment.microsecond:
        raise fault("part_hour")
    return moment


def _written_as_day(value: Any) -> Any:
    if type(value) is date or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        return value
    raise fault("day")


def _likely_day(day: date) -> date:
    if day < EARLIEST.date():
        raise fault("too_old")
    if day > datetime.now(UTC).date() + timedelta(days=1):
        raise fault("too_new")
    return day


def _coming_day(day: date) -> date:
    if day < EARLIEST.date():
        raise fault("too_old")
    if day > datetime.now(UTC).date() + COMING:
        raise fault("too_new")
    return day


def names_nobody(text: str) -> bool:
    """Say whether a text holds no telephone or identity number."""
    return not (re.search(r"\d{11}", re.sub(r"[\s\-]", "", text)) or is_grouped(text))


def _impersonal(text: str) -> str:
    if not names_nobody(text):
        raise fault("personal")
    return text


def _hashed(value: Any, info: ValidationInfo) -> str:
    number = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    written = re.fullmatch(r"[\w+\s()（）－-]{5,30}", number) and not re.search(r"[\u2e80-\uff00]", number)
    if not written or not re.fullmatch(r"(?=.*\d{5})[0-9A-Z]{5,20}", plain(number)):
        raise fault("not_keyed")
    return keyed(number, (info.context or {}).get(KEY) or _NO_KEY)


CODE = r"^[^\s\x00-\x1f\x7f]{1,64}$"
Code = Annotated[str, StringConstraints(pattern=CODE)]
"""A name that a sender and the city agreed on: 1 to 64 characters without a space."""
Note = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=200), AfterValidator(_impersonal)
]
"""A few words on one line, without anybody's telephone or identity number."""
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=200)]
"""A name or an address on one line."""
Count = Annotated[int, Field(strict=True, ge=0, le=20_000)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_as_moment), AfterValidator(_likely)]
"""ISO 8601 with an offset; not before 2000 and not in the future."""
WHOLE_HOUR = AfterValidator(_whole_hour)
Hour = Annotated[Moment, WHOLE_HOUR]
"""The start of an hour."""
Day = Annotated[date, BeforeValidator(_written_as_day), AfterValidator(_likely_day)]
ComingDay = Annotated[date, BeforeValidator(_written_as_day), AfterValidator(_coming_day)]
"""A day that may lie ahead, as far as somebody plans."""
Longitude = Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)]
"""Degrees, WGS 84."""
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90, allow_inf_nan=False)]
"""Degrees, WGS 84."""
Keyed = Annotated[
    str,
    BeforeValidator(_hashed),
    WithJsonSchema({"type": "string", "format": "keyed", "description": "A telephone or identity number."}),
]
"""A person's telephone or identity number, by which a repeat is recognised: 64 hexadecimal digits as soon as it is checked.

The number itself is never written, logged, said again or put into quarantine.
"""
