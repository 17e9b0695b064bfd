"""Kinds of columns that registries share: names of things, their telephones and addresses, hours of the day."""

import re
from datetime import time
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from geodata.feeds.floor.fields import Note, fault, names_nobody

_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")


def _written_as_clock(value: Any) -> Any:
    if isinstance(value, time):
        return value
    if value in ("24:00", "24:00:00"):
        return time(0, 0)
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise fault("clock")
    return time(int(found[1]), int(found[2]))


def _of_a_house(number: str) -> str:
    if _MOBILE.fullmatch(re.sub(r"[\s\-()]", "", number)):
        raise fault("mobile")
    return number


def _impersonal(text: str) -> str:
    if not names_nobody(text):
        raise fault("personal")
    return text


Title = Annotated[Note, StringConstraints(max_length=100)]
"""The name of a thing: a post, a hotel, a shop. Never that of a person."""
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200), AfterValidator(_impersonal)]
"""A line that may be empty, without anybody's telephone or identity number."""
Telephone = Annotated[str, StringConstraints(pattern=r"^[0-9+() \-]{0,24}$"), AfterValidator(_of_a_house)]
"""The line of a house, or nothing; a mobile telephone is a person's."""
Clock = Annotated[time, BeforeValidator(_written_as_clock)]
"""A local time of day as 06:00; 24:00 is 00:00."""
