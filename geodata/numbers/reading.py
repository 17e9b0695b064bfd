"""Reading numbers of an area, each by itself: one that fails says why, and takes none of the others with it."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.database import understood
from geodata.errors import DatabaseAway, WanggeError
from geodata.feeds.floor.declaration import Words
from geodata.moment import Moment
from geodata.numbers.declaration import Line, Number

LOG = logging.getLogger(__name__)


async def read(
    connection: AsyncConnection, code: str, moment: Moment, wanted: Iterable[Number]
) -> list[dict[str, Any]]:
    """Return each number of an area that has anything of it: `{id, title, lines}`.

    One that could not be read has an `error`, the key of the sentence that says why.

    Takes an area's present code. Raises DatabaseAway.
    """
    found = []
    for number in wanted:
        shown: dict[str, Any] = {"id": number.id, "title": said(number.title), "lines": []}
        try:
            async with connection.begin_nested():
                lines = await number.read(connection, code, moment)
        except Exception as error:
            key = _sentence(error)
            LOG.exception("the number %s failed", number.id)
            found.append(shown | {"error": key})
            continue
        if lines:
            found.append(shown | {"lines": [described(line) for line in lines]})
    return found


def _sentence(error: Exception) -> str:
    """Return the key of the sentence that says why a number failed. Raises DatabaseAway, which none survives."""
    known = error if isinstance(error, WanggeError) else understood(error)
    if isinstance(known, DatabaseAway):
        raise known from error
    return known.key if known is not None else WanggeError.key


def described(line: Line) -> dict[str, Any]:
    """Return a line as the API says it."""
    return {
        "words": said(line.words),
        "value": line.value,
        "unit": said(line.unit),
        "of": line.of,
        "before": line.before,
        "target": line.target,
        "data_time": line.data_time,
        "late": line.late,
        "severe": line.severe,
    }


def said(words: Words) -> dict[str, str]:
    """Return one text in both languages."""
    return {"zh": words.zh, "en": words.en}


def newest(numbers: Iterable[dict[str, Any]]) -> datetime | None:
    """Return the time of the newest data among numbers."""
    times = [line["data_time"] for number in numbers for line in number["lines"] if line["data_time"] is not None]
    return max(times, default=None)
